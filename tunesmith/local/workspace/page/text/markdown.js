/**
 * The `markdown` block's standard Markdown to DOM nodes: headings, lists with tasks, tables, fences, quotes, rules.
 * Raw HTML has no meaning here; it is shown as the text it is.
 */
import { h } from "../dom.js";
import { markdownInline } from "./markdown-inline.js";
import { unescape } from "./tokens.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])(?:\s+(.*)|$)/;
const TASK = /^\[([ xX])\]\s+(.*)$/;
const DELIMITER = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const QUOTE = /^ {0,3}> ?/;

/**
 * @param {string} text
 * @param {object} names
 * @returns {DocumentFragment}
 */
export function markdown(text, names) {
  return blocks(text.replace(/\r\n?/g, "\n").split("\n"), names);
}

function blocks(lines, names) {
  const result = document.createDocumentFragment();
  let index = 0;
  while (index < lines.length) {
    if (lines[index].trim() === "") {
      index += 1;
      continue;
    }
    const [node, next] = block(lines, index, names);
    result.append(node);
    index = next;
  }
  return result;
}

function block(lines, index, names) {
  const line = lines[index];
  const heading = HEADING.exec(line);
  if (FENCE.test(line)) return fence(lines, index);
  if (heading) return [headingNode(heading, names), index + 1];
  if (RULE.test(line)) return [h("hr", { class: "rule" }), index + 1];
  if (QUOTE.test(line)) return quote(lines, index, names);
  if (ITEM.test(line)) return list(lines, index, names);
  if (isTable(lines, index)) return table(lines, index, names);
  return paragraph(lines, index, names);
}

function headingNode([, marks, text], names) {
  // Levels 1 and 2 are the page's own.
  const level = Math.min(marks.length + 2, 6);
  return h(`h${level}`, { class: "md-heading", data: { level: marks.length } }, markdownInline(text, names));
}

function fence(lines, index) {
  const [, mark, info] = FENCE.exec(lines[index]);
  let end = index + 1;
  while (end < lines.length && !isClosing(lines[end], mark)) end += 1;
  const code = h("code", {}, unescape(lines.slice(index + 1, end).join("\n")));
  const language = info.trim().split(/\s+/)[0];
  const label = language ? `${language} code` : "code";
  return [h("pre", { class: "code-block", tabindex: "0", "aria-label": label }, code), end + 1];
}

function isClosing(line, mark) {
  const text = line.trim();
  return text.length >= mark.length && text === mark[0].repeat(text.length);
}

function quote(lines, index, names) {
  let end = index;
  while (end < lines.length && QUOTE.test(lines[end])) end += 1;
  const inner = lines.slice(index, end).map((line) => line.replace(QUOTE, ""));
  return [h("blockquote", { class: "quote" }, blocks(inner, names)), end];
}

function list(lines, index, names) {
  const [, indent, mark] = ITEM.exec(lines[index]);
  const ordered = /\d/.test(mark);
  const start = ordered ? Number.parseInt(mark, 10) : null;
  const node = h(ordered ? "ol" : "ul", { class: "list", start: start === 1 ? null : start });
  let position = index;
  while (position < lines.length) {
    const item = ITEM.exec(lines[position]);
    if (!item || item[1].length !== indent.length || /\d/.test(item[2]) !== ordered) break;
    const [content, next] = itemLines(lines, position, item);
    node.append(listItem(content, names));
    position = next;
  }
  return [node, position];
}

/** The item's own lines: everything indented deeper than its mark, and one blank line between. */
function itemLines(lines, index, [, indent, , first]) {
  const content = [first ?? ""];
  let position = index + 1;
  while (position < lines.length) {
    const line = lines[position];
    const deeper = line.search(/\S/) > indent.length;
    const blankInside = line.trim() === "" && (lines[position + 1] ?? "").search(/\S/) > indent.length;
    if (!deeper && !blankInside) break;
    content.push(line);
    position += 1;
  }
  const inner = content.slice(1).filter((line) => line.trim() !== "");
  const margin = Math.min(...inner.map((line) => line.search(/\S/)), 99);
  // A blank line between two items of one list does not end the list.
  if ((lines[position] ?? "x").trim() === "" && sameLevel(lines[position + 1], indent)) position += 1;
  return [[content[0], ...content.slice(1).map((line) => line.slice(margin))], position];
}

function sameLevel(line, indent) {
  const item = ITEM.exec(line ?? "");
  return item !== null && item[1].length === indent.length;
}

function listItem([first, ...rest], names) {
  const task = TASK.exec(first);
  const node = h("li", { class: task ? "task" : null });
  if (task) {
    const done = task[1] !== " ";
    node.append(
      h(
        "span",
        { class: "task__box", role: "img", "aria-label": done ? "done" : "open" },
        done ? "☑\uFE0E" : "☐",
      ),
    );
  }
  const lead = rest.findIndex((line) => line.trim() === "" || ITEM.test(line) || FENCE.test(line));
  const own = lead === -1 ? rest : rest.slice(0, lead);
  node.append(markdownInline([task ? task[2] : first, ...own].join("\n"), names));
  if (lead !== -1) node.append(blocks(rest.slice(lead), names));
  return node;
}

function isTable(lines, index) {
  return lines[index].includes("|") && DELIMITER.test(lines[index + 1] ?? "") && /-/.test(lines[index + 1]);
}

function table(lines, index, names) {
  const header = cells(lines[index]);
  const aligns = cells(lines[index + 1]).map(alignment);
  let end = index + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  const row = (values, tag) =>
    header.map((_, column) => {
      const align = aligns[column];
      return h(tag, { class: align && `align-${align}` }, markdownInline(values[column] ?? "", names));
    });
  const body = lines.slice(index + 2, end).map((line) => h("tr", {}, row(cells(line), "td")));
  const node = h("table", {}, h("thead", {}, h("tr", {}, row(header, "th"))), h("tbody", {}, body));
  return [
    h("div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Table" }, node),
    end,
  ];
}

function cells(line) {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function alignment(cell) {
  if (/^:.*:$/.test(cell)) return "center";
  return cell.endsWith(":") ? "right" : null;
}

function paragraph(lines, index, names) {
  let end = index + 1;
  while (end < lines.length && !startsBlock(lines, end)) end += 1;
  return [h("p", {}, markdownInline(lines.slice(index, end).join("\n"), names)), end];
}

function startsBlock(lines, index) {
  const line = lines[index];
  const simple = [FENCE, HEADING, RULE, QUOTE].some((pattern) => pattern.test(line));
  return line.trim() === "" || simple || /^\s*([-*+]|1[.)])\s/.test(line) || isTable(lines, index);
}
