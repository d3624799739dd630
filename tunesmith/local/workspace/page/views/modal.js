/** Modals: the topmost view of the person's stack, as a form in a dialog. */
import { api } from "../api.js";
import { renderBlocks } from "../blocks/index.js";
import { h, uid } from "../dom.js";
import { icon } from "../icons.js";
import { loadViews, names, on, state } from "../store.js";
import { plainText } from "../text/mrkdwn.js";
import { forkMark } from "./avatar.js";
import { explain } from "./attempt.js";

/** What the person typed, by view id, for as long as the view is on the stack. @type {Map<string, Map<string, any>>} */
const typed = new Map();

/** Shows the topmost modal whenever there is one. */
export function mountModals() {
  let dialog = null;
  let opener = null;
  on("views", () => {
    const view = state.modals.at(-1);
    if (view?.id === dialog?.view.id && view?.hash === dialog?.view.hash) return;
    if (!dialog) opener = document.activeElement;
    dialog?.rememberTyped();
    forgetClosed();
    const old = dialog;
    const place = old && old.view.id === view?.id ? placeIn(old.node) : null;
    // The new dialog opens first, so that the focus does not fall back to the page in between.
    dialog = view ? openDialog(view, place) : null;
    old?.node.remove();
    if (!dialog) (opener?.isConnected ? opener : document.querySelector("#main textarea"))?.focus();
  });
}

/** Where the person is in a form that the app is about to replace. */
function placeIn(node) {
  const { dataset, selectionStart } = document.activeElement;
  return {
    scroll: node.querySelector(".modal__body").scrollTop,
    action: dataset.actionId,
    caret: selectionStart,
  };
}

function goTo(node, fields, place) {
  node.querySelector(".modal__body").scrollTop = place.scroll;
  const again = place.action && node.querySelector(`[data-action-id="${CSS.escape(place.action)}"]`);
  if (!again) return focusFirst(node, fields);
  again.focus({ preventScroll: true });
  if (typeof place.caret === "number") again.setSelectionRange(place.caret, place.caret);
}

function forgetClosed() {
  const open = new Set(state.modals.map((view) => view.id));
  for (const id of typed.keys()) if (!open.has(id)) typed.delete(id);
}

function openDialog(view, place) {
  const fields = new Map();
  const status = h("div", { class: "form-error", role: "alert" });
  const title = h("h2", { class: "dialog__title", id: uid("modal") }, plainText(view.title));
  const close = () => leave(view, status);
  const form = h(
    "form",
    { class: "modal__form", novalidate: true, data: { viewId: view.id } },
    h(
      "header",
      { class: "modal__head" },
      h("span", { class: "avatar avatar--small avatar--app", "aria-hidden": "true" }, forkMark()),
      title,
      button("button--quiet", icon("close"), { "aria-label": "Close", on: { click: close } }),
    ),
    h("div", { class: "modal__body" }, renderBlocks(view.blocks, context(view, fields))),
    h(
      "footer",
      { class: "dialog__foot" },
      status,
      button("", view.close ? plainText(view.close) : "Cancel", { on: { click: close } }),
      view.submit && button("button--primary", plainText(view.submit), { type: "submit" }),
    ),
  );
  form.addEventListener("submit", (event) => send(event, view, fields, status));
  const node = h(
    "dialog",
    { class: "dialog modal", lang: state.me.locale, "aria-labelledby": title.id },
    form,
  );
  node.addEventListener("cancel", (event) => {
    if (event.target !== node) return;
    event.preventDefault();
    close();
  });
  document.body.append(node);
  node.showModal();
  if (place) goTo(node, fields, place);
  else focusFirst(node, fields);
  const rememberTyped = () =>
    typed.set(view.id, new Map([...fields].map(([key, { read }]) => [key, read()])));
  return { view, node, rememberTyped };
}

function context(view, fields) {
  const user = state.me.id;
  return {
    names,
    fields,
    kept: typed.get(view.id),
    upload: (files) => api.share({ user }, files),
    act: ({ action_id }, { block_id }, value) =>
      api.act({ user, view_id: view.id, action_id, block_id, value }).catch(unlessClosed),
  };
}

/** What was typed last is told after a pause, when the view may be closed: nobody waits for it then. */
function unlessClosed(error) {
  if (error.code !== "view_not_found") throw error;
}

function button(style, content, attributes) {
  return h("button", { type: "button", class: `button ${style}`, ...attributes }, content);
}

function focusFirst(node, fields) {
  const first = node.querySelector("[autofocus]") ?? fields.values().next().value?.control;
  (first ?? node.querySelector(".dialog__foot .button:last-child")).focus();
}

async function leave(view, status) {
  try {
    await api.close(view.id, state.me.id);
  } catch (error) {
    status.textContent = explain(error);
  }
  await loadViews();
}

async function send(event, view, fields, status) {
  event.preventDefault();
  const form = event.currentTarget;
  const submit = form.querySelector("[type=submit]");
  if (!submit || submit.getAttribute("aria-busy") === "true") return;
  status.textContent = "";
  const invalid = invalidFields(fields);
  showErrors(form, fields, invalid);
  if (Object.keys(invalid).length > 0) return;
  submit.setAttribute("aria-busy", "true");
  try {
    const answer = await api.submit(view.id, state.me.id, valuesOf(fields));
    showErrors(form, fields, answer.errors ?? {});
    await loadViews();
  } catch (error) {
    status.textContent = explain(error);
  } finally {
    submit.removeAttribute("aria-busy");
  }
}

function valuesOf(fields) {
  const values = {};
  for (const { block, element, read } of fields.values()) {
    values[block.block_id] = { ...values[block.block_id], [element.action_id]: read() };
  }
  return values;
}

/** What the browser itself finds wrong, for example letters in a number. */
function invalidFields(fields) {
  const invalid = [...fields.values()].filter(
    ({ control }) => control.checkValidity && !control.checkValidity(),
  );
  return Object.fromEntries(invalid.map(({ block, control }) => [block.block_id, control.validationMessage]));
}

function showErrors(form, fields, errors) {
  let first = null;
  for (const place of form.querySelectorAll("[data-error-for]")) {
    const message = errors[place.dataset.errorFor];
    place.replaceChildren(...(message ? [icon("alert"), message] : []));
  }
  for (const { block, control } of fields.values()) {
    const wrong = Object.hasOwn(errors, block.block_id);
    control.setAttribute("aria-invalid", String(wrong));
    if (wrong) first ??= control;
  }
  first?.focus();
}
