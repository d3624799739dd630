/** Starts the page: loads the workspace, follows the address and puts the views together. */
import { go, parseRoute, rememberedUser, rememberUser } from "./route.js";
import {
  appChannel,
  channelName,
  followAsMe,
  isExternal,
  loadWorkspace,
  myChannels,
  on,
  setRoute,
  state,
} from "./store.js";
import { api } from "./api.js";
import { h } from "./dom.js";
import { writeDatesIn } from "./text/tokens.js";
import { announce, mountAnnouncer } from "./views/announce.js";
import { attempt, explain } from "./views/attempt.js";
import { mountMain } from "./views/main-pane.js";
import { mountModals } from "./views/modal.js";
import { mountSidebar } from "./views/sidebar.js";
import { mountSkipLink } from "./views/skip-link.js";
import { mountThread } from "./views/thread.js";
import { messageSummary } from "./views/message.js";
import { toast } from "./views/toast.js";
import { unread } from "./unread.js";

const DEFAULT_CHANNEL = "tuning";

async function start() {
  await loadWorkspace(rememberedUser());
  rememberUser(state.me.id);
  writeDatesIn(state.me.locale);
  on("workspace", () => writeDatesIn(state.me.locale));
  mountAnnouncer();
  mountSkipLink();
  mountSidebar(document.getElementById("sidebar"));
  mountMain(document.getElementById("main"));
  mountThread(document.getElementById("thread"));
  mountModals();
  on("workspace", () => rememberUser(state.me.id));
  on("workspace", followAddress);
  on("unread", showTitle);
  on("route", showTitle);
  on("arrived", tellArrival);
  window.addEventListener("hashchange", followAddress);
  await followAddress();
  followAsMe();
}

/** Whose Home tab is open. @type {string|null} */
let openedTab = null;

async function followAddress() {
  const route = parseRoute(location.hash);
  const mine = myChannels();
  if (route.page === "channel" && !mine.some((channel) => channel.id === route.channel)) {
    // Another person's direct messages become this person's own.
    const wasDirect = state.channels.get(route.channel)?.is_im;
    location.replace(`#/${((wasDirect && appChannel()) || defaultChannel(mine)).id}`);
    return;
  }
  if (route.page === "home" && isExternal(state.me)) {
    location.replace(`#/${defaultChannel(mine).id}`);
    return;
  }
  const tab = appTab(route);
  const opened = tab && `${state.me.id} ${tab}`;
  if (tab && openedTab !== opened) attempt(api.openApp(state.me.id, tab));
  openedTab = opened;
  await setRoute(route).catch((error) => {
    toast(explain(error), "alert");
    go(route.channel);
  });
}

/** Which tab of the app an address shows, if any. @returns {"home"|"messages"|null} */
function appTab(route) {
  if (route.page === "home") return "home";
  return state.channels.get(route.channel)?.is_im ? "messages" : null;
}

function defaultChannel(mine) {
  return mine.find((channel) => channel.name === DEFAULT_CHANNEL) ?? mine[0];
}

function showTitle() {
  const { page, channel } = state.route;
  const place = page === "home" ? "Home" : channelName(state.channels.get(channel));
  const waiting = myChannels()
    .map((one) => unread(one, state.messages.get(one.id) ?? [], state.me.id).mentions)
    .reduce((sum, mentions) => sum + mentions, 0);
  document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${place} · Local workspace`;
}

function tellArrival({ channel, message }) {
  const here = channel === state.route.channel || state.channels.get(channel)?.is_im;
  if (here && message.user !== state.me.id) announce(messageSummary(message));
}

start().catch((error) => {
  const again = h(
    "button",
    { type: "button", class: "button button--primary", on: { click: () => location.reload() } },
    "Try again",
  );
  document
    .getElementById("main")
    .replaceChildren(h("div", { class: "failure", role: "alert" }, h("p", {}, error.message), again));
});
