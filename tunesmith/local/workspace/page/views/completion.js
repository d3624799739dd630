/** Completion in the composer: commands, people, channels and emoji, by keyboard or pointer. */
import { composing, h, uid } from "../dom.js";
import { channelIcon, icon } from "../icons.js";
import { myChannels, personName, state } from "../store.js";
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

/** The list of suggestions above a text, which keeps the focus. */
export class Completion {
  #text;
  #withCommands;
  #open = null;
  #list = h("div", {
    class: "completion",
    role: "listbox",
    id: uid("completion"),
    hidden: true,
    "aria-label": "Suggestions",
  });
  #usage = h("div", { class: "completion completion--usage", role: "status", hidden: true });

  /**
   * @param {HTMLTextAreaElement} text
   * @param {{commands: boolean, host: HTMLElement}} how `host` is what the list opens above
   */
  constructor(text, { commands: withCommands, host }) {
    this.#text = text;
    this.#withCommands = withCommands;
    host.append(this.#list, this.#usage);
    text.setAttribute("role", "combobox");
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-haspopup", "listbox");
    text.setAttribute("aria-controls", this.#list.id);
    this.close();
    text.addEventListener("input", () => this.#update());
    text.addEventListener("click", () => this.#update());
    text.addEventListener("blur", () => this.close());
    text.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Hides the list. */
  close() {
    this.#open = null;
    this.#list.hidden = true;
    this.#usage.hidden = true;
    this.#text.setAttribute("aria-expanded", "false");
    this.#text.removeAttribute("aria-activedescendant");
  }

  #update() {
    this.close();
    const { value, selectionStart, selectionEnd } = this.#text;
    if (this.#withCommands) showUsage(this.#usage, value);
    if (selectionStart !== selectionEnd) return;
    this.#open = findOptions(value.slice(0, selectionStart), this.#withCommands);
    if (!this.#open) return;
    const heading = h("div", { class: "menu__heading", role: "presentation" }, this.#open.name);
    const options = this.#open.options.map((option) => optionNode(option, () => this.#choose(option)));
    this.#list.replaceChildren(heading, ...options);
    this.#list.hidden = false;
    this.#usage.hidden = true;
    this.#text.setAttribute("aria-expanded", "true");
    this.#highlight(0);
  }

  #highlight(index) {
    const nodes = [...this.#list.querySelectorAll("[role=option]")];
    this.#open.index = (index + nodes.length) % nodes.length;
    nodes.forEach((node, position) =>
      node.setAttribute("aria-selected", String(position === this.#open.index)),
    );
    const chosen = nodes[this.#open.index];
    this.#text.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  #choose(option) {
    this.#text.setRangeText(`${option.insert} `, this.#open.from, this.#text.selectionStart, "end");
    this.close();
    this.#text.dispatchEvent(new Event("input"));
  }

  #key(event) {
    if (!this.#open || composing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const completes =
      event.key === "Tab" ||
      (event.key === "Enter" && !event.shiftKey && !isComplete(this.#open, this.#text));
    if (step) this.#highlight(this.#open.index + step);
    else if (completes) this.#choose(this.#open.options[this.#open.index]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
  }
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
  return myChannels()
    .filter((one) => one.name?.startsWith(typed))
    .map((one) => ({ insert: `#${one.name}`, label: one.name, leading: channelIcon(one) }));
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
