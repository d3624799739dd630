/** What an agent proposes to ask, over the message box of the direct messages with it. */
import { api } from "../api.js";
import { h } from "../dom.js";
import { on, state } from "../store.js";
import { attempt } from "./attempt.js";

/** @param {string} channel @returns {{node: HTMLElement, destroy: () => void}} */
export function suggestedPrompts(channel) {
  const node = h("div", { class: "suggested" });
  const draw = () => {
    const found = state.channels.get(channel)?.suggested;
    node.hidden = !found;
    node.replaceChildren(
      h("p", { class: "suggested__title" }, found?.title ?? ""),
      ...(found?.prompts ?? []).map((prompt) => promptButton(channel, prompt)),
    );
  };
  draw();
  return { node, destroy: on("workspace", draw) };
}

function promptButton(channel, { title, message }) {
  const ask = () => attempt(api.post({ user: state.me.id, channel, text: message }));
  return h("button", { class: "button suggested__prompt", type: "button", on: { click: ask } }, title);
}
