/** Framed blocks: card, carousel, container, alert. */
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { textObject } from "../text/mrkdwn.js";
import { renderElement } from "./elements.js";
import { richTextParts } from "./rich-text.js";
import { imageElement } from "./section.js";

const ALERT_ICONS = { default: "info", info: "info", success: "check", warning: "alert", error: "alert" };

/** A picture, title, subtitle, text and buttons in one frame. */
export function card(block, ctx) {
  return h(
    "article",
    { class: "card" },
    block.hero_image && imageElement(block.hero_image, "card__hero"),
    h(
      "div",
      { class: "card__head" },
      block.icon && imageElement(block.icon, "card__icon"),
      h(
        "div",
        {},
        block.title && h("div", { class: "card__title" }, textObject(block.title, ctx.names)),
        block.subtitle && h("div", { class: "card__subtitle" }, textObject(block.subtitle, ctx.names)),
      ),
    ),
    block.body && h("div", { class: "text" }, textObject(block.body, ctx.names)),
    block.actions &&
      h(
        "div",
        { class: "actions" },
        block.actions.map((element) => renderElement(element, block, ctx)),
      ),
  );
}

/** Cards in a row that scrolls. */
export function carousel(block, ctx, renderBlock) {
  const cards = block.elements.map((element) => renderBlock(element, ctx));
  return h("div", { class: "carousel", role: "group", "aria-label": "Cards", tabindex: "0" }, cards);
}

/** Other blocks in one frame, which may fold. */
export function container(block, ctx, renderBlocks) {
  const title = block.rich_text_title
    ? richTextParts(block.rich_text_title.elements ?? [], ctx.names)
    : textObject(block.title, ctx.names);
  const head = [
    h("span", { class: "card__title" }, title),
    block.subtitle && h("span", { class: "card__subtitle" }, textObject(block.subtitle, ctx.names)),
  ];
  const body = renderBlocks(block.child_blocks, ctx);
  if (!block.is_collapsible) return h("section", { class: "card" }, h("div", {}, head), body);
  return h("details", { class: "card", open: !block.default_collapsed }, h("summary", {}, head), body);
}

/** A notice in a form. */
export function alert(block, ctx) {
  const level = Object.hasOwn(ALERT_ICONS, block.level ?? "") ? block.level : "default";
  return h(
    "div",
    { class: `alert alert--${level}`, role: "note" },
    icon(ALERT_ICONS[level]),
    h("div", { class: "text" }, textObject(block.text, ctx.names)),
  );
}
