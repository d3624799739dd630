/** Radio buttons and checkboxes. */
import { h, uid } from "../dom.js";
import { textObject, textOf } from "../text/mrkdwn.js";
import { hooks, initial, interact, register } from "./interact.js";

/** One of several. */
export function radioButtons(element, block, ctx, input) {
  const chosen = initial(ctx, block, element, element.initial_option?.value ?? null);
  return choices(element, block, ctx, { input, type: "radio", chosen: [chosen] });
}

/** Any of several. */
export function checkboxes(element, block, ctx, input) {
  const fromApp = (element.initial_options ?? []).map((option) => option.value);
  return choices(element, block, ctx, {
    input,
    type: "checkbox",
    chosen: initial(ctx, block, element, fromApp),
  });
}

function choices(element, block, ctx, { input, type, chosen }) {
  const name = uid("choice");
  const boxes = [];
  const ticked = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const read = () => (type === "radio" ? (ticked()[0] ?? null) : ticked());
  let last = chosen;
  const changed = async () => {
    if (await interact(ctx, { element, block, control: group }, read())) last = ticked();
    else for (const box of boxes) box.checked = last.includes(box.value);
  };
  const rows = element.options.map((option) => {
    const [id, hint] = [uid("option"), uid("hint")];
    const box = h("input", {
      type,
      name,
      id,
      value: option.value,
      "aria-describedby": option.description ? hint : null,
      data: { ...hooks(element, block), value: option.value },
      on: { change: changed },
    });
    box.checked = chosen.includes(option.value);
    boxes.push(box);
    return h(
      "div",
      { class: "choice" },
      box,
      h("label", { for: id }, textObject(option.text, ctx.names)),
      option.description && h("div", { class: "hint", id: hint }, textObject(option.description, ctx.names)),
    );
  });
  const group = h(
    "div",
    {
      class: "choices",
      role: type === "radio" ? "radiogroup" : "group",
      id: input?.id,
      "aria-labelledby": input?.labelId,
      "aria-describedby": input?.describedBy,
      "aria-label": input ? null : groupName(block),
      tabindex: "-1",
    },
    rows,
  );
  register(ctx, block, element, { control: group, read });
  return group;
}

function groupName(block) {
  return block.text ? textOf(block.text) : "Options";
}
