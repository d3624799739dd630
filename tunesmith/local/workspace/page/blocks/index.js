/**
 * Block Kit to DOM nodes, one renderer per block type.
 *
 * Every renderer is `(block, ctx) => Node`. The context:
 *   - `names`: the directory (see text/tokens.js)
 *   - `act(element, block, value)`: tells the app what the person did; rejects with an ApiError
 *   - `fields`: in modals, a Map in which inputs register themselves by `fieldKey`
 *   - `upload(files)`: in modals, keeps files for a file input
 *   - `kept`: in modals, a Map of what the person had filled in before the view was updated
 */
import { fragment, h } from "../dom.js";
import { actions, contextActions } from "./actions.js";
import { alert, card, carousel, container } from "./cards.js";
import { chart } from "./chart.js";
import { dataTable } from "./data-table.js";
import { inputBlock } from "./input-block.js";
import { richText } from "./rich-text.js";
import { context, divider, file, header, image, markdownBlock, section, video } from "./section.js";
import { table } from "./table.js";
import { plan, taskCard } from "./tasks.js";

const RENDERERS = {
  actions,
  alert,
  card,
  carousel: (block, ctx) => carousel(block, ctx, renderBlock),
  container: (block, ctx) => container(block, ctx, renderBlocks),
  context,
  context_actions: contextActions,
  data_table: dataTable,
  data_visualization: chart,
  divider,
  file,
  header,
  image,
  input: inputBlock,
  markdown: markdownBlock,
  plan,
  rich_text: richText,
  section,
  table,
  task_card: taskCard,
  video,
};

/**
 * @param {object[]} blocks
 * @param {object} ctx
 * @returns {DocumentFragment}
 */
export function renderBlocks(blocks, ctx) {
  return fragment(blocks.map((block) => renderBlock(block, ctx)));
}

function renderBlock(block, ctx) {
  const renderer = Object.hasOwn(RENDERERS, block.type) ? RENDERERS[block.type] : unknown;
  const node = renderer(block, ctx);
  return h("div", { class: `block block--${block.type}`, data: { blockId: block.block_id } }, node);
}

function unknown(block) {
  return h(
    "p",
    { class: "unknown" },
    "A block this page cannot draw: ",
    h("code", { class: "code" }, block.type),
  );
}
