/**
 * Inline Markdown to DOM nodes: emphasis by CommonMark's flanking rules, code, links, images as links, mentions.
 * As Slack does, `&lt; &gt; &amp;` are decoded last, so that nothing escaped becomes a mention or a link.
 */
import { h } from "../dom.js";
import { splitEmoji } from "./mrkdwn.js";
import { link, token, unescape, unescapeDestination, URL_START } from "./tokens.js";

const SPACE = /^$|\s/;
const PUNCTUATION = /[\p{P}\p{S}]/u;
const ESCAPABLE = /[!-/:-@[-`{-~]/;
const LINK =
  /^(!?)\[((?:\\.|[^\]\\])*)\]\(\s*<?([^\s<>()]*(?:\([^\s()]*\)[^\s<>()]*)*)>?(?:\s+"[^"]*")?\s*\)/;

/**
 * @param {string} text may hold line breaks, which stay line breaks
 * @param {object} names
 * @returns {DocumentFragment}
 */
export function markdownInline(text, names) {
  const result = document.createDocumentFragment();
  let plain = "";
  let position = 0;
  const flush = () => {
    plain.split("\n").forEach((line, index) => {
      if (index > 0) result.append(h("br"));
      result.append(...splitEmoji(unescape(line)).filter((part) => part !== ""));
    });
    plain = "";
  };
  while (position < text.length) {
    const found = special(text, position, names);
    if (found?.node) {
      flush();
      result.append(found.node);
    } else {
      plain += found?.text ?? text[position];
    }
    position = found?.end ?? position + 1;
  }
  if (plain) flush();
  return result;
}

function special(text, position, names) {
  const character = text[position];
  if (character === "\\" && ESCAPABLE.test(text[position + 1] ?? "")) {
    return { text: text[position + 1], end: position + 2 };
  }
  if (character === "`") return codeSpan(text, position);
  if (character === "[" || character === "!") return linkOrImage(text, position, names);
  if (character === "<") return angle(text, position, names);
  if ("*_~".includes(character)) return emphasis(text, position, names);
  if (character === "h" && SPACE.test(text[position - 1] ?? "")) {
    const url = URL_START.exec(text.slice(position));
    if (url) return { node: markdownLink(url[0], unescape(url[0])), end: position + url[0].length };
  }
  return null;
}

function codeSpan(text, position) {
  const ticks = /^`+/.exec(text.slice(position))[0];
  const rest = text.slice(position + ticks.length);
  const close = new RegExp(`(?<!\`)${ticks}(?!\`)`).exec(rest);
  if (!close) return { text: ticks, end: position + ticks.length };
  const body = rest.slice(0, close.index).replaceAll("\n", " ");
  const code = /^ .*[^ ].* $/.test(body) ? body.slice(1, -1) : body;
  return { node: h("code", { class: "code" }, unescape(code)), end: position + 2 * ticks.length + close.index };
}

function linkOrImage(text, position, names) {
  const found = LINK.exec(text.slice(position));
  if (!found) return null;
  const [all, image, label, url] = found;
  const shown = image ? unescape(label || url) : markdownInline(label, names);
  return { node: markdownLink(url, shown), end: position + all.length };
}

const markdownLink = (url, shown) => link(unescapeDestination(url), shown);

function angle(text, position, names) {
  const end = text.indexOf(">", position);
  if (end === -1) return null;
  const node = token(text.slice(position + 1, end), names);
  return node && { node, end: end + 1 };
}

function emphasis(text, position, names) {
  const mark = text[position];
  const run = runLength(text, position);
  const skip = { text: mark.repeat(run), end: position + run };
  if (mark === "~" && run > 2) return skip;
  if (!opens(text, position, run)) return skip;
  for (const length of mark === "~" ? [run] : [Math.min(run, 3), 2, 1].filter((n) => n <= run)) {
    const end = closing(text, position + run, mark, length);
    if (end === -1) continue;
    const content = markdownInline(text.slice(position + length, end), names);
    return { node: wrap(mark, length, content), end: end + length };
  }
  return skip;
}

function wrap(mark, length, content) {
  if (mark === "~") return h("s", {}, content);
  if (length === 3) return h("em", {}, h("strong", {}, content));
  return h(length === 2 ? "strong" : "em", {}, content);
}

/** Where a run of at least `length` marks closes, or -1; code spans are passed over. */
function closing(text, from, mark, length) {
  let position = from;
  while (position < text.length) {
    if (text[position] === "\\") position += 2;
    else if (text[position] === "`") position = codeSpan(text, position).end;
    else if (text[position] === mark) {
      const run = runLength(text, position);
      const fits = mark === "~" || length === 3 ? run === length : run === length || run === 3;
      if (fits && closes(text, position, run)) return position + (run - length);
      position += run;
    } else position += 1;
  }
  return -1;
}

function runLength(text, position) {
  let end = position;
  while (text[end] === text[position]) end += 1;
  return end - position;
}

/** CommonMark: left-flanking; `_` may not open inside a word. */
function opens(text, position, run) {
  const [left, right] = sides(text, position, run);
  const flanking =
    !SPACE.test(right) && (!PUNCTUATION.test(right) || SPACE.test(left) || PUNCTUATION.test(left));
  return flanking && (text[position] !== "_" || SPACE.test(left) || PUNCTUATION.test(left));
}

/** CommonMark: right-flanking; `_` may not close inside a word. */
function closes(text, position, run) {
  const [left, right] = sides(text, position, run);
  const flanking =
    !SPACE.test(left) && (!PUNCTUATION.test(left) || SPACE.test(right) || PUNCTUATION.test(right));
  return flanking && (text[position] !== "_" || SPACE.test(right) || PUNCTUATION.test(right));
}

function sides(text, position, run) {
  const left = Array.from(text.slice(Math.max(0, position - 2), position)).pop() ?? "";
  const right = Array.from(text.slice(position + run, position + run + 2))[0] ?? "";
  return [left, right];
}
