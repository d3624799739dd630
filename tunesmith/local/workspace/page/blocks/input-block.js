/** The input block: a label, one element, a hint, and the place for its error. */
import { h, uid } from "../dom.js";
import { plainText } from "../text/mrkdwn.js";
import { renderElement } from "./elements.js";

const GROUPS = ["checkboxes", "radio_buttons"];

/** @param {object} block @param {object} ctx */
export function inputBlock(block, ctx) {
  const [id, labelId, hintId, errorId] = ["field", "label", "hint", "error"].map(uid);
  const isGroup = GROUPS.includes(block.element.type);
  const describedBy = [block.hint && hintId, errorId].filter(Boolean).join(" ");
  const optional = block.optional && h("span", { class: "optional" }, "optional");
  const label = h(
    isGroup ? "div" : "label",
    { class: "label", id: labelId, for: isGroup ? null : id },
    plainText(block.label),
    optional,
  );
  return h(
    "div",
    { class: "form-row" },
    label,
    renderElement(block.element, block, ctx, { id, labelId, describedBy }),
    block.hint && h("div", { class: "hint", id: hintId }, plainText(block.hint)),
    h("div", { class: "error", id: errorId, data: { errorFor: block.block_id } }),
  );
}
