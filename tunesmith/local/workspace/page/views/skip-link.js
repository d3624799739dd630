/** A link before everything else, seen while it has the focus: straight to where one writes. */
import { h } from "../dom.js";
import { on, state } from "../store.js";

const BOXES = "#thread:not([hidden]) .composer__text, #main .composer__text";

/** Puts the link at the start of the page; the Home tab, where nobody writes, has none. */
export function mountSkipLink() {
  const link = h("a", { class: "skip-link", href: "#", on: { click: skip } }, "Skip to message box");
  const draw = () => {
    link.hidden = state.route.page === "home";
  };
  on("route", draw);
  document.body.prepend(link);
}

function skip(event) {
  event.preventDefault(); // The address names a channel, not a place on the page.
  const boxes = [...document.querySelectorAll(BOXES)];
  (boxes.find((box) => box.closest("#thread")) ?? boxes[0])?.focus();
}
