/** The sidebar: the workspace's name, channels, the app, and who one is. */
import { h } from "../dom.js";
import { channelIcon, icon } from "../icons.js";
import { actAs, botUserId, isExternal, myChannels, on, personName, standing, state } from "../store.js";
import { unread } from "../unread.js";
import { avatar, forkMark } from "./avatar.js";
import { openMenu } from "./menu.js";

/** @param {HTMLElement} root */
export function mountSidebar(root) {
  const draw = () => {
    const publicOnes = myChannels().filter((channel) => !channel.is_im);
    const direct = myChannels().filter((channel) => channel.is_im);
    const bot = state.users.get(botUserId());
    const focused = document.activeElement?.closest?.("#sidebar [href]")?.getAttribute("href");
    root.replaceChildren(
      h(
        "div",
        { class: "sidebar__head" },
        h("span", { class: "logo" }, forkMark()),
        h("span", { class: "sidebar__title" }, "Local workspace"),
      ),
      h(
        "div",
        { class: "sidebar__body" },
        group(
          "Channels",
          publicOnes.map((channel) => channelLink(channel, channelIcon(channel), channel.name)),
        ),
        group(
          "Direct messages",
          direct.map((channel) => channelLink(channel, avatar(bot, "small"), personName(bot))),
        ),
        group("Apps", isExternal(state.me) ? [] : [homeLink(bot)]),
      ),
      personButton(),
    );
    if (focused) root.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
  };
  for (const topic of ["workspace", "route", "unread"]) on(topic, draw);
  draw();
}

function homeLink(bot) {
  const current = state.route.page === "home";
  return link({ href: "#/home", sign: icon("home"), label: `${personName(bot)} Home`, current });
}

function group(title, links) {
  if (links.length === 0) return null;
  return h(
    "section",
    { class: "sidebar__group" },
    h("h2", { class: "sidebar__heading" }, title),
    h(
      "ul",
      {},
      links.map((one) => h("li", {}, one)),
    ),
  );
}

function channelLink(channel, sign, label) {
  const { count, mentions } = unread(channel, state.messages.get(channel.id) ?? [], state.me.id);
  const current = state.route.page === "channel" && state.route.channel === channel.id;
  return link({ href: `#/${channel.id}`, sign, label, current, count, mentions });
}

function link({ href, sign, label, current, count = 0, mentions = 0 }) {
  const note = count > 0 && h("span", { class: "visually-hidden" }, `${count} unread`);
  const badge = mentions > 0 && h("span", { class: "sidebar__badge", "aria-hidden": "true" }, mentions);
  const className = `sidebar__link${count > 0 ? " sidebar__link--unread" : ""}`;
  return h(
    "a",
    { class: className, href, "aria-current": current ? "page" : null },
    sign,
    h("span", { class: "sidebar__label" }, label),
    note,
    badge,
  );
}

function personButton() {
  const { me } = state;
  const button = h(
    "button",
    {
      type: "button",
      class: "person",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": `Acting as ${personName(me)}. Switch person`,
      on: { click: () => openMenu(button, people()) },
    },
    avatar(me),
    h(
      "span",
      { class: "person__text" },
      h("span", { class: "person__name" }, personName(me)),
      h("span", { class: "person__note" }, "You · ", language(me.locale)),
    ),
    icon("chevron"),
  );
  return button;
}

function people() {
  return [...state.users.values()]
    .filter((user) => !user.is_bot)
    .map((user, index) => ({
      heading: index === 0 ? "Act as" : undefined,
      label: personName(user),
      hint: [language(user.locale), standing(user)].filter(Boolean).join(" · "),
      leading: avatar(user, "small"),
      href: `?user=${user.id}${location.hash}`,
      checked: user.id === state.me.id,
      run: () => user.id !== state.me.id && actAs(user.id),
    }));
}

function language(locale) {
  return locale ? new Intl.DisplayNames(["en"], { type: "language" }).of(locale.split("-")[0]) : "";
}
