/** What a person typed, with references in Slack's wire format; the workspace escapes the rest. */
import { myChannels, personName, state } from "../store.js";

const CODE = /(```[\s\S]*?```|`[^`\n]*`)/;
const URL = /https?:\/\/[^\s<>|]*[^\s<>|.,;:!?'")\]}]/g;

/**
 * Turns @names, #channels and addresses outside of code into references like `<@U0ALICE>`.
 * @param {string} text
 * @returns {string}
 */
export function encode(text) {
  return text
    .split(CODE)
    .map((part, index) => (index % 2 === 1 ? part : references(part)))
    .join("");
}

function references(text) {
  let result = text.replace(URL, (url) => `<${url}>`);
  for (const [name, reference] of replacements()) {
    // Only a name that stands alone; a Korean particle or Chinese text may follow it directly.
    const pattern = new RegExp(`(?<![\\w@#/<])${escapePattern(name)}(?![\\w-])`, "gi");
    result = result.replace(pattern, reference);
  }
  return result;
}

/** Longest names first, so that no name hides in another. */
function replacements() {
  const people = [...state.users.values()].flatMap((user) =>
    [personName(user), user.name].map((name) => [`@${name}`, `<@${user.id}>`]),
  );
  const channels = myChannels()
    .filter((one) => one.name)
    .map((one) => [`#${one.name}`, `<#${one.id}|${one.name}>`]);
  const groups = ["here", "channel", "everyone"].map((name) => [`@${name}`, `<!${name}>`]);
  return [...people, ...channels, ...groups].sort((a, b) => b[0].length - a[0].length);
}

function escapePattern(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
