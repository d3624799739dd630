/** What all interactive elements share: their identity, confirmation, and telling the app. */
import { attempt } from "../views/attempt.js";
import { confirm } from "../views/confirm.js";

/**
 * @param {object} block
 * @param {object} element
 * @returns {string} the key of a field within its view
 */
export function fieldKey(block, element) {
  return `${block.block_id}/${element.action_id}`;
}

/**
 * The stable attributes of a control.
 * @param {object} element
 * @param {object} block
 */
export function hooks(element, block) {
  return { actionId: element.action_id, blockId: block.block_id };
}

/**
 * Makes a control part of its modal: what it holds is read when the form is sent.
 * @param {object} ctx
 * @param {object} block
 * @param {object} element
 * @param {{control: HTMLElement, read: () => any}} field
 */
export function register(ctx, block, element, field) {
  ctx.fields?.set(fieldKey(block, element), { block, element, ...field });
}

/**
 * What a field starts with: what the person had typed, else what the app sent.
 * @param {object} ctx
 * @param {object} block
 * @param {object} element
 * @param {any} fromApp
 */
export function initial(ctx, block, element, fromApp) {
  const key = fieldKey(block, element);
  return ctx.kept?.has(key) ? ctx.kept.get(key) : fromApp;
}

/**
 * Tells the app, after the confirmation it asks for. Inputs of a form tell it only with `dispatch_action`.
 * @param {object} ctx
 * @param {{element: object, block: object, control: HTMLElement}} what
 * @param {any} [value]
 * @returns {Promise<boolean>} false where the person declined
 */
export async function interact(ctx, { element, block, control }, value) {
  if (block.type === "input" && !block.dispatch_action) return true;
  if (control.getAttribute("aria-busy") === "true") return false;
  if (element.confirm && !(await confirm(element.confirm, ctx.names))) return false;
  control.setAttribute("aria-busy", "true");
  await attempt(ctx.act(element, block, value));
  control.removeAttribute("aria-busy");
  return true;
}
