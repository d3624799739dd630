/** One polite live region for the whole page, so that screen readers hear of new messages once. */
import { h } from "../dom.js";

const region = h("div", {
  class: "visually-hidden",
  role: "log",
  "aria-live": "polite",
  "aria-label": "New messages",
});
const KEPT = 5;

/** Puts the region into the page. */
export function mountAnnouncer() {
  document.body.append(region);
}

/** @param {string} text */
export function announce(text) {
  region.append(h("p", {}, text));
  while (region.childElementCount > KEPT) region.firstElementChild.remove();
}
