/** The page's icons: strokes on a 24 by 24 grid, decorative; the control around one carries the name. */
import { svg } from "./dom.js";

const PATHS = {
  alert: ["M12 3.5 21.5 20h-19z", "M12 10v4.5", "M12 17.3v.2"],
  back: ["M19 12H5", "m11 6-6 6 6 6"],
  bolt: ["M13 3 5 13.5h6L10.5 21 19 10.5h-6.2z"],
  check: ["m5 12.5 4.5 4.5L19 7.5"],
  chevron: ["m6 9 6 6 6-6"],
  circle: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z"],
  close: ["m6 6 12 12", "M18 6 6 18"],
  copy: ["M9 9h10v11H9z", "M15 9V4H5v11h4"],
  down: ["M12 5v14", "m6 13 6 6 6-6"],
  download: ["M12 4v11", "m7 10.5 5 5 5-5", "M5 20h14"],
  external: ["M14 4h6v6", "M20 4 11 13", "M18 14v6H4V6h6"],
  file: ["M6 3h8l5 5v13H6z", "M14 3v5h5"],
  hash: ["M9.5 4 7.5 20", "M16.5 4l-2 16", "M4.5 9h15.5", "M4 15h15.5"],
  home: ["M4 11 12 4l8 7", "M6 9.5V20h12V9.5", "M10 20v-5.5h4V20"],
  info: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 11v5", "M12 8v.2"],
  link: [
    "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1.2 1.2",
    "M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1.2-1.2",
  ],
  lock: ["M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
  menu: ["M4 7h16", "M4 12h16", "M4 17h16"],
  more: ["M6 12v.3", "M12 12v.3", "M18 12v.3"],
  paperclip: [
    "m20 11.5-8 8a5 5 0 0 1-7-7l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4l7.6-7.6",
  ],
  people: [
    "M9 5a3.2 3.2 0 1 0 0 6.4A3.2 3.2 0 0 0 9 5z",
    "M3 19.5c.4-3.4 2.7-5.2 6-5.2s5.6 1.8 6 5.2",
    "M16 5.2a3 3 0 0 1 0 6",
    "M17.5 14.6c2 .6 3.2 2.3 3.5 4.9",
  ],
  plus: ["M12 5v14", "M5 12h14"],
  send: ["M4 12 20 4.5 16 20l-4.5-6z", "m11.5 14 8.5-9.5"],
  smile: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M8.8 14.2a4 4 0 0 0 6.4 0", "M9.3 9.8v.2", "M14.7 9.8v.2"],
  sort: ["m8 10 4-4 4 4", "m8 14 4 4 4-4"],
  spinner: ["M12 4a8 8 0 0 1 8 8"],
  thread: ["M5 5h14v11H11l-4 4v-4H5z"],
  thumbDown: ["M8 14V4h8.5l2.5 7.5V14h-5.5l.5 5.5-2.5.5L8 14H4.5V4H8"],
  thumbUp: ["M8 10v10h8.5l2.5-7.5V10h-5.5l.5-5.5-2.5-.5L8 10H4.5v10H8"],
  trash: ["M5 7h14", "M9 7V4h6v3", "M7 7l1 13h8l1-13"],
  fork: ["M8 3v6.5a4 4 0 0 0 8 0V3", "M12 13.5V21"],
};

/**
 * @param {keyof PATHS} name
 * @param {string} [className]
 * @returns {SVGElement} hidden from assistive technology
 */
export function icon(name, className = "") {
  return svg(
    "svg",
    {
      viewBox: "0 0 24 24",
      class: `icon icon--${name} ${className}`.trim(),
      "aria-hidden": "true",
      focusable: "false",
    },
    PATHS[name].map((d) => svg("path", { d })),
  );
}

/** A hash, or a lock for a private channel. @param {object} channel */
export const channelIcon = (channel) => icon(channel.is_private ? "lock" : "hash");
