/** The table block: a header row, aligned and wrapped columns. */
import { h } from "../dom.js";
import { splitEmoji } from "../text/mrkdwn.js";
import { richTextParts } from "./rich-text.js";

/** @param {object} block @param {object} ctx */
export function table(block, ctx) {
  const [head = [], ...rows] = block.rows;
  const settings = block.column_settings ?? [];
  const row = (cells, tag) =>
    h(
      "tr",
      {},
      cells.map((cell, column) => {
        return h(
          tag,
          { class: cellClass(cell, settings[column]), scope: tag === "th" ? "col" : null },
          cellContent(cell, ctx),
        );
      }),
    );
  return scroller(
    "Table",
    h(
      "table",
      {},
      h("thead", {}, row(head, "th")),
      h(
        "tbody",
        {},
        rows.map((cells) => row(cells, "td")),
      ),
    ),
  );
}

/**
 * A wide table scrolls in its own frame, which the keyboard can reach.
 * @param {string} label
 * @param {HTMLElement} node
 */
export function scroller(label, node) {
  return h("div", { class: "table-scroll", role: "group", "aria-label": label, tabindex: "0" }, node);
}

/**
 * @param {object} cell `raw_text`, `raw_number` or `rich_text`
 * @param {object} ctx
 */
export function cellContent(cell, ctx) {
  if (cell.type === "rich_text") return richTextParts(cell.elements ?? [], ctx.names);
  return splitEmoji(String(cell.text ?? cell.value ?? ""));
}

function cellClass(cell, setting) {
  const align = setting?.align ?? (cell.type === "raw_number" ? "right" : null);
  return [align && `align-${align}`, setting?.is_wrapped ? "wraps" : null].filter(Boolean).join(" ") || null;
}
