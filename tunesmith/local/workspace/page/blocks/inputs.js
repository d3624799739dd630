/** Inputs for text, numbers, addresses, dates and times. */
import { composing, h } from "../dom.js";
import { textOf } from "../text/mrkdwn.js";
import { attempt } from "../views/attempt.js";
import { hooks, initial, interact, register } from "./interact.js";

const TYPING_PAUSE = 300; // ms

/** Renderers of the elements in which a person types. */
export const textInputs = {
  plain_text_input: textInput("text"),
  email_text_input: textInput("email"),
  url_text_input: textInput("url"),
  number_input: textInput("number"),
};

/** Renderers of the elements with which a person picks a time. */
export const pickers = {
  datepicker: picker("date", "initial_date"),
  timepicker: picker("time", "initial_time"),
  datetimepicker: picker("datetime-local", "initial_date_time", { toApp: toSeconds, fromApp: fromSeconds }),
};

function textInput(type) {
  return (element, block, ctx, input) => {
    const control = h(element.multiline ? "textarea" : "input", {
      ...common(element, block, input),
      class: "input",
      type: element.multiline ? null : type,
      rows: element.multiline ? 4 : null,
      ...limits(element, type),
      value: initial(ctx, block, element, element.initial_value ?? ""),
    });
    const read = () => control.value;
    dispatchText(element, block, ctx, control);
    register(ctx, block, element, { control, read });
    return control;
  };
}

function limits(element, type) {
  if (type === "number") {
    return { min: element.min_value, max: element.max_value, step: element.is_decimal_allowed ? "any" : "1" };
  }
  return { minlength: element.min_length, maxlength: element.max_length };
}

function dispatchText(element, block, ctx, control) {
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const tell = () => interact(ctx, { element, block, control }, control.value);
  if (!block.dispatch_action) return;
  if (when.includes("on_character_entered")) tellWhenTyped(element, block, ctx, control);
  if (!when.includes("on_enter_pressed")) return;
  control.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || composing(event)) return;
    event.preventDefault();
    tell();
  });
}

/** Tells the app after a pause in typing, whatever else is being told: nothing typed last is lost. */
function tellWhenTyped(element, block, ctx, control) {
  let waiting;
  control.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => attempt(ctx.act(element, block, control.value)), TYPING_PAUSE);
  });
}

function picker(type, initialName, { toApp = (value) => value || null, fromApp = (value) => value } = {}) {
  return (element, block, ctx, input) => {
    const start = initial(ctx, block, element, element[initialName] ?? null);
    const control = h("input", {
      ...common(element, block, input),
      class: "input input--short",
      type,
      value: fromApp(start) ?? "",
    });
    const read = () => toApp(control.value);
    let last = control.value;
    control.addEventListener("change", async () => {
      if (await interact(ctx, { element, block, control }, read())) last = control.value;
      else control.value = last;
    });
    register(ctx, block, element, { control, read });
    return control;
  };
}

function toSeconds(value) {
  return value ? Math.floor(new Date(value).getTime() / 1000) : null;
}

function fromSeconds(seconds) {
  if (!seconds) return "";
  const local = new Date(seconds * 1000 - new Date(seconds * 1000).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/**
 * The attributes of any labelled control.
 * @param {object} element
 * @param {object} block
 * @param {{id: string, describedBy?: string}} [input]
 */
export function common(element, block, input) {
  const placeholder = element.placeholder ? textOf(element.placeholder) : null;
  return {
    id: input?.id,
    placeholder,
    "aria-label": input ? null : (element.accessibility_label ?? placeholder ?? blockName(block)),
    "aria-describedby": input?.describedBy,
    "aria-required": input && !block.optional ? "true" : null,
    autofocus: element.focus_on_load ? true : null,
    autocomplete: "off",
    data: hooks(element, block),
  };
}

function blockName(block) {
  return block.text ? textOf(block.text) : "Choose";
}

/** Files, uploaded as soon as they are chosen; the form then holds their ids. */
export function fileInput(element, block, ctx, input) {
  let ids = initial(ctx, block, element, []);
  const accept = element.filetypes?.map((type) => `.${type}`).join(",");
  const { placeholder, ...attributes } = common(element, block, input);
  const control = h("input", {
    ...attributes,
    class: "input",
    type: "file",
    multiple: element.max_files !== 1,
    accept,
  });
  control.addEventListener("change", async () => {
    control.setAttribute("aria-busy", "true");
    const uploaded = await attempt(ctx.upload([...control.files]));
    control.removeAttribute("aria-busy");
    ids = uploaded?.files.map((file) => file.id) ?? [];
  });
  register(ctx, block, element, { control, read: () => ids });
  return control;
}
