/** Rows of controls: actions and context_actions. */
import { h } from "../dom.js";
import { renderElement } from "./elements.js";

/** Buttons and menus in a row. */
export function actions(block, ctx) {
  return h(
    "div",
    { class: "actions" },
    block.elements.map((element) => renderElement(element, block, ctx)),
  );
}

/** Quiet buttons under a message, for example feedback. */
export function contextActions(block, ctx) {
  return h(
    "div",
    { class: "actions actions--quiet" },
    block.elements.map((element) => renderElement(element, block, ctx)),
  );
}
