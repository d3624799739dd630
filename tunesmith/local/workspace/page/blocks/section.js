/** The blocks that show text and pictures: section, header, divider, context, image, file, markdown, video. */
import { fileUrl } from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { markdown } from "../text/markdown.js";
import { plainText, textObject } from "../text/mrkdwn.js";
import { link } from "../text/tokens.js";
import { enlarge } from "../views/lightbox.js";
import { renderElement } from "./elements.js";

/** Text, up to ten fields in two columns, and one element at the side. */
export function section(block, ctx) {
  const accessory = block.accessory && renderElement(block.accessory, block, ctx);
  return h(
    "div",
    { class: `section${block.accessory?.type === "image" ? " section--picture" : ""}` },
    h(
      "div",
      { class: "section__main" },
      block.text && h("div", { class: "text" }, textObject(block.text, ctx.names)),
      block.fields &&
        h(
          "div",
          { class: "fields" },
          block.fields.map((field) => fieldNode(field, ctx)),
        ),
    ),
    accessory && h("div", { class: "section__accessory" }, accessory),
  );
}

function fieldNode(field, ctx) {
  return h("div", { class: "text field" }, textObject(field, ctx.names));
}

/** A heading; below the page's own two levels. */
export function header(block) {
  return h("h3", { class: "header" }, plainText(block.text));
}

/** A line across. */
export function divider() {
  return h("hr", { class: "rule" });
}

/** Small text and pictures in a row. */
export function context(block, ctx) {
  return h(
    "div",
    { class: "context" },
    block.elements.map((element) => {
      if (element.type === "image") return imageElement(element, "context__image");
      return h("span", { class: "text" }, textObject(element, ctx.names));
    }),
  );
}

/** A picture with a title, enlarged on click. */
export function image(block) {
  const source = imageSource(block);
  const title = block.title && h("figcaption", { class: "image__title" }, plainText(block.title));
  return h("figure", { class: "image" }, title, pictureButton(source, block.alt_text, block.title?.text));
}

/**
 * A picture in a button that opens it large.
 * @param {string|null} source
 * @param {string} alt
 * @param {string} [title]
 */
export function pictureButton(source, alt, title = alt) {
  if (!source) return h("p", { class: "unknown" }, `Picture not available: ${alt}`);
  const open = () => enlarge(source, alt, title);
  const picture = h("img", { src: source, alt, loading: "lazy", referrerpolicy: "no-referrer" });
  return h(
    "button",
    { type: "button", class: "picture", "aria-label": `Enlarge: ${title || "picture"}`, on: { click: open } },
    picture,
  );
}

/**
 * A small picture of a section, context or card.
 * @param {object} element
 * @param {string} className
 */
export function imageElement(element, className) {
  const source = imageSource(element);
  if (!source) return h("span", { class: "unknown" }, element.alt_text);
  return h("img", {
    class: className,
    src: source,
    alt: element.alt_text ?? "",
    loading: "lazy",
    referrerpolicy: "no-referrer",
  });
}

/** Files of the workspace are read through the control API: their own addresses want the app's token. */
function imageSource(object) {
  const own =
    object.slack_file?.id ?? /-(F[A-Z0-9]+)\//.exec(object.slack_file?.url ?? object.image_url ?? "")?.[1];
  if (own) return fileUrl(own);
  return /^https?:\/\//i.test(object.image_url ?? "") ? object.image_url : null;
}

/** A remote file; only its id is known here. */
export function file(block) {
  return h(
    "div",
    { class: "file-line" },
    icon("file"),
    h("span", {}, `Remote file ${block.external_id ?? ""}`),
  );
}

/** Standard Markdown, as language models write it. */
export function markdownBlock(block, ctx) {
  return h("div", { class: "text" }, markdown(block.text, ctx.names));
}

/** A video is shown as what it links to. */
export function video(block) {
  const title = plainText(block.title);
  return h(
    "div",
    { class: "file-line" },
    icon("external"),
    block.title_url ? link(block.title_url, title) : link(block.video_url, title),
  );
}
