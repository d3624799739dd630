/** Where a person writes: text, files, slash commands. */
import { api } from "../api.js";
import { composing, h } from "../dom.js";
import { icon } from "../icons.js";
import { messageKey, state } from "../store.js";
import { attempt, explain } from "./attempt.js";
import { AttachedFiles } from "./attached-files.js";
import { Completion } from "./completion.js";
import { openMenu } from "./menu.js";
import { encode } from "./outgoing.js";

const COMMAND = /^\/[\w-]+/;

/** What was written and not yet sent, by person and place. @type {Map<string, {text: string, files: File[]}>} */
const drafts = new Map();

/** The message box of a channel or a thread. `node` is its form. */
export class Composer {
  #where;
  #draft;
  #text;
  #files;
  #completion;
  #problem = h("div", { class: "composer__problem", role: "alert" });
  #send = h(
    "button",
    { type: "submit", class: "button button--primary composer__send", "aria-label": "Send" },
    icon("send"),
  );

  /** @param {{channel: string, thread?: string, label: string}} place */
  constructor({ channel, thread, label }) {
    this.#where = { user: state.me.id, channel, thread_ts: thread };
    const key = `${state.me.id} ${messageKey(channel, thread)}`;
    this.#draft = drafts.get(key) ?? { text: "", files: [] };
    drafts.set(key, this.#draft);
    const attributes = { rows: 1, "aria-label": label, placeholder: label, spellcheck: "false" };
    this.#text = h("textarea", { class: "composer__text", value: this.#draft.text, ...attributes });
    this.#files = new AttachedFiles(this.#draft.files, () => {
      this.#changed();
      this.#text.focus();
    });
    const box = h("div", { class: "composer__box" }, this.#files.node, this.#text, this.#bar());
    this.#completion = new Completion(this.#text, { commands: !thread, host: box });
    this.node = h("form", { class: "composer", "aria-label": label }, this.#problem, box);
    this.#listen();
    this.#changed();
  }

  /** Puts the caret into the text. */
  focus() {
    this.#text.focus();
  }

  /** Lets files be dropped anywhere on the pane. @param {HTMLElement} pane */
  acceptDropsOn(pane) {
    this.#files.acceptDropsOn(pane);
  }

  #bar() {
    const inThread = Boolean(this.#where.thread_ts);
    const shortcuts = h(
      "button",
      { type: "button", class: "button button--quiet", "aria-label": "Shortcuts", title: "Shortcuts" },
      icon("bolt"),
    );
    shortcuts.addEventListener("click", () =>
      openMenu(
        shortcuts,
        shortcutItems(() => this.#startCommand()),
      ),
    );
    const help = inThread ? "" : "/ for commands · @ to mention";
    return h(
      "div",
      { class: "composer__bar" },
      this.#files.button,
      !inThread && shortcuts,
      h("span", { class: "composer__help", "aria-hidden": "true" }, help),
      this.#send,
    );
  }

  #listen() {
    this.#text.addEventListener("input", () => {
      this.#problem.textContent = "";
      this.#changed();
    });
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || composing(event) || event.defaultPrevented) return;
      event.preventDefault();
      this.node.requestSubmit();
    });
    this.#text.addEventListener("paste", ({ clipboardData }) => this.#files.add(clipboardData.files));
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  #changed() {
    this.#draft.text = this.#text.value;
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
    this.#send.disabled = this.#text.value.trim() === "" && this.#draft.files.length === 0;
  }

  #startCommand() {
    this.#text.value = "/";
    this.#text.focus();
    this.#text.dispatchEvent(new Event("input"));
  }

  async #submit() {
    if (this.#send.disabled || this.node.getAttribute("aria-busy") === "true") return;
    const written = this.#text.value.trim();
    const files = [...this.#draft.files];
    this.node.setAttribute("aria-busy", "true");
    this.#problem.textContent = "";
    try {
      await deliver(this.#where, written, files);
      if (this.#text.value.trim() === written) this.#text.value = "";
      this.#completion.close();
      this.#files.remove(files);
      this.#changed();
    } catch (error) {
      this.#problem.textContent = problemWith(written, error);
    } finally {
      this.node.removeAttribute("aria-busy");
    }
  }
}

async function deliver(where, written, files) {
  if (files.length > 0) {
    await api.share({ ...where, text: encode(written) }, files);
  } else if (!COMMAND.test(written)) {
    await api.post({ ...where, text: encode(written) });
  } else if (where.thread_ts) {
    throw new Error("Slash commands do not work in threads. Use the message box of the channel.");
  } else {
    await api.command({ user: where.user, channel: where.channel, text: written });
  }
}

function problemWith(written, error) {
  const command = COMMAND.exec(written)?.[0];
  return command && error.code ? `${command} did not work: ${explain(error)}` : explain(error);
}

function shortcutItems(startCommand) {
  const own = state.shortcuts
    .filter((shortcut) => shortcut.type === "global")
    .map((shortcut, index) => ({
      heading: index === 0 ? state.app.name : undefined,
      icon: "bolt",
      label: shortcut.name,
      hint: shortcut.description,
      run: () => attempt(api.shortcut({ user: state.me.id, callback_id: shortcut.callback_id })),
    }));
  return [
    { icon: "plus", label: "Write a command", hint: "Commands start with /", run: startCommand },
    ...own,
  ];
}
