/** Buttons: plain, with an icon, for feedback, and the overflow menu. */
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { plainText, textOf } from "../text/mrkdwn.js";
import { openMenu } from "../views/menu.js";
import { hooks, interact } from "./interact.js";

/** A button in one of three styles; with an address it also opens that. */
export function button(element, block, ctx) {
  const style = ["primary", "danger"].includes(element.style) ? ` button--${element.style}` : "";
  const href = /^https?:\/\//i.test(element.url ?? "") ? element.url : null;
  const control = h(
    href ? "a" : "button",
    {
      class: `button${style}`,
      type: href ? null : "button",
      href,
      target: href && "_blank",
      rel: href && "noopener noreferrer",
      "aria-label": element.accessibility_label,
      data: { ...hooks(element, block), value: element.value },
      on: { click: () => interact(ctx, { element, block, control }) },
    },
    plainText(element.text),
  );
  return control;
}

const ICONS = { trash: "trash" };

/** A small button of a context_actions block. */
export function iconButton(element, block, ctx) {
  const seenBy = element.visible_to_user_ids;
  if (seenBy && !seenBy.some((id) => ctx.names.user(id)?.me)) return h("span", { hidden: true });
  const control = h(
    "button",
    {
      class: "button button--quiet",
      type: "button",
      title: textOf(element.text),
      "aria-label": element.accessibility_label ?? textOf(element.text),
      data: { ...hooks(element, block), value: element.value },
      on: { click: () => interact(ctx, { element, block, control }) },
    },
    ICONS[element.icon] ? icon(ICONS[element.icon]) : plainText(element.text),
  );
  return control;
}

/** Thumbs up and down; the last one pressed stays pressed. */
export function feedbackButtons(element, block, ctx) {
  const group = h("span", { class: "feedback", role: "group", "aria-label": "Feedback" });
  const add = (choice, sign) => {
    const control = h(
      "button",
      {
        class: "button button--quiet",
        type: "button",
        title: textOf(choice.text),
        "aria-label": choice.accessibility_label ?? textOf(choice.text),
        "aria-pressed": "false",
        data: { ...hooks(element, block), value: choice.value },
        on: { click: () => press(control, choice.value) },
      },
      icon(sign),
    );
    group.append(control);
  };
  const press = async (control, value) => {
    if (!(await interact(ctx, { element, block, control }, value))) return;
    for (const other of group.children) other.setAttribute("aria-pressed", String(other === control));
  };
  add(element.positive_button, "thumbUp");
  add(element.negative_button, "thumbDown");
  return group;
}

/** Up to five options behind three dots. */
export function overflow(element, block, ctx) {
  const choose = (option) => interact(ctx, { element, block, control }, option.value);
  const control = h(
    "button",
    {
      class: "button button--quiet",
      type: "button",
      "aria-haspopup": "menu",
      "aria-label": element.accessibility_label ?? "More options",
      data: hooks(element, block),
      on: {
        click: () =>
          openMenu(
            control,
            element.options.map((option) => ({
              label: textOf(option.text),
              hint: option.description && textOf(option.description),
              href: option.url,
              run: () => choose(option),
            })),
          ),
      },
    },
    icon("more"),
  );
  return control;
}
