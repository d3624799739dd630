/** What the page knows: the workspace, the person, the messages; and the ways in which it changes. */
import { api, stream } from "./api.js";
import { loadRead, markRead } from "./unread.js";

/**
 * Topics: `workspace` (people, channels, person), `route`, `messages` (detail: a message key), `views`,
 * `connection`, `unread`, `arrived` (detail: `{channel, message}`).
 */
const bus = new EventTarget();

export const state = {
  team: null,
  /** Names of organisations by id. @type {Record<string, string>} */
  teams: {},
  app: null,
  me: null,
  users: new Map(),
  channels: new Map(),
  commands: [],
  shortcuts: [],
  /** @type {{page: "channel"|"home", channel?: string, thread?: string}} */
  route: { page: "channel" },
  /** Lists of messages by `messageKey`, oldest first. @type {Map<string, object[]>} */
  messages: new Map(),
  modals: [],
  home: null,
  online: true,
};

/** @param {string} topic @param {(detail: any) => void} listener @returns {() => void} unsubscribes */
export function on(topic, listener) {
  const handler = (event) => listener(event.detail);
  bus.addEventListener(topic, handler);
  return () => bus.removeEventListener(topic, handler);
}

function emit(topic, detail) {
  bus.dispatchEvent(new CustomEvent(topic, { detail }));
}

/** @param {string} channel @param {string} [thread] */
export function messageKey(channel, thread) {
  return thread ? `${channel}/${thread}` : channel;
}

/** The directory that text renderers use. */
export const names = {
  user(id) {
    const user = state.users.get(id);
    return user ? { name: personName(user), me: id === state.me?.id } : null;
  },
  channel(id) {
    const channel = state.channels.get(id);
    return channel && (!channel.is_private || isMine(channel)) ? channel.name : null;
  },
  people: () => [...state.users.values()].map((user) => ({ value: user.id, label: personName(user) })),
  conversations: () => myChannels().map((channel) => ({ value: channel.id, label: channelName(channel) })),
};

/** @param {object} user a Slack user object */
export function personName(user) {
  return user?.profile?.display_name || user?.real_name || user?.name || "Someone";
}

/** Whether a person belongs to another organisation, for whom the app is only what it posts. @param {object} user */
export function isExternal(user) {
  return user.team_id !== state.team.id;
}

/** @param {object|undefined} user @returns {string} what sets a person apart, or nothing */
export function standing(user) {
  if (user && isExternal(user)) return state.teams[user.team_id];
  return user?.is_restricted ? "Guest" : "";
}

/** @param {object} channel @returns {string} `#name`, or with whom the direct messages are */
export function channelName(channel) {
  return channel.is_im ? personName(state.users.get(botUserId())) : `#${channel.name}`;
}

/** @returns {object[]} the channels the person is in, direct messages last */
export function myChannels() {
  const mine = [...state.channels.values()].filter(isMine);
  return mine.sort((a, b) => Number(Boolean(a.is_im)) - Number(Boolean(b.is_im)));
}

function isMine(channel) {
  return channel.members.includes(state.me.id);
}

/** @returns {object|undefined} the person's direct messages with the app */
export function appChannel() {
  return myChannels().find((channel) => channel.is_im && channel.members?.includes(botUserId()));
}

/** @returns {string|undefined} */
export function botUserId() {
  return [...state.users.values()].find((user) => user.is_bot)?.id;
}

/** Loads the workspace. @param {string|null} [preferred] the id of the person to start as */
export async function loadWorkspace(preferred) {
  const loaded = await api.state();
  state.team = loaded.team;
  state.teams = loaded.teams;
  state.app = loaded.app;
  state.users = new Map(loaded.users.map((user) => [user.id, user]));
  state.channels = new Map(loaded.channels.map((channel) => [channel.id, channel]));
  const people = loaded.users.filter((user) => !user.is_bot);
  state.me = people.find((user) => user.id === (state.me?.id ?? preferred)) ?? people[0];
  state.commands = isExternal(state.me) ? [] : loaded.commands;
  state.shortcuts = isExternal(state.me) ? [] : loaded.shortcuts;
}

let closeStream = () => {};
/** Events that came while the lists were loading, which may not hold them. @type {object[]|null} */
let waiting = null;
/** Counts loads, so that one overtaken by a newer one changes nothing. */
let loads = 0;

/** Loads what the person sees, and follows it live; again after each reconnection. */
export function followAsMe() {
  closeStream();
  closeStream = stream(state.me.id, {
    event: (event) => (waiting ? waiting.push(event) : applyEvent(event)),
    online: reload,
    offline: () => setOnline(false),
  });
}

function setOnline(online) {
  if (state.online === online) return;
  state.online = online;
  emit("connection");
}

async function reload() {
  const load = ++loads;
  waiting = [];
  try {
    await loadWorkspace();
    await loadMessages();
  } catch {
    return; // The workspace went away; the stream will reconnect, and then this runs again.
  }
  if (load !== loads) return;
  setOnline(true);
  const missed = waiting;
  waiting = null;
  missed?.forEach(applyEvent);
}

async function loadMessages() {
  const user = state.me.id;
  const channels = myChannels().map((channel) => channel.id);
  const threads = state.route.thread ? [[state.route.channel, state.route.thread]] : [];
  const lists = [...channels.map((channel) => [channel]), ...threads];
  const loaded = await Promise.all(
    lists.map(([channel, thread_ts]) => api.messages({ channel, thread_ts, user }).catch(() => null)),
  );
  if (state.me.id !== user) return;
  const known = state.messages;
  state.messages = new Map(
    lists.map(([channel, thread], index) => {
      const key = messageKey(channel, thread);
      return [key, loaded[index]?.messages ?? known.get(key) ?? []];
    }),
  );
  loadRead(user, state.messages);
  await loadViews();
  emit("workspace");
  for (const key of state.messages.keys()) emit("messages", key);
  emit("unread");
}

/** Loads the person's modals and Home tab. */
export async function loadViews() {
  const user = state.me.id;
  const views = await api.views(user).catch(() => null);
  if (!views || state.me.id !== user) return;
  state.modals = views.modals;
  state.home = views.home;
  emit("views");
}

/** Acts as another person from now on. @param {string} id */
export function actAs(id) {
  state.me = state.users.get(id);
  state.messages = new Map();
  state.modals = [];
  state.home = null;
  emit("workspace");
  followAsMe();
}

/** @param {typeof state.route} route @throws {ApiError} where there is no such thread */
export async function setRoute(route) {
  state.route = route;
  emit("route");
  const { channel, thread } = route;
  const key = messageKey(channel, thread);
  if (thread && !state.messages.has(key)) {
    const loaded = await api.messages({ channel, thread_ts: thread, user: state.me.id });
    state.messages.set(key, loaded.messages);
    emit("messages", key);
  }
}

/** The person has seen the channel up to its newest message. @param {string} channel */
export function seen(channel) {
  if (markRead(state.me.id, channel, state.messages.get(channel))) emit("unread");
}

/** @param {object} event one of `GET /control/stream` */
function applyEvent(event) {
  const { type, channel, message } = event;
  if (channel && type !== "channel" && !state.messages.has(channel)) return; // Another person's direct messages.
  if (type === "message" || type === "ephemeral") {
    put(channel, message);
    if (!message.streaming) emit("arrived", { channel, message });
    emit("unread");
  } else if (type === "message_changed") {
    const before = put(channel, message);
    if (before?.streaming && !message.streaming) emit("arrived", { channel, message });
  } else if (type === "message_deleted") remove(channel, event.ts);
  else if (type === "file") changeFile(event.file);
  else if (type === "modals") state.modals = event.modals;
  else if (type === "home") state.home = event.view;
  else if (type === "reset" || type === "channel") reload();
  if (type === "modals" || type === "home") emit("views");
}

/** Adds or replaces a message wherever it is shown; returns what it replaced. */
function put(channel, message) {
  const isReply = message.thread_ts && message.thread_ts !== message.ts;
  const thread = messageKey(channel, message.thread_ts ?? message.ts);
  const inChannel = !isReply || message.subtype === "thread_broadcast";
  return [inChannel && channel, thread].map((key) => key && putInto(key, message)).find(Boolean);
}

function putInto(key, message) {
  const list = state.messages.get(key);
  if (!list) return null;
  const index = list.findIndex((known) => known.ts >= message.ts);
  const before = list[index]?.ts === message.ts ? list[index] : null;
  if (before) list[index] = message;
  else list.splice(index === -1 ? list.length : index, 0, message);
  emit("messages", key);
  return before;
}

function remove(channel, ts) {
  for (const [key, list] of state.messages) {
    if (key !== channel && !key.startsWith(`${channel}/`)) continue;
    const index = list.findIndex((message) => message.ts === ts);
    if (index === -1) continue;
    list.splice(index, 1);
    emit("messages", key);
  }
}

function changeFile(file) {
  for (const [key, list] of state.messages) {
    let changed = false;
    list.forEach((message, index) => {
      if (!message.files?.some((known) => known.id === file.id)) return;
      const files = message.files.map((known) => (known.id === file.id ? { ...known, ...file } : known));
      list[index] = { ...message, files };
      changed = true;
    });
    if (changed) emit("messages", key);
  }
}
