/** Menus of options, people, channels and conversations: one choice, or several. */
import { h, uid } from "../dom.js";
import { icon } from "../icons.js";
import { textOf } from "../text/mrkdwn.js";
import { openChecklist } from "../views/menu.js";
import { common } from "./inputs.js";
import { hooks, initial, interact, register } from "./interact.js";

/** The fields in which each kind carries its initial choice. */
const INITIAL = {
  static_select: (element) => element.initial_option?.value,
  users_select: (element) => element.initial_user,
  channels_select: (element) => element.initial_channel,
  conversations_select: (element) => element.initial_conversation,
  multi_static_select: (element) => element.initial_options?.map((option) => option.value),
  multi_users_select: (element) => element.initial_users,
  multi_channels_select: (element) => element.initial_channels,
  multi_conversations_select: (element) => element.initial_conversations,
};

/** A native menu: one choice. */
export function select(element, block, ctx, input) {
  const groups = groupsOf(element, ctx);
  const start = initial(ctx, block, element, INITIAL[element.type](element) ?? "");
  const hint = h("div", { class: "hint", id: uid("hint") });
  const { placeholder, ...attributes } = common(element, block, input);
  const control = h(
    "select",
    {
      ...attributes,
      class: "input select",
      "aria-describedby": [attributes["aria-describedby"], hint.id].filter(Boolean).join(" "),
    },
    h("option", { value: "" }, placeholder ?? "Choose an option"),
    groups.map(({ label, options }) => {
      const nodes = options.map((option) => h("option", { value: option.value }, option.label));
      return label ? h("optgroup", { label }, nodes) : nodes;
    }),
  );
  control.value = start ?? "";
  let last = control.value;
  const options = groups.flatMap((group) => group.options);
  const describe = () => {
    hint.textContent = options.find((option) => option.value === control.value)?.description ?? "";
  };
  const read = () => control.value || null;
  control.addEventListener("change", async () => {
    describe();
    if (control.value === "" && block.type !== "input") return;
    if (await interact(ctx, { element, block, control }, read())) last = control.value;
    else control.value = last;
    describe();
  });
  describe();
  register(ctx, block, element, { control, read });
  return h("span", { class: "select-wrap" }, control, icon("chevron", "select-wrap__mark"), hint);
}

/** A button that opens a list of checkboxes: several choices. */
export function multiSelect(element, block, ctx, input) {
  const options = groupsOf(element, ctx).flatMap((group) => group.options);
  let chosen = initial(ctx, block, element, INITIAL[element.type](element) ?? []);
  const { placeholder, ...attributes } = common(element, block, input);
  const shown = h("span", { class: "multi__value" });
  const control = h(
    "button",
    {
      ...attributes,
      "aria-required": null,
      class: "input multi",
      type: "button",
      "aria-haspopup": "dialog",
      "aria-labelledby": input ? `${input.labelId} ${input.id}` : null,
      data: hooks(element, block),
      on: {
        click: () => openChecklist(control, options, { chosen, most: element.max_selected_items, change }),
      },
    },
    shown,
    icon("chevron"),
  );
  const show = () => {
    const labels = options.filter((option) => chosen.includes(option.value)).map((option) => option.label);
    shown.textContent = labels.join(", ") || (placeholder ?? "Choose options");
  };
  const change = async (values) => {
    const before = chosen;
    chosen = values;
    show();
    if (await interact(ctx, { element, block, control }, values)) return;
    chosen = before;
    show();
  };
  show();
  register(ctx, block, element, { control, read: () => chosen });
  return control;
}

function groupsOf(element, ctx) {
  if (element.option_groups) {
    return element.option_groups.map((group) => ({
      label: textOf(group.label),
      options: group.options.map(option),
    }));
  }
  if (element.options) return [{ options: element.options.map(option) }];
  if (element.type.includes("users")) return [{ options: ctx.names.people() }];
  return [{ options: ctx.names.conversations() }];
}

function option({ value, text, description }) {
  return { value, label: textOf(text), description: description && textOf(description) };
}
