/** Times of messages: Slack's `ts` is seconds since the epoch with six decimals, and a message's identity. */

/** @param {string} ts @returns {Date} */
export function dateOf(ts) {
  return new Date(Number(ts) * 1000);
}

/** @param {string} ts @returns {string} hour and minute */
export function clock(ts) {
  return dateOf(ts).toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" });
}

/** @param {string} ts @returns {string} the full date and time, for a tooltip */
export function fullTime(ts) {
  return dateOf(ts).toLocaleString(undefined, { dateStyle: "full", timeStyle: "medium" });
}

/** @param {string} ts @returns {string} Today, Yesterday, or the date */
export function dayName(ts) {
  const date = dateOf(ts);
  const days = Math.round((midnight(new Date()) - midnight(date)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return date.toLocaleDateString(undefined, { weekday: "long", month: "long", day: "numeric" });
}

/** @param {string} ts @returns {string} for "last reply …" */
export function moment(ts) {
  const day = dayName(ts);
  return day === "Today" ? `today at ${clock(ts)}` : `${day} at ${clock(ts)}`;
}

/** @param {string} a @param {string} b */
export function sameDay(a, b) {
  return midnight(dateOf(a)).getTime() === midnight(dateOf(b)).getTime();
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}
