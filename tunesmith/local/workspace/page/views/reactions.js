/** Reactions: those given, and the picker. */
import { api } from "../api.js";
import { h } from "../dom.js";
import { names, state } from "../store.js";
import { emoji, REACTIONS } from "../text/emoji.js";
import { attempt } from "./attempt.js";
import { show } from "./menu.js";

/** @param {object} message @param {string} channel @returns {HTMLElement|null} */
export function reactionRow(message, channel) {
  if (!message.reactions?.length) return null;
  const chips = message.reactions.map((reaction) => reactionChip(reaction, message, channel));
  return h("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, chips);
}

function reactionChip({ name, count, users = [] }, message, channel) {
  const who = users.map((id) => names.user(id)?.name ?? id).join(", ");
  return h(
    "button",
    {
      type: "button",
      class: "reaction",
      title: `${who} reacted with :${name}:`,
      "aria-label": `${name}, ${count}, by ${who}`,
      "aria-pressed": String(users.includes(state.me.id)),
      on: { click: () => react(message, channel, name) },
    },
    h("span", { class: "emoji" }, emoji(name) ?? `:${name}:`),
    h("span", {}, count),
  );
}

/** A grid of common reactions. @param {HTMLElement} anchor @param {object} message @param {string} channel */
export function openReactionPicker(anchor, message, channel) {
  const buttons = REACTIONS.map((name) =>
    h(
      "button",
      {
        type: "button",
        class: "picker__item",
        "aria-label": name,
        title: `:${name}:`,
        on: { click: () => choose(name) },
      },
      emoji(name),
    ),
  );
  const picker = h(
    "div",
    { class: "menu picker", role: "dialog", popover: "auto", "aria-label": "Add a reaction" },
    buttons,
  );
  const choose = (name) => {
    picker.hidePopover();
    react(message, channel, name);
  };
  picker.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
    if (!step) return;
    event.preventDefault();
    buttons.at((buttons.indexOf(document.activeElement) + step) % buttons.length).focus();
  });
  show(anchor, picker);
  buttons[0].focus();
}

function react(message, channel, name) {
  return attempt(api.react({ user: state.me.id, channel, ts: message.ts, name }));
}
