/**
 * What mrkdwn, Markdown and rich text have in common: mentions, channels, links, emoji.
 *
 * `names` is the page's directory: `user(id)` gives `{name, me}` or null, `channel(id)` a name or null.
 */
import { h } from "../dom.js";
import { emoji } from "./emoji.js";

const SAFE = /^(https?:|mailto:|tel:)/i;
const PERMALINK = /^https?:\/\/[^/]+\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})(?:\?(.*))?$/;
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** A URL at the start of a string; closing punctuation and an escaped bracket belong to the sentence. */
export const URL_START =
  /^https?:\/\/(?:(?!&[lg]t;)[^\s<>|])*(?:&amp;|(?!&[lg]t;)[^\s<>|.,;:!?'")\]}。、，）」])/;

/**
 * Undoes the three escapes of Slack's wire format.
 * @param {string} text
 */
export function unescape(text) {
  return text.replace(/&(amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

/**
 * The same for the destination of a link in a markdown block, where Slack leaves `&amp;` as it is.
 * @param {string} url
 */
export function unescapeDestination(url) {
  return url.replace(/&(lt|gt);/g, (entity) => ENTITIES[entity]);
}

/**
 * A link, or plain text where the address could run a script. Permalinks stay inside the page.
 * @param {string} url
 * @param {Node|string} label
 */
export function link(url, label = url) {
  if (!SAFE.test(url)) return h("span", {}, label);
  const permalink = PERMALINK.exec(url);
  if (permalink && new URL(url).host === location.host) {
    const [, channel, seconds, fraction, query] = permalink;
    const thread = new URLSearchParams(query).get("thread_ts") ?? `${seconds}.${fraction}`;
    return h("a", { href: `#/${channel}/thread/${thread}` }, label);
  }
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** @param {string} id @param {object} names @param {string} [fallback] */
export function userMention(id, names, fallback) {
  const user = names.user(id);
  const self = user?.me ? " mention--me" : "";
  return h("span", { class: `mention${self}`, data: { user: id } }, `@${user?.name ?? fallback ?? id}`);
}

/** @param {string} id @param {object} names @param {string} [fallback] */
export function channelMention(id, names, fallback) {
  const name = names.channel(id) ?? fallback;
  if (!name) return h("span", { class: "mention" }, `#${id}`);
  return h("a", { class: "mention", href: `#/${id}` }, `#${name}`);
}

/** @param {string} range `here`, `channel` or `everyone` */
export function broadcast(range) {
  return h("span", { class: "mention mention--all" }, `@${range}`);
}

/** @param {string} name @returns {Node|null} null for an unknown short name */
export function emojiNode(name) {
  const characters = emoji(name);
  if (!characters) return null;
  return h(
    "span",
    { class: "emoji", role: "img", "aria-label": `${name} emoji`, title: `:${name}:` },
    characters,
  );
}

/**
 * One `<…>` token of Slack's wire format.
 * @param {string} body what stands between the angle brackets
 * @param {object} names
 * @returns {Node|null} null where it is no token
 */
export function token(body, names) {
  const [head, ...rest] = body.split("|");
  const label = rest.length > 0 ? unescape(rest.join("|")) : undefined;
  if (/^@[UWB]\w*$/.test(head)) return userMention(head.slice(1), names, label);
  if (/^#[CGD]\w*$/.test(head)) return channelMention(head.slice(1), names, label);
  if (/^!(here|channel|everyone)$/.test(head)) return broadcast(head.slice(1));
  if (head.startsWith("!subteam^")) return h("span", { class: "mention" }, label ?? head.slice(9));
  if (head.startsWith("!date^")) return dateToken(head, label);
  if (/^[a-z][a-z0-9+.-]*:/i.test(head)) return link(unescape(head), label ?? unescape(head));
  return null;
}

/**
 * `<!date^ts^format^link|fallback>`; the named parts are those of Slack's formatting reference.
 */
function dateToken(head, fallback) {
  const [, seconds, format, url] = head.split("^");
  const text = formatDate(Number(seconds), format ?? "") ?? fallback ?? "";
  return url ? link(unescape(url), text) : h("time", {}, text);
}

/** The language of dates in messages: the reader's, as in Slack. @type {string|undefined} */
let dateLocale;

/** @param {string|undefined} locale such as `ko-KR` */
export function writeDatesIn(locale) {
  dateLocale = locale;
}

/**
 * @param {number} seconds since the epoch
 * @param {string} format with parts like `{date_short}`
 * @returns {string|null} null where a part is unknown
 */
export function formatDate(seconds, format) {
  const date = new Date(seconds * 1000);
  const day = (options) => date.toLocaleDateString(dateLocale, options);
  const time = (options) => date.toLocaleTimeString(dateLocale, options);
  const parts = {
    date_num: () => date.toISOString().slice(0, 10),
    date: () => day({ year: "numeric", month: "long", day: "numeric" }),
    date_short: () => day({ year: "numeric", month: "short", day: "numeric" }),
    date_long: () => day({ weekday: "long", year: "numeric", month: "long", day: "numeric" }),
    time: () => time({ hour: "numeric", minute: "2-digit" }),
    time_secs: () => time({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
    ago: () => ago(date),
  };
  let known = !Number.isNaN(date.getTime());
  const text = format.replace(/\{(\w+)\}/g, (_, name) => {
    const part = parts[name.replace(/_pretty$/, "")];
    known &&= part !== undefined;
    return known ? part() : "";
  });
  return known ? text : null;
}

function ago(date) {
  const minutes = Math.round((date.getTime() - Date.now()) / 60000);
  const relative = new Intl.RelativeTimeFormat(dateLocale, { numeric: "auto" });
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  if (Math.abs(minutes) < 1440) return relative.format(Math.round(minutes / 60), "hour");
  return relative.format(Math.round(minutes / 1440), "day");
}
