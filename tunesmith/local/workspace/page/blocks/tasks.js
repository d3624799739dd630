/** What an app is doing: task_card, and plan, which is a list of them. */
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { link } from "../text/tokens.js";
import { richTextParts } from "./rich-text.js";

const STATUS = {
  pending: { sign: "circle", name: "waiting" },
  in_progress: { sign: "spinner", name: "in progress" },
  complete: { sign: "check", name: "done" },
  error: { sign: "alert", name: "failed" },
};

/** One step, with what it did and what came out. */
export function taskCard(block, ctx) {
  const { sign, name } = STATUS[block.status] ?? STATUS.pending;
  const details = [block.details, block.output].filter(Boolean).map((part) => richPart(part, ctx));
  const sources = block.sources?.map((source) => h("li", {}, link(source.url, source.text)));
  return h(
    "div",
    { class: `task-card task-card--${block.status ?? "pending"}` },
    h("span", { class: "task-card__mark", role: "img", "aria-label": name }, icon(sign)),
    h(
      "div",
      {},
      !block.hide_title && h("div", { class: "task-card__title" }, block.title),
      details,
      sources && h("ul", { class: "task-card__sources", "aria-label": "Sources" }, sources),
    ),
  );
}

function richPart(part, ctx) {
  return h(
    "div",
    { class: "text task-card__details" },
    typeof part === "string" ? part : richTextParts(part.elements ?? [], ctx.names),
  );
}

/** Steps under one title. */
export function plan(block, ctx) {
  const title = typeof block.title === "string" ? block.title : block.title?.text;
  const tasks = block.tasks ?? [];
  const done = tasks.filter((task) => task.status === "complete").length;
  return h(
    "details",
    { class: "card plan", open: true },
    h(
      "summary",
      {},
      h("span", { class: "card__title" }, title),
      h("span", { class: "card__subtitle" }, `${done} of ${tasks.length} done`),
    ),
    tasks.map((task) => taskCard(task, ctx)),
  );
}
