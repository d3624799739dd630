/** Files in messages: pictures as previews, everything else as a card to download. */
import { fileUrl } from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { pictureButton } from "../blocks/section.js";

const UNITS = ["B", "KB", "MB", "GB"];

/** @param {object[]} files Slack file objects */
export function fileList(files) {
  return h("div", { class: "files" }, files.map(fileNode));
}

function fileNode(file) {
  if (file.mode === "tombstone" || file.deleted) {
    return h(
      "div",
      { class: "file-card file-card--gone" },
      icon("trash"),
      h("span", {}, "This file was deleted."),
    );
  }
  return file.mimetype?.startsWith("image/") ? pictureFile(file) : fileCard(file);
}

function pictureFile(file) {
  const alt = file.alt_txt || file.title || file.name;
  return h(
    "figure",
    { class: "image", data: { fileId: file.id } },
    h("figcaption", { class: "image__title" }, file.title || file.name),
    pictureButton(fileUrl(file.id), alt, file.title || file.name),
  );
}

function fileCard(file) {
  return h(
    "div",
    { class: "file-card", data: { fileId: file.id } },
    fileSummary(file),
    h(
      "a",
      {
        class: "button button--quiet",
        href: fileUrl(file.id),
        download: file.name,
        "aria-label": `Download ${file.name}`,
      },
      icon("download"),
    ),
  );
}

/**
 * What a card says of a file.
 * @param {{name: string, size: number}} file one of Slack's file objects, or one of the browser's
 * @returns {HTMLElement[]}
 */
export function fileSummary({ name, size }) {
  return [
    h(
      "span",
      { class: "file-card__sign" },
      icon("file"),
      h("span", { class: "file-card__type" }, extension(name)),
    ),
    h(
      "span",
      { class: "file-card__text" },
      h("span", { class: "file-card__name" }, name),
      h("span", { class: "file-card__size" }, fileSize(size)),
    ),
  ];
}

/** @param {string} name @returns {string} at most five letters */
function extension(name) {
  return /\.([a-z0-9]{1,5})$/i.exec(name ?? "")?.[1].toUpperCase() ?? "FILE";
}

/** @param {number} bytes */
function fileSize(bytes) {
  const power = bytes > 0 ? Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), UNITS.length - 1) : 0;
  const value = bytes / 1024 ** power;
  return `${value.toLocaleString(undefined, { maximumFractionDigits: value < 10 && power > 0 ? 1 : 0 })} ${UNITS[power]}`;
}
