/** The pane beside a channel: one message and its replies. */
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { go } from "../route.js";
import { channelName, messageKey, on, state } from "../store.js";
import { Composer } from "./composer.js";
import { messageList } from "./message-list.js";

/** @param {HTMLElement} root */
export function mountThread(root) {
  let list = null;
  let shown = "";
  const draw = () => {
    const { channel, thread } = state.route;
    const place = thread ? `${state.me.id} ${messageKey(channel, thread)}` : "";
    if (place === shown) return;
    list?.destroy();
    list = null;
    shown = place;
    root.hidden = !thread;
    document.body.classList.toggle("thread-open", Boolean(thread));
    if (!thread || !state.channels.has(channel)) {
      root.replaceChildren();
      return;
    }
    list = messageList({ channel, thread, label: "Messages in this thread" });
    const input = new Composer({ channel, thread, label: "Reply" });
    const node = h(
      "section",
      { class: "pane", "aria-label": "Thread" },
      header(channel),
      list.node,
      input.node,
    );
    input.acceptDropsOn(node);
    root.replaceChildren(node);
    input.focus();
  };
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) go(state.route.channel);
  });
  on("route", draw);
  on("workspace", draw);
}

function header(channel) {
  const close = () => go(channel);
  return h(
    "header",
    { class: "pane-header" },
    h("h2", { class: "pane-header__title" }, "Thread"),
    h("div", { class: "pane-header__about" }, channelName(state.channels.get(channel))),
    h(
      "button",
      { type: "button", class: "button button--quiet", "aria-label": "Close thread", on: { click: close } },
      icon("close"),
    ),
  );
}
