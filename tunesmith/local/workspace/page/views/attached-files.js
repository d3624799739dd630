/** The files that a message will carry: chosen, dropped or pasted. */
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { fileSummary } from "./files.js";

/** `node` lists the files, `button` opens the browser's own dialog. */
export class AttachedFiles {
  #files;
  #changed;
  #input = h("input", { type: "file", multiple: true, hidden: true, "aria-label": "Files", tabindex: "-1" });
  #list = h("ul", { class: "composer__files", "aria-label": "Attached files" });

  /**
   * @param {File[]} files kept up to date
   * @param {() => void} changed
   */
  constructor(files, changed) {
    this.#files = files;
    this.#changed = changed;
    this.#input.addEventListener("change", () => {
      this.add(this.#input.files);
      this.#input.value = "";
    });
    this.node = h("div", {}, this.#list, this.#input);
    const open = () => this.#input.click();
    this.button = h(
      "button",
      {
        type: "button",
        class: "button button--quiet",
        "aria-label": "Attach files",
        title: "Attach files",
        on: { click: open },
      },
      icon("paperclip"),
    );
    this.#show();
  }

  /** @param {Iterable<File>} files */
  add(files) {
    if (files.length === 0) return;
    this.#files.push(...files);
    this.#show();
    this.#changed();
  }

  /** @param {File[]} files */
  remove(files) {
    const kept = this.#files.filter((file) => !files.includes(file));
    this.#files.splice(0, this.#files.length, ...kept);
    this.#show();
  }

  /** Lets files be dropped anywhere on the pane. @param {HTMLElement} pane */
  acceptDropsOn(pane) {
    let depth = 0; // Entering a child comes before leaving its parent.
    const on = (name, act) =>
      pane.addEventListener(name, (event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        act(event.dataTransfer);
        pane.classList.toggle("pane--drop", depth > 0);
      });
    on("dragenter", () => (depth += 1));
    on("dragleave", () => (depth -= 1));
    on("dragover", () => {});
    on("drop", ({ files }) => {
      depth = 0;
      this.add(files);
    });
  }

  #show() {
    this.#list.replaceChildren(...this.#files.map((file) => this.#card(file)));
    this.#list.hidden = this.#files.length === 0;
  }

  #card(file) {
    const remove = () => {
      this.remove([file]);
      this.#changed();
    };
    const label = `Remove ${file.name}`;
    return h(
      "li",
      { class: "file-card" },
      fileSummary(file),
      h(
        "button",
        { type: "button", class: "button button--quiet", "aria-label": label, on: { click: remove } },
        icon("close"),
      ),
    );
  }
}
