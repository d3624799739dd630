/**
 * Keyboard focus in a list of messages: one message is a stop for Tab, with the controls inside it; the arrow
 * keys, Home and End move to another one. So Tab leaves the list after one message, however many there are.
 * https://www.w3.org/WAI/ARIA/apg/practices/keyboard-interface/#kbd_roving_tabindex
 */

const MESSAGE = "[data-ts]";
const CONTROLS = "a[href], button, input, select, textarea, [tabindex]";

/** Moves the focus with the arrow keys and follows it. @param {HTMLElement} list */
export function roveIn(list) {
  list.addEventListener("keydown", (event) => moveFocus(list, event));
  list.addEventListener("focusin", ({ target }) => reach(list, target.closest(MESSAGE)));
}

/** Takes a message that was rendered anew out of the Tab order. @param {HTMLElement} node */
export function setAside(node) {
  node.tabIndex = -1;
  for (const control of node.querySelectorAll(CONTROLS)) {
    if (control.tabIndex < 0) continue;
    control.dataset.stop = control.getAttribute("tabindex") ?? "";
    control.tabIndex = -1;
  }
}

/** Where no message is in the Tab order, the newest one gets into it. @param {HTMLElement} list */
export function keepOneReachable(list) {
  if (!list.querySelector(':scope > [tabindex="0"]')) reach(list, messagesOf(list).at(-1));
}

function reach(list, node) {
  if (!node || node.tabIndex === 0) return;
  for (const other of list.querySelectorAll(':scope > [tabindex="0"]')) setAside(other);
  node.tabIndex = 0;
  for (const control of node.querySelectorAll("[data-stop]")) {
    if (control.dataset.stop) control.setAttribute("tabindex", control.dataset.stop);
    else control.removeAttribute("tabindex");
    delete control.dataset.stop;
  }
}

function moveFocus(list, event) {
  if (!event.target.matches(MESSAGE)) return;
  const all = messagesOf(list);
  const index = all.indexOf(event.target);
  const next = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: all.length - 1 }[event.key];
  if (next === undefined || !all[next]) return;
  event.preventDefault();
  all[next].focus();
}

const messagesOf = (list) => [...list.querySelectorAll(`:scope > ${MESSAGE}`)];
