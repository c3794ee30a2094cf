// Words selected while a statement is being written, or while a card is open, can become its cue, source or antecedent.

import { addEvidence } from "./cards.js";
import { composeNew, composing } from "./composer.js";
import { focusedStatement } from "./highlights.js";
import { hear, isNarrow } from "./page.js";
import { rangeOf } from "./offsets.js";
import { clearSelection, selectedWords } from "./selection.js";

const bar = document.getElementById("further-bar");

/** @param {string} role */
export function useSelected(role) {
  const words = selectedWords();
  if (!words) return;
  hide();
  const composer = composing();
  const card = focusedStatement();
  if (composer) {
    composer.addPiece(role === "words" ? "words" : role, words);
    clearSelection();
  } else if (role === "words" || !card) composeNew(words);
  else {
    clearSelection();
    addEvidence(card, role, words);
  }
}

export const isOffered = () => Boolean(bar) && !bar.hidden;

function hide() {
  if (bar) bar.hidden = true;
}

/** @param {import("./page.js").Span} words */
export function offerFurther(words) {
  if (!bar) return;
  bar.querySelector("[data-role=words]").textContent = composing() ? "These words instead" : "New statement";
  bar.hidden = false;
  const box = rangeOf(words.start, words.end).getBoundingClientRect();
  bar.style.insetBlockStart = `${scrollY + (isNarrow() ? box.bottom + 8 : Math.max(box.top - bar.offsetHeight - 8, 4 - scrollY))}px`;
  bar.style.insetInlineStart = `${Math.max(8, Math.min(box.left, innerWidth - bar.offsetWidth - 16))}px`;
}

bar?.addEventListener("pointerdown", (event) => event.preventDefault()); // the words stay selected
bar?.addEventListener("click", (event) => {
  const role = event.target instanceof HTMLElement && event.target.dataset.role;
  if (role) useSelected(role);
});
hear("words", ({ span }) => { if (!span) hide(); });
hear("composer", hide);
