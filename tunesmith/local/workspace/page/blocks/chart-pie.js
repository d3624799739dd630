/** Pie charts as SVG; each slice carries its share where there is room. */
import { svg } from "../dom.js";

const SIZE = 200;
const RADIUS = 92;
const ROOM_FOR_LABEL = 0.06;

/** @param {{label: string, value: number}[]} segments @returns {SVGElement} */
export function drawPie(segments) {
  const total = segments.reduce((sum, segment) => sum + segment.value, 0);
  const root = svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, class: "chart__drawing" });
  let angle = 0;
  segments.forEach(({ label, value }, index) => {
    const share = value / total;
    root.append(slice(angle, share, index, `${label}: ${Math.round(share * 100)}%`));
    if (share >= ROOM_FOR_LABEL) root.append(shareLabel(angle + share / 2, share));
    angle += share;
  });
  return root;
}

function slice(from, share, index, title) {
  const attributes = { class: `slice series-${index % 12}` };
  const tooltip = svg("title", {}, title);
  if (share >= 1) return svg("circle", { ...attributes, cx: SIZE / 2, cy: SIZE / 2, r: RADIUS }, tooltip);
  const [x1, y1] = point(from, RADIUS);
  const [x2, y2] = point(from + share, RADIUS);
  const large = share > 0.5 ? 1 : 0;
  const d = `M${SIZE / 2} ${SIZE / 2}L${x1} ${y1}A${RADIUS} ${RADIUS} 0 ${large} 1 ${x2} ${y2}Z`;
  return svg("path", { ...attributes, d }, tooltip);
}

function shareLabel(at, share) {
  const [x, y] = point(at, RADIUS * 0.64);
  return svg("text", { x, y, class: "slice__share" }, `${Math.round(share * 100)}%`);
}

/** A point on a circle; 0 is the top, clockwise, 1 is a full turn. */
function point(turn, radius) {
  const angle = 2 * Math.PI * turn - Math.PI / 2;
  return [SIZE / 2 + radius * Math.cos(angle), SIZE / 2 + radius * Math.sin(angle)].map((value) =>
    value.toFixed(2),
  );
}
