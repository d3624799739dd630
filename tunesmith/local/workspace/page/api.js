/** The workspace's control API; what each call does stands in docs/local-workspace.md. */

const FIRST_RETRY_MS = 300;
const LAST_RETRY_MS = 2000;

/** A call that the workspace refused; `code` is Slack's error code. */
export class ApiError extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message || code);
    this.code = code;
  }
}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(`/control/${path}`, options);
  } catch {
    throw new ApiError("unreachable", "The workspace does not answer. Is it still running?");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok || body.ok === false)
    throw new ApiError(body.error ?? `http_${response.status}`, body.message);
  return body;
}

function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return call(path, { method: "POST", headers, body: JSON.stringify(body) });
}

const query = (values) => new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();

export const api = {
  state: () => call("state"),
  /** @param {{channel: string, thread_ts?: string, user: string}} where */
  messages: (where) => call(`messages?${query(where)}`),
  /** @param {{user: string, channel: string, text: string, thread_ts?: string}} message */
  post: (message) => post("messages", message),
  /**
   * @param {{user: string, channel?: string, text?: string, thread_ts?: string}} message without a channel the
   *   files stay private
   * @param {File[]} files
   */
  share(message, files) {
    const form = new FormData();
    for (const [key, value] of Object.entries(message)) if (value) form.append(key, value);
    for (const file of files) form.append("file", file, file.name);
    return call("files", { method: "POST", body: form });
  },
  deleteFile: (id, user) => call(`files/${encodeURIComponent(id)}?${query({ user })}`, { method: "DELETE" }),
  /** @param {{user: string, channel: string, text: string}} command */
  command: (command) => post("commands", command),
  /** @param {object} action as `POST /control/actions` takes it */
  act: (action) => post("actions", action),
  /** @param {{user: string, callback_id: string, channel?: string, message_ts?: string}} shortcut */
  shortcut: (shortcut) => post("shortcuts", shortcut),
  views: (user) => call(`views?${query({ user })}`),
  submit: (view, user, values) => post(`views/${encodeURIComponent(view)}/submit`, { user, values }),
  close: (view, user) => post(`views/${encodeURIComponent(view)}/close`, { user }),
  /** @param {"home"|"messages"} tab */
  openApp: (user, tab) => post("home", { user, tab }),
  /** @param {{user: string, channel: string, ts: string, name: string}} reaction */
  react: (reaction) => post("reactions", reaction),
};

/** @param {string} id @returns {string} where the page gets a file's bytes */
export function fileUrl(id) {
  return `/control/files/${encodeURIComponent(id)}`;
}

/**
 * Follows what happens in the workspace, and reconnects for as long as it is not closed.
 * @param {string} user
 * @param {{event: (event: object) => void, online: () => void, offline: () => void}} on
 * @returns {() => void} closes it
 */
export function stream(user, on) {
  let socket = null;
  let closed = false;
  let delay = FIRST_RETRY_MS;
  const connect = () => {
    if (closed) return;
    socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/control/stream?${query({ user })}`);
    socket.addEventListener("open", () => {
      delay = FIRST_RETRY_MS;
      on.online();
    });
    socket.addEventListener("message", ({ data }) => closed || on.event(JSON.parse(data)));
    socket.addEventListener("close", () => {
      if (closed) return;
      on.offline();
      setTimeout(connect, delay);
      delay = Math.min(delay * 2, LAST_RETRY_MS);
    });
  };
  connect();
  return () => {
    closed = true;
    socket?.close();
  };
}
