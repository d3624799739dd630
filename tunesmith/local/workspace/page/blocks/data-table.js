/** The data_table block: a caption, sortable columns, pages. */
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { cellContent, scroller } from "./table.js";

const DEFAULT_PAGE_SIZE = 5;

/** @param {object} block @param {object} ctx */
export function dataTable(block, ctx) {
  const [head = [], ...rows] = block.rows;
  const view = { sort: null, descending: false, page: 0 };
  const size = block.page_size ?? DEFAULT_PAGE_SIZE;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const body = h("tbody");
  const where = h("span", { role: "status" });
  const headers = head.map((cell, column) => headerCell(cell, ctx, () => sortBy(column)));
  const previous = pager("Previous page", "back", () => turn(-1));
  const next = pager("Next page", "back", () => turn(1), "flip");

  const draw = () => {
    const sorted = view.sort === null ? rows : sort(rows, view);
    const from = view.page * size;
    const shown = sorted.slice(from, from + size);
    body.replaceChildren(...shown.map((cells) => bodyRow(cells, block.row_header_column_index ?? 0, ctx)));
    where.textContent = `${from + 1}–${from + shown.length} of ${rows.length}`;
    previous.disabled = view.page === 0;
    next.disabled = view.page === pages - 1;
    headers.forEach((cell, column) => {
      const order = view.descending ? "descending" : "ascending";
      cell.setAttribute("aria-sort", column === view.sort ? order : "none");
    });
  };
  const sortBy = (column) => {
    view.descending = view.sort === column && !view.descending;
    view.sort = column;
    view.page = 0;
    draw();
  };
  const turn = (step) => {
    view.page += step;
    draw();
  };
  draw();
  const caption = h("caption", {}, block.caption);
  const pagerRow = pages > 1 && h("div", { class: "pager" }, previous, where, next);
  return h(
    "div",
    {},
    scroller(block.caption, h("table", {}, caption, h("thead", {}, h("tr", {}, headers)), body)),
    pagerRow,
  );
}

function headerCell(cell, ctx, click) {
  const sorter = h(
    "button",
    { type: "button", class: "sorter", on: { click } },
    cellContent(cell, ctx),
    icon("sort"),
  );
  return h("th", { scope: "col" }, sorter);
}

function bodyRow(cells, headerColumn, ctx) {
  return h(
    "tr",
    {},
    cells.map((cell, column) => {
      const isHeader = column === headerColumn;
      const align = cell.type === "raw_number" ? "align-right" : null;
      return h(
        isHeader ? "th" : "td",
        { scope: isHeader ? "row" : null, class: align },
        cellContent(cell, ctx),
      );
    }),
  );
}

function pager(label, sign, click, className) {
  return h(
    "button",
    { type: "button", class: "button button--quiet", "aria-label": label, on: { click } },
    icon(sign, className),
  );
}

function sort(rows, { sort: column, descending }) {
  const key = (row) => row[column]?.value ?? sortText(row[column]);
  const order = (a, b) => {
    const [x, y] = [key(a), key(b)];
    return typeof x === "number" && typeof y === "number"
      ? x - y
      : String(x).localeCompare(String(y), undefined, { numeric: true });
  };
  return rows.toSorted((a, b) => (descending ? -order(a, b) : order(a, b)));
}

function sortText(cell) {
  return cell?.text ?? JSON.stringify(cell?.elements ?? "");
}
