/** The pane in the middle: a channel, direct messages, or the app's Home tab. */
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { appChannel, on, state } from "../store.js";
import { channelView } from "./channel.js";
import { homeView } from "./home.js";

/** @param {HTMLElement} root */
export function mountMain(root) {
  const offline = h(
    "div",
    { class: "banner", role: "status", hidden: true },
    "Connection lost. Trying again …",
  );
  let view = null;
  let shown = "";
  const draw = () => {
    const { page, channel } = state.route;
    const loaded = page === "home" || state.messages.has(channel);
    const place = JSON.stringify([loaded, state.me.id, page, state.channels.get(channel)]);
    if (place === shown) return;
    shown = place;
    view?.destroy();
    view = null;
    if (loaded) view = page === "home" ? homeView() : channelView(state.channels.get(channel));
    root.replaceChildren(offline, view?.node ?? "");
    document.body.classList.remove("sidebar-open");
  };
  on("route", draw);
  on("workspace", draw);
  on("connection", () => {
    offline.hidden = state.online;
  });
}

/**
 * The bar at the top of a pane.
 * @param {{title: Node|string, sign?: Node, about?: Node|string, side?: Node}} parts
 */
export function paneHeader({ title, sign, about, side }) {
  const openSidebar = () => document.body.classList.toggle("sidebar-open");
  return h(
    "header",
    { class: "pane-header" },
    h(
      "button",
      {
        type: "button",
        class: "button button--quiet pane-header__menu",
        "aria-label": "Channels",
        on: { click: openSidebar },
      },
      icon("menu"),
    ),
    h("h1", { class: "pane-header__title" }, sign, title),
    h("div", { class: "pane-header__about" }, about),
    side,
  );
}

/** The two sides of the app: its Home tab and the direct messages with it. @param {"home"|"messages"} current */
export function appTabs(current) {
  const tab = (name, label, href) =>
    h("a", { class: "tab", href, "aria-current": name === current ? "page" : null }, label);
  return h(
    "nav",
    { class: "tabs", "aria-label": state.app.name },
    tab("home", "Home", "#/home"),
    tab("messages", "Messages", `#/${appChannel()?.id}`),
  );
}
