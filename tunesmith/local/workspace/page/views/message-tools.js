/** What one can do with a message: react, reply, the app's message shortcuts, copy. */
import { api } from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { go, href } from "../route.js";
import { state } from "../store.js";
import { textOf } from "../text/mrkdwn.js";
import { attempt } from "./attempt.js";
import { openMenu } from "./menu.js";
import { openReactionPicker } from "./reactions.js";
import { toast } from "./toast.js";

/**
 * A toolbar, shown while the message has the pointer or the focus.
 * @param {object} message
 * @param {{channel: string, inThread: boolean}} place
 */
export function messageTools(message, { channel, inThread }) {
  if (message.is_ephemeral) return null;
  const tool = (label, sign, run) => {
    const node = h(
      "button",
      { type: "button", class: "tool", "aria-label": label, title: label, on: { click: () => run(node) } },
      icon(sign),
    );
    return node;
  };
  return h(
    "div",
    { class: "tools", role: "toolbar", "aria-label": "Message actions" },
    tool("Add a reaction", "smile", (node) => openReactionPicker(node, message, channel)),
    !inThread && tool("Reply in thread", "thread", () => go(channel, message.thread_ts ?? message.ts)),
    tool("More actions", "more", (node) => openMenu(node, menuItems(message, channel))),
  );
}

function menuItems(message, channel) {
  const link = new URL(href(channel, message.thread_ts ?? message.ts), location.origin).href;
  const own = state.shortcuts
    .filter((shortcut) => shortcut.type === "message")
    .map((shortcut, index) => ({
      heading: index === 0 ? state.app.name : undefined,
      icon: "bolt",
      label: shortcut.name,
      hint: shortcut.description,
      run: () =>
        attempt(
          api.shortcut({
            user: state.me.id,
            callback_id: shortcut.callback_id,
            channel,
            message_ts: message.ts,
          }),
        ),
    }));
  const mine = (message.files ?? []).filter((file) => file.user === state.me.id && file.mode !== "tombstone");
  const deletions = mine.map((file) => ({
    icon: "trash",
    danger: true,
    label: `Delete ${file.name}`,
    run: () => attempt(api.deleteFile(file.id, state.me.id)),
  }));
  return [
    { icon: "link", label: "Copy link to thread", run: () => copy(link, "Link copied") },
    {
      icon: "copy",
      label: "Copy text",
      run: () => copy(textOf({ type: "mrkdwn", text: message.text ?? "" }), "Text copied"),
    },
    ...deletions,
    ...own,
  ];
}

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast("The browser did not allow copying.", "alert");
  }
}
