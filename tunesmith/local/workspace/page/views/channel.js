/** A channel, or the direct messages with the app. */
import { h } from "../dom.js";
import { channelIcon, icon } from "../icons.js";
import { botUserId, channelName, messageKey, on, personName, seen, state } from "../store.js";
import { readUpTo } from "../unread.js";
import { avatar } from "./avatar.js";
import { Composer } from "./composer.js";
import { appTabs, paneHeader } from "./main-pane.js";
import { messageList } from "./message-list.js";
import { suggestedPrompts } from "./suggested.js";

/** @param {object} channel @returns {{node: HTMLElement, destroy: () => void}} */
export function channelView(channel) {
  const name = channelName(channel);
  const latest = state.messages.get(channel.id)?.at(-1)?.ts ?? "";
  const unreadFrom = latest > readUpTo(channel.id) ? readUpTo(channel.id) : undefined;
  const list = messageList({
    channel: channel.id,
    label: `Messages in ${name}`,
    intro: intro(channel),
    unreadFrom,
  });
  const input = new Composer({ channel: channel.id, label: `Message ${name}` });
  const suggested = suggestedPrompts(channel.id);
  const parts = [header(channel), list.node, suggested.node, input.node];
  const node = h("section", { class: "pane", "aria-label": name }, ...parts);
  const markSeen = () => document.visibilityState === "visible" && seen(channel.id);
  const stop = on("messages", (key) => key === messageKey(channel.id) && markSeen());
  document.addEventListener("visibilitychange", markSeen);
  input.acceptDropsOn(node);
  markSeen();
  return {
    node,
    destroy: () => {
      stop();
      document.removeEventListener("visibilitychange", markSeen);
      list.destroy();
      suggested.destroy();
    },
  };
}

function header(channel) {
  if (channel.is_im) {
    const bot = state.users.get(botUserId());
    return paneHeader({ title: personName(bot), sign: avatar(bot, "small"), side: appTabs("messages") });
  }
  const count = channel.members?.length ?? 0;
  const members = h(
    "span",
    { class: "members", title: memberNames(channel) },
    icon("people"),
    h("span", { "aria-label": `${count} members` }, count),
  );
  return paneHeader({ title: channel.name, sign: channelIcon(channel), about: topicOf(channel), side: members });
}

function memberNames(channel) {
  return (channel.members ?? []).map((id) => personName(state.users.get(id))).join(", ");
}

function topicOf(channel) {
  return channel.topic?.value ?? (typeof channel.topic === "string" ? channel.topic : "");
}

/** What stands above the first message. */
function intro(channel) {
  if (channel.is_im) {
    const bot = state.users.get(botUserId());
    return h(
      "div",
      { class: "intro" },
      avatar(bot),
      h(
        "div",
        {},
        h("p", { class: "intro__title" }, personName(bot)),
        h("p", {}, `Only you and ${personName(bot)} see these messages.`),
      ),
    );
  }
  const known = channel.is_private ? " Only members see this channel." : "";
  const teams = (channel.connected_team_ids ?? []).map((id) => state.teams[id]).join(", ");
  const shared = teams && ` Shared with ${teams}.`;
  const present = channel.bot_is_member ? "" : ` ${state.app.name} is not in this channel.`;
  return h(
    "div",
    { class: "intro" },
    h("span", { class: "intro__sign" }, channelIcon(channel)),
    h(
      "div",
      {},
      h("p", { class: "intro__title" }, channel.name),
      h("p", {}, `${topicOf(channel)}.${known}${shared}${present}`),
    ),
  );
}
