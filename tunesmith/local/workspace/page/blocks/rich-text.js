/** The rich_text block: sections, lists, quotes and code that Slack's own editor makes. */
import { fragment, h } from "../dom.js";
import { emojiNode, broadcast, channelMention, formatDate, link, userMention } from "../text/tokens.js";

const STYLE_TAGS = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code" };

const INLINE = {
  text: (part) => lines(part.text),
  link: (part) => link(part.url, part.text || part.url),
  emoji: (part) =>
    emojiNode(part.name) ?? part.unicode?.split("-").map(character).join("") ?? `:${part.name}:`,
  user: (part, names) => userMention(part.user_id, names),
  channel: (part, names) => channelMention(part.channel_id, names),
  broadcast: (part) => broadcast(part.range),
  usergroup: (part) => h("span", { class: "mention" }, `@${part.usergroup_id}`),
  date: (part) => h("time", {}, formatDate(part.timestamp, part.format) ?? part.fallback ?? ""),
  color: (part) => part.value,
};

const BLOCKS = {
  rich_text_section: (part, names) => h("div", {}, inline(part.elements, names)),
  rich_text_quote: (part, names) => h("blockquote", { class: "quote" }, inline(part.elements, names)),
  rich_text_preformatted: (part, names) => {
    return h("pre", { class: "code-block", tabindex: "0" }, h("code", {}, inline(part.elements, names)));
  },
};

/** @param {object} block @param {object} ctx */
export function richText(block, ctx) {
  return h("div", { class: "text" }, richTextParts(block.elements ?? [], ctx.names));
}

/**
 * The parts of a rich_text block; lists that Slack splits by indent are nested again.
 * @param {object[]} elements
 * @param {object} names
 */
export function richTextParts(elements, names) {
  const result = document.createDocumentFragment();
  let open = [];
  for (const part of elements) {
    if (part.type === "rich_text_list") {
      open = addList(result, open, part, names);
    } else {
      open = [];
      result.append(BLOCKS[part.type]?.(part, names) ?? inline([part], names));
    }
  }
  return result;
}

/** `open` holds the innermost list of each indent so far. */
function addList(result, open, part, names) {
  const indent = Math.min(part.indent ?? 0, open.length);
  const tag = part.style === "ordered" ? "ol" : "ul";
  const list = h(tag, { class: "list", start: part.offset ? part.offset + 1 : null });
  list.append(...part.elements.map((item) => h("li", {}, inline(item.elements ?? [], names))));
  const same = open[indent];
  if (same?.nodeName.toLowerCase() === tag && !part.offset) {
    same.append(...list.children);
    return open.slice(0, indent + 1);
  }
  const parent = indent > 0 ? open[indent - 1].lastElementChild : null;
  (parent ?? result).append(list);
  return [...open.slice(0, indent), list];
}

function inline(elements, names) {
  return fragment(
    elements.map((part) => {
      let node = fragment(INLINE[part.type]?.(part, names) ?? part.text ?? "");
      for (const [style, tag] of Object.entries(STYLE_TAGS)) {
        if (part.style?.[style]) node = h(tag, { class: style === "code" ? "code" : null }, node);
      }
      return node;
    }),
  );
}

function lines(text) {
  return text.split("\n").flatMap((line, index) => (index > 0 ? [h("br"), line] : [line]));
}

function character(hex) {
  const point = Number.parseInt(hex, 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : "";
}
