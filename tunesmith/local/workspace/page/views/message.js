/** One message: who, when, what, its files, reactions and replies, and what one can do with it. */
import { api } from "../api.js";
import { renderBlocks } from "../blocks/index.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { href } from "../route.js";
import { names, personName, standing, state } from "../store.js";
import { mrkdwn, textOf } from "../text/mrkdwn.js";
import { clock, fullTime, moment } from "../text/time.js";
import { avatar } from "./avatar.js";
import { fileList } from "./files.js";
import { messageTools } from "./message-tools.js";
import { reactionRow } from "./reactions.js";

/**
 * @param {object} message Slack's message object
 * @param {{channel: string, grouped: boolean, inThread: boolean}} place `grouped`: under another of the same author
 * @returns {HTMLElement}
 */
export function messageNode(message, place) {
  const author = state.users.get(message.user);
  const time = h("time", { class: "message__time", title: fullTime(message.ts) }, clock(message.ts));
  const kind = [
    "message",
    place.grouped && "message--grouped",
    message.is_ephemeral && "message--ephemeral",
    message.text?.includes(`<@${state.me.id}>`) && "message--to-me",
  ];
  return h(
    "li",
    {
      class: kind.filter(Boolean).join(" "),
      tabindex: "-1",
      lang: author?.is_bot ? state.me.locale : author?.locale,
      "aria-label": `${authorName(message, author)}, ${clock(message.ts)}`,
      data: { ts: message.ts, user: message.user },
    },
    h("div", { class: "message__side" }, place.grouped ? time : avatar(author)),
    h(
      "div",
      { class: "message__main" },
      message.is_ephemeral && h("div", { class: "message__note" }, icon("info"), "Only visible to you"),
      message.subtype === "thread_broadcast" && !place.inThread && broadcastNote(message, place.channel),
      !place.grouped && h("div", { class: "message__head" }, authorNode(message, author), time),
      messageBody(message, place.channel),
      message.files?.length > 0 && fileList(message.files),
      reactionRow(message, place.channel),
      !place.inThread && message.reply_count > 0 && replySummary(message, place.channel),
    ),
    messageTools(message, place),
  );
}

function authorName(message, author) {
  if (message.subtype === "tombstone") return "Slackbot";
  return message.username || personName(author);
}

function authorNode(message, author) {
  const kind = author?.is_bot || message.bot_id ? "App" : standing(author);
  const badge = kind && h("span", { class: "badge" }, kind);
  return [h("span", { class: "message__author" }, authorName(message, author)), badge];
}

function broadcastNote(message, channel) {
  return h(
    "div",
    { class: "message__note" },
    icon("thread"),
    "Replied to ",
    h("a", { href: href(channel, message.thread_ts) }, "a thread"),
  );
}

function messageBody(message, channel) {
  const ctx = {
    names,
    act: ({ action_id }, { block_id }, value) =>
      api.act({ user: state.me.id, channel, message_ts: message.ts, action_id, block_id, value }),
  };
  const body = h("div", { class: "message__body", "aria-busy": message.streaming ? "true" : null });
  if (message.blocks?.length > 0) body.append(renderBlocks(message.blocks, ctx));
  else if (message.text) body.append(h("div", { class: "text" }, mrkdwn(message.text, names)));
  for (const attachment of message.attachments ?? []) body.append(attachmentNode(attachment, ctx));
  if (message.streaming) endOfText(body).append(h("span", { class: "cursor" }));
  if (message.edited) body.append(h("span", { class: "edited" }, "(edited)"));
  return body;
}

/** The innermost element at which streamed text goes on. */
function endOfText(node) {
  const last = node.lastElementChild;
  return last?.matches("div:not(.table-scroll), p, ul, ol, li, blockquote, h3, h4, h5, h6")
    ? endOfText(last)
    : node;
}

/** Slack's older attachments: a coloured bar beside text or blocks. */
function attachmentNode(attachment, ctx) {
  const node = h("div", { class: "attachment" });
  if (/^#?[0-9a-f]{6}$/i.test(attachment.color ?? "")) {
    node.style.setProperty("--bar", `#${attachment.color.replace("#", "")}`);
  }
  if (attachment.blocks) node.append(renderBlocks(attachment.blocks, ctx));
  for (const part of [
    attachment.pretext,
    attachment.title,
    attachment.text ?? (attachment.blocks ? null : attachment.fallback),
  ]) {
    if (part) node.append(h("div", { class: "text" }, mrkdwn(part, ctx.names)));
  }
  return node;
}

function replySummary(message, channel) {
  const people = (message.reply_users ?? []).slice(0, 4).map((id) => avatar(state.users.get(id), "small"));
  const count = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
  const last =
    message.latest_reply &&
    h("span", { class: "replies__last" }, `Last reply ${moment(message.latest_reply)}`);
  return h(
    "a",
    { class: "replies", href: href(channel, message.ts) },
    people,
    h("span", { class: "replies__count" }, count),
    last,
  );
}

/** @param {object} message @returns {string} for screen readers, when it arrives */
export function messageSummary(message) {
  const author = authorName(message, state.users.get(message.user));
  const text = textOf({ type: "mrkdwn", text: message.text ?? "" }).trim();
  const files = (message.files ?? []).map((file) => `file ${file.name}`).join(", ");
  return `${author}: ${[text.slice(0, 500), files].filter(Boolean).join(", ") || "new message"}`;
}
