// Through whom the words came: an ordered chain of relays, from the speaker to the document.

import { make } from "./page.js";

const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById("relay-template"));

/**
 * Draw the chain of a state into a list; what is changed there is changed in the state.
 * @param {HTMLElement} list @param {import("./composing.js").RelayChoice[]} relays @param {() => void} changed
 */
export function drawChain(list, relays, changed) {
  const again = () => {
    drawChain(list, relays, changed);
    changed();
  };
  list.replaceChildren(...relays.map((relay, index) => {
    const item = /** @type {HTMLElement} */ (template.content.cloneNode(true)).firstElementChild;
    const name = relay.is_gap ? "someone undisclosed" : relay.party.label;
    item.querySelector(".relay-name").append(make("bdi", {}, name));
    item.querySelectorAll(".visually-hidden").forEach((hidden) => hidden.append(name));
    const cue = /** @type {HTMLInputElement} */ (item.querySelector(".relay-cue"));
    cue.value = relay.cue;
    cue.addEventListener("input", () => { relay.cue = cue.value; changed(); });
    const attitude = /** @type {HTMLSelectElement} */ (item.querySelector(".relay-attitude"));
    attitude.value = relay.attitude;
    attitude.addEventListener("change", () => { relay.attitude = attitude.value; changed(); });
    const up = /** @type {HTMLButtonElement} */ (item.querySelector(".relay-up"));
    up.hidden = index === 0;
    up.setAttribute("aria-label", `Move ${name} nearer the speaker`);
    up.addEventListener("click", () => { relays.splice(index - 1, 2, relay, relays[index - 1]); again(); });
    const off = item.querySelector(".relay-off");
    off.setAttribute("aria-label", `Remove ${name}`);
    off.addEventListener("click", () => { relays.splice(index, 1); again(); });
    return item;
  }));
  list.hidden = relays.length === 0;
}
