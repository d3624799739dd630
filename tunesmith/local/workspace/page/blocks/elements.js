/** Interactive elements, one renderer per type: `(element, block, ctx, input) => Node`. */
import { h } from "../dom.js";
import { button, feedbackButtons, iconButton, overflow } from "./buttons.js";
import { checkboxes, radioButtons } from "./choices.js";
import { fileInput, pickers, textInputs } from "./inputs.js";
import { imageElement } from "./section.js";
import { multiSelect, select } from "./selects.js";

const ELEMENTS = {
  button,
  workflow_button: button,
  feedback_buttons: feedbackButtons,
  icon_button: iconButton,
  overflow,
  checkboxes,
  radio_buttons: radioButtons,
  static_select: select,
  users_select: select,
  channels_select: select,
  conversations_select: select,
  multi_static_select: multiSelect,
  multi_users_select: multiSelect,
  multi_channels_select: multiSelect,
  multi_conversations_select: multiSelect,
  file_input: fileInput,
  image: (element) => imageElement(element, "section__image"),
  ...textInputs,
  ...pickers,
};

/**
 * @param {object} element
 * @param {object} block the block that holds it
 * @param {object} ctx
 * @param {{id: string, describedBy?: string}} [input] given by an input block, whose label names the control
 * @returns {Node}
 */
export function renderElement(element, block, ctx, input) {
  if (Object.hasOwn(ELEMENTS, element.type)) return ELEMENTS[element.type](element, block, ctx, input);
  return h(
    "span",
    { class: "unknown" },
    "A control this page cannot draw: ",
    h("code", { class: "code" }, element.type),
  );
}
