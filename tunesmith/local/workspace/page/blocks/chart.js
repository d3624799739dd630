/** The data_visualization block: line, bar, area and pie charts, with the same numbers as a table for who cannot see them. */
import { h, uid } from "../dom.js";
import { drawPie } from "./chart-pie.js";
import { drawXY, number } from "./chart-xy.js";

/** @param {object} block */
export function chart(block) {
  const { chart: spec, title } = block;
  const isPie = spec.type === "pie";
  if (!isPie && !["line", "bar", "area"].includes(spec.type)) {
    return h(
      "p",
      { class: "unknown" },
      "A chart this page cannot draw: ",
      h("code", { class: "code" }, spec.type),
    );
  }
  const id = uid("chart");
  const drawing = isPie ? drawPie(spec.segments) : drawXY(spec);
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", isPie ? describePie(title, spec) : describeXY(title, spec));
  const items = isPie
    ? spec.segments.map((segment) => segment.label)
    : spec.series.map((series) => series.name);
  return h(
    "figure",
    { class: `chart chart--${spec.type}`, "aria-labelledby": id },
    h("figcaption", { class: "chart__title", id }, title),
    drawing,
    (isPie || items.length > 1) && h("ul", { class: "legend", "aria-hidden": "true" }, items.map(legendItem)),
    h("div", { class: "visually-hidden" }, isPie ? pieTable(title, spec) : xyTable(title, spec)),
  );
}

function legendItem(name, index) {
  return h("li", { class: `legend__item series-${index % 12}` }, h("span", { class: "legend__mark" }), name);
}

function describePie(title, { segments }) {
  const total = segments.reduce((sum, segment) => sum + segment.value, 0);
  const parts = segments.map(({ label, value }) => `${label} ${Math.round((100 * value) / total)}%`);
  return `Pie chart: ${title}. ${parts.join(", ")}.`;
}

function describeXY(title, { type, series }) {
  const parts = series.map(({ name, data }) => {
    const [first, last] = [data[0], data.at(-1)];
    return `${name} from ${number(first.value)} (${first.label}) to ${number(last.value)} (${last.label})`;
  });
  return `${type[0].toUpperCase()}${type.slice(1)} chart: ${title}. ${parts.join("; ")}.`;
}

function pieTable(title, { segments }) {
  return h(
    "table",
    {},
    h("caption", {}, title),
    segments.map(({ label, value }) => {
      return h("tr", {}, h("th", { scope: "row" }, label), h("td", {}, number(value)));
    }),
  );
}

function xyTable(title, { series, axis_config: axis }) {
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, axis.x_label ?? ""),
    series.map(({ name }) => h("th", { scope: "col" }, name)),
  );
  const rows = axis.categories.map((category) => {
    const values = series.map(({ data }) => data.find((point) => point.label === category)?.value);
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, category),
      values.map((value) => h("td", {}, value === undefined ? "" : number(value))),
    );
  });
  return h("table", {}, h("caption", {}, title), head, rows);
}
