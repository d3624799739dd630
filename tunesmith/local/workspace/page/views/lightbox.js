/** A picture, large. */
import { h } from "../dom.js";
import { icon } from "../icons.js";

/**
 * @param {string} source
 * @param {string} alt
 * @param {string} title
 */
export function enlarge(source, alt, title) {
  const close = () => dialog.close();
  const dialog = h(
    "dialog",
    { class: "lightbox", "aria-label": title || "Picture" },
    h(
      "div",
      { class: "lightbox__bar" },
      h("span", { class: "lightbox__title" }, title),
      h(
        "a",
        { class: "button button--quiet", href: source, download: true, "aria-label": "Download" },
        icon("download"),
      ),
      h(
        "button",
        { type: "button", class: "button button--quiet", "aria-label": "Close", on: { click: close } },
        icon("close"),
      ),
    ),
    h("img", { src: source, alt }),
  );
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
