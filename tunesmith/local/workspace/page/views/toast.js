/** Short notices at the foot of the page, read out by screen readers. */
import { h } from "../dom.js";
import { icon } from "../icons.js";

const SHOWN_MS = 7000;

/**
 * @param {string} text
 * @param {"status"|"alert"} [role] an alert is read out at once
 */
export function toast(text, role = "status") {
  const host = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  const close = h(
    "button",
    { type: "button", class: "toast__close", "aria-label": "Dismiss", on: { click: () => node.remove() } },
    icon("close"),
  );
  const node = h(
    "div",
    { class: `toast toast--${role}`, role },
    icon(role === "alert" ? "alert" : "check"),
    h("span", {}, text),
    close,
  );
  document.querySelectorAll(".toast").forEach((old) => old.remove());
  host.append(node);
  setTimeout(() => node.remove(), SHOWN_MS);
}
