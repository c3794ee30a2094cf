// The keys of one letter. They work in the text and on cards, never while something is typed, and can be turned off.

import { alsoSaidBy, cardOf, editStatement, goToCard, knownStatement, undo, withdraw } from "./cards.js";
import { composeNew, composing } from "./composer.js";
import { openFind } from "./find.js";
import { isOffered, useSelected } from "./further.js";
import { openHelp, singleKeysOn } from "./help.js";
import { focusStatement, focusedStatement, statementsUnder, step } from "./highlights.js";
import { column, margin, page } from "./page.js";
import { openRelation } from "./relation.js";
import { clearSelection, moveEnd, moveStart, selectSentence, selectedWords } from "./selection.js";
import { selectUnread } from "./unread.js";

const ROLES = { 1: "cue", 2: "source", 3: "antecedent", 4: "content" };

const inText = {
  j: () => step(1, selectedWords()?.start ?? 0),
  k: () => step(-1, selectedWords()?.start ?? 0),
  n: selectUnread,
  s: () => selectSentence(1),
  S: () => selectSentence(-1),
  w: () => moveEnd(1),
  W: () => moveEnd(-1),
  b: () => moveStart(1),
  B: () => moveStart(-1),
  c: () => focusedStatement() && goToCard(focusedStatement()),
  "/": openFind,
  "?": openHelp,
};

const onStatement = page.canAnnotate
  ? { e: editStatement, a: alsoSaidBy, x: withdraw, r: (id) => knownStatement(id) && openRelation(knownStatement(id)) }
  : {};

/** Whether a key belongs to whatever has the focus, and not to us. @param {EventTarget | null} target */
function isTypedInto(target) {
  return target instanceof HTMLElement && target.closest("input, textarea, select, dialog, [contenteditable], .composer, details[open]") !== null;
}

/** Whether the focus is in the text, on a card, or nowhere. @param {EventTarget | null} target */
const isOurs = (target) => target === document.body || (target instanceof Node && (column.contains(target) || margin.contains(target)));

/** What Enter does in the text: record what is selected, or open the card of the highlight. */
function enter(event) {
  const words = selectedWords();
  if (event.target instanceof HTMLElement && event.target.closest("button, a, summary")) return;
  const under = event.target instanceof HTMLElement && event.target.closest("mark");
  if (words && page.canAnnotate) {
    event.preventDefault();
    composing() ? useSelected("words") : composeNew(words);
  } else if (under) {
    event.preventDefault();
    const statements = statementsUnder(under);
    const id = focusedStatement() ?? statements.at(-1)?.id;
    if (id) goToCard(id);
  }
}

document.addEventListener("keydown", (event) => {
  if (composing() && event.key === "Enter" && (event.ctrlKey || event.metaKey) && isOurs(event.target) && !event.defaultPrevented) {
    event.preventDefault();
    return composing().save();
  }
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTypedInto(event.target) || !isOurs(event.target)) return;
  if (event.key === "Escape") {
    const id = focusedStatement();
    const card = id && cardOf(id);
    if (card?.contains(document.activeElement)) focusStatement(id, { take: true });
    else if (selectedWords()) clearSelection();
    else if (composing()) composing().leave();
    else if (id) {
      focusStatement(null);
      column.focus({ preventScroll: true });
    }
    return;
  }
  if (event.key === "Enter") return enter(event);
  if (!singleKeysOn()) return;
  const id = focusedStatement();
  if (event.key in ROLES && selectedWords() && (composing() || id) && (isOffered() || composing())) {
    event.preventDefault();
    useSelected(ROLES[event.key]);
  } else if (event.key in inText) {
    event.preventDefault();
    inText[event.key]();
  } else if (event.key === "u" && page.canAnnotate) {
    event.preventDefault();
    undo();
  } else if (id && event.key in onStatement) {
    event.preventDefault();
    onStatement[event.key](id);
  }
});
