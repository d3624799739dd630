/** Menus and lists that open beside a control: arrow keys, Escape, a click elsewhere closes. */
import { h, uid } from "../dom.js";
import { icon } from "../icons.js";

const GAP = 6;

/**
 * @param {HTMLElement} anchor the control that opens it; gets the focus back
 * @param {{label: string, hint?: string, icon?: string, href?: string, checked?: boolean, danger?: boolean,
 *   leading?: Node, heading?: string, run?: () => void}[]} items `heading` starts a group
 */
export function openMenu(anchor, items) {
  const menu = h("div", {
    class: "menu",
    role: "menu",
    popover: "auto",
    "aria-label": anchor.getAttribute("aria-label") ?? anchor.textContent,
  });
  for (const item of items) {
    if (item.heading) menu.append(h("div", { class: "menu__heading", role: "presentation" }, item.heading));
    menu.append(menuItem(item, () => menu.hidePopover()));
  }
  menu.addEventListener("keydown", (event) => {
    const entries = [...menu.querySelectorAll("[role^=menuitem]")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) focusAt(entries, entries.indexOf(document.activeElement) + step);
    else if (event.key === "Home") focusAt(entries, 0);
    else if (event.key === "End") focusAt(entries, -1);
    else if (event.key === "Tab") menu.hidePopover();
    else return;
    if (event.key !== "Tab") event.preventDefault();
  });
  show(anchor, menu);
  (menu.querySelector("[aria-checked=true]") ?? menu.querySelector("[role^=menuitem]"))?.focus();
}

function menuItem(item, close) {
  const href = /^(https?:|\?|#)/i.test(item.href ?? "") ? item.href : null;
  const role = item.checked === undefined ? "menuitem" : "menuitemradio";
  const click = (event) => {
    // With a modifier a link opens in its own tab, as links do.
    if (href && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
    if (href?.startsWith("?")) event.preventDefault();
    close();
    item.run?.();
  };
  return h(
    href ? "a" : "button",
    {
      class: `menu__item${item.danger ? " menu__item--danger" : ""}`,
      role,
      type: href ? null : "button",
      href,
      target: href && !href.startsWith("?") ? "_blank" : null,
      rel: href ? "noopener noreferrer" : null,
      tabindex: "-1",
      "aria-checked": item.checked === undefined ? null : String(item.checked),
      on: { click },
    },
    item.icon && icon(item.icon),
    item.leading,
    h(
      "span",
      { class: "menu__label" },
      item.label,
      item.hint && h("span", { class: "menu__hint" }, item.hint),
    ),
    item.checked && icon("check", "menu__check"),
  );
}

/**
 * A list of checkboxes; tells every change.
 * @param {HTMLElement} anchor
 * @param {{value: string, label: string, description?: string}[]} options
 * @param {{chosen: string[], most?: number, change: (values: string[]) => void}} how
 */
export function openChecklist(anchor, options, { chosen, most, change }) {
  const boxes = options.map((option) => {
    const box = h("input", {
      type: "checkbox",
      value: option.value,
      id: uid("check"),
      data: { value: option.value },
    });
    box.checked = chosen.includes(option.value);
    return box;
  });
  const limit = () => {
    const full = most !== undefined && most !== null && boxes.filter((box) => box.checked).length >= most;
    for (const box of boxes) box.disabled = full && !box.checked;
  };
  const rows = options.map((option, index) =>
    h(
      "div",
      { class: "choice" },
      boxes[index],
      h("label", { for: boxes[index].id }, option.label),
      option.description && h("div", { class: "hint" }, option.description),
    ),
  );
  const list = h(
    "div",
    {
      class: "menu menu--checklist",
      role: "dialog",
      popover: "auto",
      "aria-label": anchor.getAttribute("aria-label") ?? "Options",
    },
    rows,
  );
  list.addEventListener("change", () => {
    limit();
    change(boxes.filter((box) => box.checked).map((box) => box.value));
  });
  limit();
  show(anchor, list);
  boxes[0]?.focus();
}

function focusAt(entries, index) {
  entries.at(index % entries.length)?.focus();
}

/**
 * Shows a popover beside its control, inside the same dialog: outside of it everything is inert.
 * @param {HTMLElement} anchor
 * @param {HTMLElement} popover
 */
export function show(anchor, popover) {
  (anchor.closest("dialog") ?? document.body).append(popover);
  anchor.setAttribute("aria-expanded", "true");
  popover.addEventListener("toggle", ({ newState }) => {
    if (newState !== "closed") return;
    anchor.setAttribute("aria-expanded", "false");
    const back = popover.contains(document.activeElement) || document.activeElement === document.body;
    popover.remove();
    if (back) anchor.focus();
  });
  popover.showPopover();
  const place = anchor.getBoundingClientRect();
  const box = popover.getBoundingClientRect();
  const below = place.bottom + GAP + box.height <= innerHeight;
  const top = below ? place.bottom + GAP : Math.max(GAP, place.top - GAP - box.height);
  const left = Math.max(GAP, Math.min(place.left, innerWidth - box.width - GAP));
  popover.style.top = `${top}px`;
  popover.style.left = `${left}px`;
}
