/** A list of messages that follows the store: in a channel, or in a thread. */
import { h, replaceKeepingFocus } from "../dom.js";
import { icon } from "../icons.js";
import { messageKey, on, state } from "../store.js";
import { dateOf, dayName, sameDay } from "../text/time.js";
import { messageNode } from "./message.js";
import { keepOneReachable, roveIn, setAside } from "./roving.js";

const GROUP_MS = 5 * 60 * 1000;
const NEAR_END_PX = 60;

/**
 * @param {{channel: string, thread?: string, label: string, intro?: Node, unreadFrom?: string}} what
 *   `unreadFrom`: the `ts` up to which the person had read
 * @returns {{node: HTMLElement, destroy: () => void}}
 */
export function messageList({ channel, thread, label, intro, unreadFrom }) {
  const key = messageKey(channel, thread);
  const list = h("ol", { class: "messages", "aria-label": label });
  const jump = h(
    "button",
    { type: "button", class: "jump", hidden: true, on: { click: () => toEnd() } },
    icon("down"),
    "New messages",
  );
  const scroller = h("div", { class: "scroller" }, intro, list);
  const node = h("div", { class: "message-list" }, scroller, jump);
  /** Rendered messages by `ts`, with what they were rendered from. */
  const rendered = new Map();
  let pinned = true;

  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight;
  };
  const draw = () => {
    const messages = state.messages.get(key) ?? [];
    const hasNew = messages.length > rendered.size;
    if (hasNew && messages.at(-1).user === state.me.id) pinned = true;
    sync(list, rows(messages, { channel, thread, unreadFrom, rendered }));
    keepOneReachable(list);
    if (pinned) toEnd();
    else if (hasNew) jump.hidden = false;
  };
  let lastTop = 0;
  scroller.addEventListener("scroll", () => {
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    // Only going up unpins: a picture that loads also moves the end away.
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) pinned = true;
    else if (scrollTop < lastTop) pinned = false;
    lastTop = scrollTop;
    if (pinned) jump.hidden = true;
  });
  const resized = new ResizeObserver(() => pinned && toEnd());
  resized.observe(list);
  resized.observe(scroller);
  roveIn(list);
  const unsubscribe = on("messages", (changed) => changed === key && draw());
  draw();
  return {
    node,
    destroy: () => {
      unsubscribe();
      resized.disconnect();
    },
  };
}

/** The nodes to show: dividers, and messages rendered anew only where they changed. */
function rows(messages, { channel, thread, unreadFrom, rendered }) {
  const result = [];
  const gone = new Set(rendered.keys());
  let previous = null;
  let newShown = false;
  for (const message of messages) {
    const isRoot = thread === message.ts;
    const afterRoot = previous?.ts === thread && thread !== undefined;
    const startsDay = !previous || !sameDay(previous.ts, message.ts);
    const startsNew = !newShown && unreadFrom && message.ts > unreadFrom && message.user !== state.me.id;
    if (startsDay && !thread) result.push(divider(dayName(message.ts), "day"));
    if (startsNew && !thread) result.push(divider("New", "new"));
    if (afterRoot) result.push(divider(replies(messages.length - 1), "replies"));
    newShown ||= startsNew;
    const grouped = !startsDay && !startsNew && !isRoot && !afterRoot && continues(previous, message);
    result.push(renderedNode(message, { channel, grouped, inThread: thread !== undefined }, rendered));
    gone.delete(message.ts);
    previous = message;
  }
  for (const ts of gone) rendered.delete(ts);
  return result;
}

function renderedNode(message, place, rendered) {
  const known = rendered.get(message.ts);
  if (known?.grouped === place.grouped && same(known.message, message)) return known.node;
  const node = messageNode(message, place);
  setAside(node);
  if (known?.node.isConnected) replaceKeepingFocus(known.node, node);
  rendered.set(message.ts, { message, grouped: place.grouped, node });
  return node;
}

/** After loading anew, equal messages are other objects. */
function same(a, b) {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function continues(previous, message) {
  const close = dateOf(message.ts) - dateOf(previous.ts) < GROUP_MS;
  const sameAuthor = previous.user === message.user && previous.username === message.username;
  return (
    close &&
    sameAuthor &&
    !message.is_ephemeral &&
    !previous.is_ephemeral &&
    message.subtype !== "thread_broadcast"
  );
}

function replies(count) {
  return `${count} ${count === 1 ? "reply" : "replies"}`;
}

function divider(text, kind) {
  return h("li", { class: `divider divider--${kind}` }, h("span", {}, text));
}

/** Makes the children of a list those given, moving none that already stands right. */
function sync(list, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
}
