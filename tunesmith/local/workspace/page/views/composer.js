/** Where a person writes: text, files, slash commands. */
import { api } from "../api.js";
import { composing, h } from "../dom.js";
import { icon } from "../icons.js";
import { messageKey, state } from "../store.js";
import { attempt, explain } from "./attempt.js";
import { completion } from "./completion.js";
import { extension, fileSize } from "./files.js";
import { openMenu } from "./menu.js";
import { encode } from "./outgoing.js";

const COMMAND = /^\/[\w-]+/;

/** What was written and not yet sent, by person and place. @type {Map<string, {text: string, files: File[]}>} */
const drafts = new Map();

/**
 * @param {{channel: string, thread?: string, label: string}} place
 * @returns {{node: HTMLElement, focus: () => void, acceptDropsOn: (pane: HTMLElement) => void}}
 */
export function composer({ channel, thread, label }) {
  const key = `${state.me.id} ${messageKey(channel, thread)}`;
  const draft = drafts.get(key) ?? { text: "", files: [] };
  drafts.set(key, draft);

  const text = h("textarea", {
    class: "composer__text",
    rows: 1,
    "aria-label": label,
    placeholder: label,
    spellcheck: "false",
  });
  const attached = h("ul", { class: "composer__files", "aria-label": "Attached files" });
  const problem = h("div", { class: "composer__problem", role: "alert" });
  const picker = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    "aria-label": "Files",
    tabindex: "-1",
  });
  const button = (name, sign, className, run) => {
    const node = h(
      "button",
      {
        type: "button",
        class: `button button--quiet ${className}`,
        "aria-label": name,
        title: name,
        on: { click: () => run(node) },
      },
      icon(sign),
    );
    return node;
  };
  const send = h(
    "button",
    { type: "submit", class: "button button--primary composer__send", "aria-label": "Send" },
    icon("send"),
  );
  const node = h(
    "form",
    { class: "composer", "aria-label": label },
    problem,
    h(
      "div",
      { class: "composer__box" },
      attached,
      text,
      h(
        "div",
        { class: "composer__bar" },
        button("Attach files", "paperclip", "", () => picker.click()),
        !thread && button("Shortcuts", "bolt", "", (anchor) => openMenu(anchor, shortcutItems(insertSlash))),
        h(
          "span",
          { class: "composer__help", "aria-hidden": "true" },
          thread ? "" : "/ for commands · @ to mention",
        ),
        send,
      ),
    ),
    picker,
  );
  const completing = completion(text, { commands: !thread, host: node.querySelector(".composer__box") });

  const changed = () => {
    draft.text = text.value;
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
    send.disabled = text.value.trim() === "" && draft.files.length === 0;
  };
  const showFiles = () => {
    attached.replaceChildren(
      ...draft.files.map((file) =>
        attachedFile(file, () => {
          draft.files.splice(draft.files.indexOf(file), 1);
          showFiles();
          text.focus();
        }),
      ),
    );
    attached.hidden = draft.files.length === 0;
    changed();
  };
  const attach = (files) => {
    draft.files.push(...files);
    showFiles();
    text.focus();
  };
  const insertSlash = () => {
    text.value = "/";
    text.focus();
    text.dispatchEvent(new Event("input"));
  };
  const submit = async (event) => {
    event.preventDefault();
    if (send.disabled || node.getAttribute("aria-busy") === "true") return;
    const written = text.value.trim();
    const files = [...draft.files];
    node.setAttribute("aria-busy", "true");
    problem.textContent = "";
    try {
      await deliver({ user: state.me.id, channel, thread_ts: thread }, written, files);
      draft.files = draft.files.filter((file) => !files.includes(file));
      if (text.value.trim() === written) text.value = "";
      completing.close();
      showFiles();
    } catch (error) {
      problem.textContent = commandProblem(written, error);
    } finally {
      node.removeAttribute("aria-busy");
    }
  };

  text.value = draft.text;
  text.addEventListener("input", () => {
    problem.textContent = "";
    changed();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || composing(event) || event.defaultPrevented) return;
    event.preventDefault();
    node.requestSubmit();
  });
  text.addEventListener(
    "paste",
    ({ clipboardData }) => clipboardData.files.length > 0 && attach(clipboardData.files),
  );
  picker.addEventListener("change", () => {
    attach(picker.files);
    picker.value = "";
  });
  node.addEventListener("submit", submit);
  showFiles();
  return { node, focus: () => text.focus(), acceptDropsOn: (pane) => acceptDrops(pane, attach) };
}

async function deliver(where, written, files) {
  if (files.length > 0) await api.share({ ...where, text: encode(written) }, files);
  else if (!COMMAND.test(written)) await api.post({ ...where, text: encode(written) });
  else if (where.thread_ts)
    throw new Error("Slash commands do not work in threads. Use the message box of the channel.");
  else await api.command({ user: where.user, channel: where.channel, text: written });
}

function commandProblem(written, error) {
  const command = COMMAND.exec(written)?.[0];
  return command && error.code ? `${command} did not work: ${explain(error)}` : explain(error);
}

function attachedFile(file, remove) {
  return h(
    "li",
    { class: "file-card" },
    h(
      "span",
      { class: "file-card__sign" },
      icon("file"),
      h("span", { class: "file-card__type" }, extension(file.name)),
    ),
    h(
      "span",
      { class: "file-card__text" },
      h("span", { class: "file-card__name" }, file.name),
      h("span", { class: "file-card__size" }, fileSize(file.size)),
    ),
    h(
      "button",
      {
        type: "button",
        class: "button button--quiet",
        "aria-label": `Remove ${file.name}`,
        on: { click: remove },
      },
      icon("close"),
    ),
  );
}

function shortcutItems(writeCommand) {
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
    { icon: "plus", label: "Write a command", hint: "Commands start with /", run: writeCommand },
    ...own,
  ];
}

/** Files may be dropped anywhere on the pane. */
function acceptDrops(pane, attach) {
  let depth = 0;
  const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
  const mark = (step) => {
    depth = step === 0 ? 0 : depth + step;
    pane.classList.toggle("pane--drop", depth > 0);
  };
  pane.addEventListener("dragenter", (event) => hasFiles(event) && mark(1));
  pane.addEventListener("dragleave", (event) => hasFiles(event) && mark(-1));
  pane.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  pane.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(0);
    attach(event.dataTransfer.files);
  });
}
