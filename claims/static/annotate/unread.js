// How much of the text has been worked through, and which sentences are still to be read.

import { get } from "./api.js";
import { hear, make, page } from "./page.js";
import { wordsAt } from "./offsets.js";
import { select, selectedWords } from "./selection.js";

const SHOWN = 200; // sentences listed; the number beside them is of all
const WHY = { quote: "quotation marks", cue: "words of attribution" };
const list = document.getElementById("unread");
const details = /** @type {HTMLDetailsElement} */ (document.getElementById("coverage"));
let unread = page.unread;

function draw() {
  document.getElementById("n-unread").textContent = String(unread.length);
  if (!details.open) return;
  list.replaceChildren(...unread.slice(0, SHOWN).map(([start, end, why]) => make("li", {},
    make("button", { type: "button", class: "plain", onclick: () => { details.open = false; select({ start, end }); } }, make("bdi", {}, wordsAt(start, end).slice(0, 160))),
    " ", make("span", { class: "quiet" }, WHY[why]))));
  if (!unread.length) list.replaceChildren(make("li", { class: "quiet" }, "Nothing is left to read."));
}

/** @param {number} covered @param {number} total */
function drawMeter(covered, total) {
  const percent = total ? Math.round((100 * covered) / total) : 100;
  document.getElementById("percent").textContent = `${percent} %`;
  document.getElementById("meter").style.inlineSize = `${percent}%`;
}

async function measure() {
  try {
    const found = await get(`documents/${page.document}/coverage/`, { version: page.version });
    unread = found.unread.map(({ start, end, why }) => [start, end, why]);
    drawMeter(found.covered, found.total);
    draw();
  } catch {
    // The figures stay as they were until the network is back.
  }
}

/** Select the next sentence still to read. */
export function selectUnread() {
  const from = selectedWords()?.start ?? -1;
  const next = unread.find(([start]) => start > from) ?? unread[0];
  if (next) select({ start: next[0], end: next[1] });
}

details.addEventListener("toggle", draw);
document.addEventListener("click", (event) => {
  if (details.open && event.target instanceof Node && !details.contains(event.target)) details.open = false;
});
details.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    details.open = false;
    details.querySelector("summary").focus();
  }
});
hear("changed", measure);
document.getElementById("meter").style.inlineSize = document.getElementById("percent").textContent.replace(/\s/g, "");
