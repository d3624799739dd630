/** How far a person has read each channel, kept in the browser. */

/** Channel → `ts` of the newest message the person has seen. @type {Map<string, string>} */
let read = new Map();

const storageKey = (user) => `read:${user}`;

/**
 * Loads a person's marks; a channel never opened in this browser counts as read up to now.
 * @param {string} user
 * @param {Map<string, object[]>} messages
 */
export function loadRead(user, messages) {
  read = new Map(Object.entries(JSON.parse(localStorage.getItem(storageKey(user)) ?? "{}")));
  for (const [key, list] of messages) if (!read.has(key)) read.set(key, list.at(-1)?.ts ?? "0");
}

/**
 * @param {string} user
 * @param {string} channel
 * @param {object[]|undefined} list
 * @returns {boolean} whether there was anything new
 */
export function markRead(user, channel, list) {
  const newest = list?.at(-1)?.ts;
  if (!newest || newest <= (read.get(channel) ?? "")) return false;
  read.set(channel, newest);
  localStorage.setItem(storageKey(user), JSON.stringify(Object.fromEntries(read)));
  return true;
}

/** @param {string} channel @returns {string} */
export function readUpTo(channel) {
  return read.get(channel) ?? "0";
}

/**
 * @param {object} channel
 * @param {object[]} list
 * @param {string} user
 * @returns {{count: number, mentions: number}} messages of others not yet read
 */
export function unread(channel, list, user) {
  const mark = readUpTo(channel.id);
  const fresh = list.filter((message) => message.ts > mark && message.user !== user);
  const toMe = (message) => channel.is_im || message.text?.includes(`<@${user}>`);
  return { count: fresh.length, mentions: fresh.filter(toMe).length };
}
