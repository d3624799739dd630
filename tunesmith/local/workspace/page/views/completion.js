/** Completion in the composer: commands, people, channels and emoji, by keyboard or pointer. */
import { composing, h, uid } from "../dom.js";
import { icon } from "../icons.js";
import { personName, state } from "../store.js";
import { EMOJI } from "../text/emoji.js";
import { avatar } from "./avatar.js";

const MOST = 8;

/** What may be completed: a pattern before the caret and the options for it. */
const SOURCES = [
  { pattern: /^(\/[\w-]*)$/, name: "Commands", find: commands, onlyCommands: true },
  { pattern: /(?:^|[\s(])(@[\p{L}\p{N}._-]*)$/u, name: "People", find: people },
  { pattern: /(?:^|[\s(])(#[\p{L}\p{N}_-]*)$/u, name: "Channels", find: channels },
  { pattern: /(?:^|[\s(])(:[a-z0-9_+-]{2,})$/, name: "Emoji", find: emojis },
];

/**
 * @param {HTMLTextAreaElement} text
 * @param {{commands: boolean, host: HTMLElement}} how `host` is what the list opens above
 * @returns {{close: () => void}}
 */
export function completion(text, { commands: withCommands, host }) {
  const id = uid("completion");
  const list = h("div", {
    class: "completion",
    role: "listbox",
    id,
    hidden: true,
    "aria-label": "Suggestions",
  });
  const usage = h("div", { class: "completion completion--usage", role: "status", hidden: true });
  host.append(list, usage);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": id,
    "aria-expanded": "false",
    "aria-haspopup": "listbox",
  })) {
    text.setAttribute(name, value);
  }
  let open = null;

  const close = () => {
    open = null;
    list.hidden = true;
    usage.hidden = true;
    text.setAttribute("aria-expanded", "false");
    text.removeAttribute("aria-activedescendant");
  };
  const highlight = (index) => {
    open.index = (index + open.options.length) % open.options.length;
    [...list.querySelectorAll("[role=option]")].forEach((node, position) => {
      node.setAttribute("aria-selected", String(position === open.index));
      if (position !== open.index) return;
      text.setAttribute("aria-activedescendant", node.id);
      node.scrollIntoView({ block: "nearest" });
    });
  };
  const choose = (option) => {
    text.setRangeText(`${option.insert} `, open.from, text.selectionStart, "end");
    close();
    text.focus();
    text.dispatchEvent(new Event("input"));
  };
  const update = () => {
    close();
    if (withCommands) showUsage(usage, text.value);
    if (text.selectionStart !== text.selectionEnd) return;
    const found = findOptions(text.value.slice(0, text.selectionStart), withCommands);
    if (!found) return;
    open = found;
    list.replaceChildren(
      h("div", { class: "menu__heading", role: "presentation" }, found.name),
      ...found.options.map((option) => optionNode(option, () => choose(option))),
    );
    list.hidden = false;
    usage.hidden = true;
    text.setAttribute("aria-expanded", "true");
    highlight(0);
  };
  text.addEventListener("input", update);
  text.addEventListener("click", update);
  text.addEventListener("blur", () =>
    setTimeout(() => host.contains(document.activeElement) || close(), 150),
  );
  text.addEventListener("keydown", (event) => {
    if (!open || composing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) highlight(open.index + step);
    else if ((event.key === "Enter" && !event.shiftKey && !isComplete(open, text)) || event.key === "Tab")
      choose(open.options[open.index]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  return { close };
}

/** A command typed in full is sent with Enter, not completed. */
function isComplete({ options, index, from }, text) {
  return (
    options.length === 1 && options[index].insert === text.value.slice(from) && text.value.startsWith("/")
  );
}

function findOptions(before, withCommands) {
  for (const { pattern, name, find, onlyCommands } of SOURCES) {
    const match = pattern.exec(before);
    if (!match || (onlyCommands && !withCommands)) continue;
    const options = find(match[1].slice(1).toLowerCase()).slice(0, MOST);
    return options.length > 0 ? { name, options, index: 0, from: before.length - match[1].length } : null;
  }
  return null;
}

function optionNode(option, choose) {
  const pick = (event) => {
    event.preventDefault(); // The text keeps the focus.
    choose();
  };
  return h(
    "div",
    {
      class: "completion__option",
      role: "option",
      id: uid("option"),
      "aria-selected": "false",
      on: { mousedown: pick },
    },
    option.leading,
    h(
      "span",
      { class: "completion__main" },
      option.label,
      option.usage && h("span", { class: "completion__usage" }, option.usage),
    ),
    option.hint && h("span", { class: "completion__hint" }, option.hint),
  );
}

/** After a command and a space: what may follow. */
function showUsage(node, value) {
  const [, command] = /^(\/[\w-]+)\s/.exec(value) ?? [];
  const known = state.commands.find((one) => one.command === command);
  node.hidden = !known?.usage_hint;
  if (known)
    node.replaceChildren(
      h("code", {}, command),
      " ",
      h("span", { class: "completion__usage" }, known.usage_hint ?? ""),
    );
}

function commands(typed) {
  return state.commands
    .filter((one) => one.command.slice(1).startsWith(typed))
    .map((one) => ({
      insert: one.command,
      label: one.command,
      usage: one.usage_hint,
      hint: one.description,
      leading: icon("bolt"),
    }));
}

function people(typed) {
  const fits = (user) =>
    [personName(user), user.name, user.real_name].some((name) =>
      name
        ?.toLowerCase()
        .split(/[\s(]+/)
        .concat(name.toLowerCase())
        .some((part) => part.startsWith(typed)),
    );
  const found = [...state.users.values()].filter(fits).map((user) => ({
    insert: `@${personName(user)}`,
    label: personName(user),
    hint: user.is_bot ? "app" : `@${user.name}`,
    leading: avatar(user, "small"),
  }));
  const groups = ["here", "channel"]
    .filter((name) => typed && name.startsWith(typed))
    .map((name) => ({
      insert: `@${name}`,
      label: `@${name}`,
      hint: "everyone in this channel",
      leading: icon("people"),
    }));
  return [...found, ...groups];
}

function channels(typed) {
  return [...state.channels.values()]
    .filter((one) => one.name?.startsWith(typed))
    .map((one) => ({ insert: `#${one.name}`, label: one.name, leading: icon("hash") }));
}

function emojis(typed) {
  const names = [...EMOJI.keys()].filter((name) => name.includes(typed));
  names.sort((a, b) => Number(b.startsWith(typed)) - Number(a.startsWith(typed)) || a.length - b.length);
  return names.map((name) => ({
    insert: `:${name}:`,
    label: `:${name}:`,
    leading: h("span", { class: "emoji" }, EMOJI.get(name)),
  }));
}
