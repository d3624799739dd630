/**
 * Slack's mrkdwn to DOM nodes: bold, italic, strike, code, fences, quotes, lists, links, mentions, emoji.
 * As in Slack, `*`, `_` and `~` only count where the outer side is no letter or digit, in any script.
 */
import { fragment, h } from "../dom.js";
import { emojiNode, link, token, unescape, URL_START } from "./tokens.js";

const STYLES = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;
const LIST_LINE = /^(\s*)([•◦▪–-]|\d{1,3}\.)\s+(.*)$/;

/**
 * @param {string} text in Slack's wire format, `& < >` escaped
 * @param {object} names
 * @returns {DocumentFragment}
 */
export function mrkdwn(text, names) {
  const result = document.createDocumentFragment();
  text.split(/```/).forEach((part, index, parts) => {
    const unclosed = index % 2 === 1 && index === parts.length - 1;
    if (unclosed) result.append(lines("```" + part, names));
    else if (index % 2 === 1) result.append(fence(part, names));
    else result.append(lines(trimAround(part, index > 0, index < parts.length - 1), names));
  });
  return result;
}

/**
 * A `plain_text` object: only emoji short names mean anything.
 * @param {{text: string, emoji?: boolean}} object
 */
export function plainText(object) {
  if (object.emoji === false) return fragment(object.text);
  return fragment(...splitEmoji(object.text));
}

/**
 * A text object of either type.
 * @param {{type: string, text: string}|null|undefined} object
 * @param {object} names
 */
export function textObject(object, names) {
  if (!object) return fragment();
  return object.type === "mrkdwn" ? mrkdwn(object.text, names) : plainText(object);
}

/** The same as one string, for names of controls. */
export function textOf(object) {
  return typeof object === "string" ? object : textObject(object, NOBODY).textContent;
}

const NOBODY = { user: () => null, channel: () => null };

/** @param {string} text @returns {Array<string|Node>} */
export function splitEmoji(text) {
  return text.split(/(:[a-z0-9_+'-]+(?:::skin-tone-\d)?:)/).map((part, index) => {
    return index % 2 === 1 ? (emojiNode(part.slice(1, -1)) ?? part) : part;
  });
}

function trimAround(part, afterFence, beforeFence) {
  let result = part;
  if (afterFence) result = result.replace(/^[ \t]*\n/, "");
  if (beforeFence) result = result.replace(/\n[ \t]*$/, "");
  return result;
}

function fence(part, names) {
  const code = part.replace(/^\n/, "").replace(/\n$/, "");
  return h("pre", { class: "code-block", tabindex: "0" }, h("code", {}, codeParts(code, names)));
}

/** Inside code only links and mentions are alive. */
function codeParts(code, names) {
  return code.split(/<([^<>\n]+)>/).map((part, index) => {
    return index % 2 === 1 ? (token(part, names) ?? `<${unescape(part)}>`) : unescape(part);
  });
}

function lines(text, names) {
  const result = document.createDocumentFragment();
  if (text === "") return result;
  let quote = null;
  let toEnd = false;
  let pending = false;
  for (const raw of text.split("\n")) {
    const start = toEnd ? null : /^(&gt;&gt;&gt;|&gt;|>>>|>)\s?/.exec(raw);
    const inQuote = toEnd || start !== null;
    toEnd ||= start !== null && /^(&gt;&gt;&gt;|>>>)/.test(raw);
    if (inQuote && !quote) {
      quote = h("blockquote", { class: "quote" });
      result.append(quote);
      pending = false;
    } else if (!inQuote && quote) {
      quote = null;
      pending = false;
    }
    const target = quote ?? result;
    if (pending) target.append(h("br"));
    pending = line(start ? raw.slice(start[0].length) : raw, target, names);
  }
  return result;
}

/** Appends one line; false where it ends itself and needs no line break after it. */
function line(text, target, names) {
  const item = LIST_LINE.exec(text);
  if (!item) {
    target.append(inline(text, names));
    return true;
  }
  const depth = Math.min(Math.floor(item[1].length / 2), 4);
  if (target.lastChild?.nodeName === "BR") target.lastChild.remove();
  target.append(
    h(
      "div",
      { class: "list-line", data: { depth } },
      h("span", { class: "list-line__mark" }, item[2]),
      h("span", {}, inline(item[3], names)),
    ),
  );
  return false;
}

function inline(text, names) {
  const result = document.createDocumentFragment();
  let plain = "";
  let position = 0;
  const flush = () => {
    if (plain) result.append(...splitEmoji(unescape(plain)).filter((part) => part !== ""));
    plain = "";
  };
  while (position < text.length) {
    const found = special(text, position, names);
    if (found) {
      flush();
      result.append(found.node);
      position = found.end;
    } else {
      plain += text[position];
      position += 1;
    }
  }
  flush();
  return result;
}

function special(text, position, names) {
  const character = text[position];
  if (character === "<") return angle(text, position, names);
  if (character === "`") return inlineCode(text, position, names);
  if (character in STYLES) return styled(text, position, names);
  if (character === "h" && !WORD.test(text[position - 1] ?? "")) {
    const url = URL_START.exec(text.slice(position));
    if (url) return { node: link(unescape(url[0])), end: position + url[0].length };
  }
  return null;
}

function angle(text, position, names) {
  const end = text.indexOf(">", position);
  if (end === -1) return null;
  const node = token(text.slice(position + 1, end), names);
  return node && { node, end: end + 1 };
}

function inlineCode(text, position, names) {
  const end = text.indexOf("`", position + 1);
  if (end <= position + 1) return null;
  const code = codeParts(text.slice(position + 1, end), names);
  return { node: h("code", { class: "code" }, code), end: end + 1 };
}

function styled(text, position, names) {
  const mark = text[position];
  if (WORD.test(before(text, position)) || /\s/.test(text[position + 1] ?? " ")) return null;
  for (let end = text.indexOf(mark, position + 1); end !== -1; end = text.indexOf(mark, end + 1)) {
    const tight = end > position + 1 && !/\s/.test(text[end - 1]);
    if (tight && !WORD.test(after(text, end)) && balanced(text.slice(position + 1, end))) {
      const content = inline(text.slice(position + 1, end), names);
      return { node: h(STYLES[mark], {}, content), end: end + 1 };
    }
  }
  return null;
}

/** A style must not end inside code or a token. */
function balanced(content) {
  const ticks = content.split("`").length - 1;
  return ticks % 2 === 0 && content.lastIndexOf("<") <= content.lastIndexOf(">");
}

const before = (text, position) => Array.from(text.slice(Math.max(0, position - 2), position)).pop() ?? "";
const after = (text, position) => Array.from(text.slice(position + 1, position + 3))[0] ?? "";
