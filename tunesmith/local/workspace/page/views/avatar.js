/** Small pictures of people and of the app. */
import { h, svg } from "../dom.js";
import { personName } from "../store.js";

const MARK = ["M11 6.5v7a5 5 0 0 0 10 0v-7", "M16 18.5v7"];

/**
 * @param {object|undefined} user a Slack user object
 * @param {"small"|"medium"} [size]
 * @returns {HTMLElement} decorative: the name stands beside it
 */
export function avatar(user, size = "medium") {
  const node = h("span", {
    class: `avatar avatar--${size}${user?.is_bot ? " avatar--app" : ""}`,
    "aria-hidden": "true",
  });
  if (user?.is_bot) {
    node.append(forkMark());
  } else {
    node.textContent = initials(user);
    node.style.setProperty("--hue", `#${/^[0-9a-f]{6}$/i.test(user?.color ?? "") ? user.color : "6b7280"}`);
  }
  return node;
}

/** The workspace's mark: a tuning fork. */
export function forkMark() {
  return svg(
    "svg",
    { viewBox: "0 0 32 32", class: "fork", "aria-hidden": "true" },
    MARK.map((d) => svg("path", { d })),
    svg("circle", { cx: 16, cy: 25.5, r: 2 }),
  );
}

/** The name in the person's own script where they have one, for example 민지. */
function initials(user) {
  const own = /\(([^)]+)\)/.exec(user?.real_name ?? "")?.[1];
  if (own) return own.slice(-2);
  const words = personName(user).split(/\s+/);
  return words
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase() ?? "")
    .join("");
}
