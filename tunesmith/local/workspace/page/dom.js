/** Building DOM nodes. Data only ever becomes text nodes and attribute values, never markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Creates an HTML element.
 * @param {string} tag
 * @param {object} [props] `class`, `data` (dataset), `on` (listeners), `value`, and any attribute;
 *   `true` sets an empty attribute, `null`, `undefined` and `false` leave it out.
 * @param {...(Node|string|number|null|undefined|false|Array)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "data") for (const [k, v] of Object.entries(value)) setData(node, k, v);
    else if (key === "on") for (const [k, v] of Object.entries(value)) node.addEventListener(k, v);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...flatten(children));
  return node;
}

/**
 * Creates an SVG element.
 * @param {string} tag
 * @param {object} [attributes]
 * @param {...(Node|string)} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(key, String(value));
  }
  node.append(...flatten(children));
  return node;
}

/**
 * Collects children in a fragment.
 * @param {...(Node|string|Array)} children
 * @returns {DocumentFragment}
 */
export function fragment(...children) {
  const result = document.createDocumentFragment();
  result.append(...flatten(children));
  return result;
}

/**
 * Whether a key belongs to an input method that is composing Korean, Chinese or Japanese: Enter then chooses a
 * character. Safari reports the closing Enter only by the key code 229.
 * @param {KeyboardEvent} event
 */
export function composing(event) {
  return event.isComposing || event.keyCode === 229;
}

let counter = 0;

/**
 * A document-wide unique id, for `aria-labelledby` and friends.
 * @param {string} prefix
 * @returns {string}
 */
export function uid(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/**
 * Replaces a node and, where the focus was inside it, puts the focus back on the same control.
 * @param {HTMLElement} old
 * @param {HTMLElement} fresh
 */
export function replaceKeepingFocus(old, fresh) {
  const active = document.activeElement;
  const inside = old.contains(active);
  const selector = inside ? controlSelector(active) : null;
  old.replaceWith(fresh);
  if (!inside) return;
  const again = active === old ? fresh : selector && fresh.querySelector(selector);
  (again ?? fresh).focus({ preventScroll: true });
}

function controlSelector(node) {
  const { actionId, value } = node.dataset;
  if (actionId === undefined) return null;
  const pick = value === undefined ? "" : `[data-value="${CSS.escape(value)}"]`;
  return `[data-action-id="${CSS.escape(actionId)}"]${pick}`;
}

function setData(node, key, value) {
  if (value !== null && value !== undefined) node.dataset[key] = value;
}

function flatten(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
}
