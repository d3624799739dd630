/**
 * Addresses: `#/C0TUNING`, `#/C0TUNING/thread/1700000000.000100`, `#/home`; `?user=U0WEI` chooses the person.
 */

/** @param {string} hash @returns {{page: "channel"|"home", channel?: string, thread?: string}} */
export function parseRoute(hash) {
  if (hash === "#/home") return { page: "home" };
  const [, channel, thread] = /^#\/([A-Z0-9]+)(?:\/thread\/([\d.]+))?$/.exec(hash) ?? [];
  return { page: "channel", channel, thread };
}

/** @param {string} [channel] @param {string} [thread] */
export function href(channel, thread) {
  return thread ? `#/${channel}/thread/${thread}` : `#/${channel}`;
}

/** @param {string} [channel] @param {string} [thread] */
export function go(channel, thread) {
  location.hash = href(channel, thread);
}

/** The person named in the address, else the one this tab acted as before. @returns {string|null} */
export function rememberedUser() {
  return new URLSearchParams(location.search).get("user") ?? sessionStorage.getItem("user");
}

/** This tab acts as the person from now on, also after a reload. @param {string} id */
export function rememberUser(id) {
  sessionStorage.setItem("user", id);
  history.replaceState(null, "", `?user=${id}${location.hash}`);
}
