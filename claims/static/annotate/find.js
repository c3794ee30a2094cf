// Selecting by typing: the words themselves, or the first and the last of them with “…” between.

import { column } from "./page.js";
import { findWords } from "./offsets.js";
import { select, selectedWords } from "./selection.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("find"));
const input = /** @type {HTMLInputElement} */ (document.getElementById("find-words"));
const count = /** @type {HTMLOutputElement} */ (document.getElementById("find-count"));
const FARTHEST = 5000; // code points between the first and the last words

/** @type {(span: import("./page.js").Span) => void} */
let done = () => {};
/** @param {(span: import("./page.js").Span) => void} listener */
export const whenFound = (listener) => { done = listener; };

/** Every span that is meant by what was typed. @param {string} typed */
function spansOf(typed) {
  const [first, last] = typed.split(/\s*(?:…|\.\.\.)\s*/, 2);
  if (!first) return [];
  const starts = findWords(first);
  if (!last) return starts;
  const ends = findWords(last);
  return starts.flatMap((start) => {
    const end = ends.find((one) => one.start >= start.end && one.end - start.start <= FARTHEST);
    return end ? [{ start: start.start, end: end.end }] : [];
  });
}

function next() {
  const found = spansOf(input.value);
  const from = selectedWords()?.start ?? -1;
  return found.find((span) => span.start > from) ?? found[0];
}

export function openFind() {
  form.hidden = false;
  input.select();
  input.focus();
}

export function closeFind() {
  form.hidden = true;
  column.focus({ preventScroll: true });
}

input.addEventListener("input", () => {
  const found = spansOf(input.value);
  count.textContent = input.value ? (found.length ? `${found.length} time${found.length === 1 ? "" : "s"}` : "not in this text") : "";
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const span = next();
  if (!span) return;
  form.hidden = true;
  column.focus({ preventScroll: true });
  select(span);
  done(span);
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeFind();
});
document.getElementById("find-close").addEventListener("click", closeFind);
document.getElementById("find-open").addEventListener("click", openFind);
