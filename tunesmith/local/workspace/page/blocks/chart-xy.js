/** Line, bar and area charts as SVG. Series differ in colour, dash and marker. */
import { svg } from "../dom.js";

const WIDTH = 600;
const HEIGHT = 260;
const TOP = 14;
const RIGHT = 14;
const LABEL_WIDTH = 7;

/**
 * @param {object} spec `{type, series: [{name, data: [{label, value}]}], axis_config: {categories, x_label, y_label}}`
 * @returns {SVGElement}
 */
export function drawXY({ type, series, axis_config: axis }) {
  const values = series.flatMap(({ data }) => data.map((point) => point.value));
  const ticks = niceTicks(Math.min(...values), Math.max(...values), type !== "line");
  const widest = Math.max(...ticks.map((tick) => number(tick).length));
  const frame = {
    left: 12 + widest * LABEL_WIDTH + (axis.y_label ? 18 : 0),
    bottom: HEIGHT - 24 - (axis.x_label ? 18 : 0),
    low: ticks[0],
    high: ticks.at(-1),
    banded: type === "bar",
    categories: axis.categories,
  };
  const root = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart__drawing" });
  root.append(...grid(ticks, frame), ...categoryLabels(frame), ...axisLabels(axis, frame));
  series.forEach((one, index) => {
    const group = svg("g", { class: `series series-${index % 12}` });
    group.append(
      ...(type === "bar" ? bars(one, index, series.length, frame) : curve(one, index, type, frame)),
    );
    root.append(group);
  });
  return root;
}

/** @param {number} value @returns {string} with at most four significant digits */
export function number(value) {
  if (Math.abs(value) >= 10_000)
    return value.toLocaleString(undefined, { notation: "compact", maximumFractionDigits: 1 });
  return value.toLocaleString(undefined, { maximumSignificantDigits: 4 });
}

/** Round steps that cover the values; from zero unless a line stays far above it. */
function niceTicks(least, most, fromZero) {
  const zero = fromZero || least < 0 || least < most / 2;
  const low = zero ? Math.min(0, least) : least;
  const high = Math.max(most, zero ? 0 : most);
  const span = high - low || Math.abs(high) || 1;
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) * power;
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

function yOf(value, { bottom, low, high }) {
  return bottom - ((value - low) / (high - low)) * (bottom - TOP);
}

function xOf(index, { left, categories, banded }) {
  const width = WIDTH - RIGHT - left;
  if (banded || categories.length === 1) return left + ((index + 0.5) / categories.length) * width;
  const inset = 10;
  return left + inset + (index / (categories.length - 1)) * (width - 2 * inset);
}

function grid(ticks, frame) {
  return ticks.flatMap((tick) => {
    const y = yOf(tick, frame);
    return [
      svg("line", {
        x1: frame.left,
        x2: WIDTH - RIGHT,
        y1: y,
        y2: y,
        class: tick === 0 ? "axis" : "gridline",
      }),
      svg("text", { x: frame.left - 8, y: y + 4, class: "tick tick--y" }, number(tick)),
    ];
  });
}

/** As many labels as there is room for, always the first. */
function categoryLabels(frame) {
  const { categories } = frame;
  const longest = Math.max(...categories.map((category) => category.length)) * LABEL_WIDTH + 12;
  const room = (WIDTH - RIGHT - frame.left) / categories.length;
  const every = Math.max(1, Math.ceil(longest / room));
  return categories
    .map((category, index) =>
      svg("text", { x: xOf(index, frame), y: frame.bottom + 18, class: "tick tick--x" }, category),
    )
    .filter((_, index) => index % every === 0);
}

function axisLabels({ x_label: x, y_label: y }, { left, bottom }) {
  const middle = (TOP + bottom) / 2;
  return [
    x && svg("text", { x: (left + WIDTH - RIGHT) / 2, y: HEIGHT - 5, class: "axis-label" }, x),
    y &&
      svg("text", { x: 0, y: 0, transform: `translate(13 ${middle}) rotate(-90)`, class: "axis-label" }, y),
  ].filter(Boolean);
}

function points({ data }, frame) {
  return data.map(({ label, value }) => {
    const index = frame.categories.indexOf(label);
    return { x: xOf(index, frame), y: yOf(value, frame), label, value };
  });
}

function bars(series, index, count, frame) {
  const band = ((WIDTH - RIGHT - frame.left) / frame.categories.length) * 0.72;
  const width = Math.min(band / count, 56);
  const base = yOf(0, frame);
  return points(series, frame).map(({ x, y, label, value }) => {
    const left = x - (width * count) / 2 + index * width;
    const attributes = {
      x: left + 1,
      y: Math.min(y, base),
      width: Math.max(width - 2, 1),
      height: Math.abs(base - y),
      rx: 2,
      class: "bar",
    };
    return svg("rect", attributes, tooltip(series, label, value));
  });
}

function curve(series, index, type, frame) {
  const path = points(series, frame);
  const d = path
    .map(({ x, y }, position) => `${position === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join("");
  const base = yOf(Math.max(0, frame.low), frame).toFixed(1);
  const fill =
    type === "area" &&
    svg("path", {
      d: `${d}L${path.at(-1).x.toFixed(1)} ${base}L${path[0].x.toFixed(1)} ${base}Z`,
      class: "area",
    });
  const markers = path.map(({ x, y, label, value }) => marker(index, x, y, tooltip(series, label, value)));
  return [fill, svg("path", { d, class: "curve" }), ...markers].filter(Boolean);
}

function tooltip({ name }, label, value) {
  return svg("title", {}, `${name}, ${label}: ${number(value)}`);
}

function marker(index, x, y, title) {
  const attributes = { class: "marker" };
  const shapes = [
    () => svg("circle", { ...attributes, cx: x, cy: y, r: 3.2 }, title),
    () => svg("rect", { ...attributes, x: x - 3, y: y - 3, width: 6, height: 6 }, title),
    () => svg("path", { ...attributes, d: `M${x} ${y - 4}L${x + 4} ${y + 3}L${x - 4} ${y + 3}Z` }, title),
    () =>
      svg(
        "path",
        { ...attributes, d: `M${x} ${y - 4.5}L${x + 4.5} ${y}L${x} ${y + 4.5}L${x - 4.5} ${y}Z` },
        title,
      ),
  ];
  return shapes[index % shapes.length]();
}
