/** The app's Home tab. */
import { api } from "../api.js";
import { renderBlocks } from "../blocks/index.js";
import { h } from "../dom.js";
import { botUserId, names, on, personName, state } from "../store.js";
import { avatar } from "./avatar.js";
import { appTabs, paneHeader } from "./main-pane.js";

/** @returns {{node: HTMLElement, destroy: () => void}} */
export function homeView() {
  const bot = state.users.get(botUserId());
  const body = h("div", { class: "home", lang: state.me.locale });
  const head = paneHeader({ title: personName(bot), sign: avatar(bot, "small"), side: appTabs("home") });
  const node = h(
    "section",
    { class: "pane", "aria-label": `${personName(bot)} Home` },
    head,
    h("div", { class: "scroller" }, body),
  );
  let shown = null;
  const draw = () => {
    // Its state changes with every choice; only another hash is another view.
    const version = state.home ? `${state.home.id} ${state.home.hash}` : "";
    if (version === shown) return;
    shown = version;
    if (state.home) body.replaceChildren(renderBlocks(state.home.blocks, context(state.home)));
    else
      body.replaceChildren(
        h("p", { class: "empty" }, `${personName(bot)} has not published a Home tab yet.`),
      );
  };
  const stop = on("views", draw);
  draw();
  return { node, destroy: stop };
}

function context(view) {
  return {
    names,
    act: ({ action_id }, { block_id }, value) =>
      api.act({ user: state.me.id, view_id: view.id, action_id, block_id, value }),
  };
}
