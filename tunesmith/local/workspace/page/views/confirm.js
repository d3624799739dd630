/** The confirmation that an app can ask for before an action. */
import { h, uid } from "../dom.js";
import { plainText, textObject } from "../text/mrkdwn.js";

/**
 * @param {object} spec Slack's confirmation dialog object
 * @param {object} names
 * @returns {Promise<boolean>}
 */
export function confirm(spec, names) {
  const [title, body] = [uid("confirm"), uid("confirm")];
  const danger = spec.style === "danger" ? "button--danger" : "button--primary";
  const answer = (value, className, text) => {
    return h(
      "button",
      { type: "button", class: `button ${className}`, on: { click: () => dialog.close(value) } },
      plainText(text),
    );
  };
  const dialog = h(
    "dialog",
    { class: "dialog dialog--small", "aria-labelledby": title, "aria-describedby": body },
    h("h2", { class: "dialog__title", id: title }, plainText(spec.title)),
    h("div", { class: "text", id: body }, textObject(spec.text, names)),
    h("div", { class: "dialog__foot" }, answer("no", "", spec.deny), answer("yes", danger, spec.confirm)),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
