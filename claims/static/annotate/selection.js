// Which words are selected: by mouse, by sentence and word, by typing. Never half a character.

import { column, hear, isNarrow, notify, page, tell } from "./page.js";
import { countPoints, paragraphAt, paragraphIndex, rangeOf, spanOf, unitsOf, wordsAt } from "./offsets.js";

const language = (() => {
  try {
    return Intl.getCanonicalLocales(page.language || "en")[0];
  } catch {
    return "en";
  }
})();
const graphemes = new Intl.Segmenter(language, { granularity: "grapheme" });
const wordBreaks = new Intl.Segmenter(language, { granularity: "word" });

/** @type {import("./page.js").Span | null} */
let selected = null;
export const selectedWords = () => selected;

/**
 * Widen a span to whole characters as a reader sees them, after leaving out white space at its edges.
 * @param {import("./page.js").Span} span
 */
export function snap(span) {
  const words = wordsAt(span.start, span.end);
  const inner = words.trim();
  if (!inner) return null;
  const start = span.start + countPoints(words.slice(0, words.length - words.trimStart().length));
  const end = start + countPoints(inner);
  return { start: toEdge(start, false), end: toEdge(end, true) };
}

/** The edge of the grapheme that an offset cuts, the offset itself where it cuts none. @param {number} offset @param {boolean} isEnd */
function toEdge(offset, isEnd) {
  const { element, start } = paragraphAt(paragraphIndex(isEnd ? Math.max(0, offset - 1) : offset));
  const whole = element.textContent;
  const at = unitsOf(whole, offset - start);
  const grapheme = graphemes.segment(whole).containing(at);
  if (!grapheme || grapheme.index === at) return offset;
  const edge = isEnd ? grapheme.index + grapheme.segment.length : grapheme.index;
  return start + countPoints(whole.slice(0, edge));
}

/**
 * Select words, seen and remembered.
 * @param {import("./page.js").Span} span
 * @param {{how?: string, widened?: boolean}} [options]
 */
export function select(span, { how = "keys", widened = false } = {}) {
  selected = span;
  const range = rangeOf(span.start, span.end);
  const shown = getSelection();
  shown.removeAllRanges();
  shown.addRange(range);
  paint("selected", [span]);
  if (how === "keys") bringIntoView(range);
  tell("words", { span, how, widened });
}

export function clearSelection() {
  selected = null;
  paint("selected", []);
  const shown = getSelection();
  if (shown.rangeCount && spanOf(shown.getRangeAt(0))) shown.removeAllRanges();
  tell("words", { span: null });
}

/**
 * Paint spans without touching the document (CSS Custom Highlight API); they stay when the focus goes elsewhere.
 * @param {string} name @param {import("./page.js").Span[]} spans
 */
export function paint(name, spans) {
  if (!("highlights" in CSS)) return;
  if (spans.length) CSS.highlights.set(name, new Highlight(...spans.map((span) => rangeOf(span.start, span.end))));
  else CSS.highlights.delete(name);
}

/** @param {Range} range */
export function bringIntoView(range) {
  const node = range.startContainer;
  const element = node instanceof Element ? node : node.parentElement;
  const box = range.getBoundingClientRect();
  if (isNarrow()) return scrollBy({ top: box.top - 90 }); // below them is what is said of them
  if (box.top < 90 || box.bottom > innerHeight - 60) element.scrollIntoView({ block: "center" });
}

/** What the mouse or a finger has selected, once it lets go. */
function takeFromPointer() {
  const shown = getSelection();
  if (!shown.rangeCount || shown.isCollapsed) return;
  const span = spanOf(shown.getRangeAt(0));
  const whole = span && snap(span);
  if (!whole) return;
  const trimmed = wordsAt(span.start, span.end).trim();
  const widened = countPoints(trimmed) < whole.end - whole.start;
  if (widened) notify("Widened to whole characters.");
  select(whole, { how: "pointer", widened });
}

column.addEventListener("pointerup", () => setTimeout(takeFromPointer));
column.addEventListener("keyup", (event) => {
  if (event.shiftKey && event.key.startsWith("Arrow")) takeFromPointer(); // caret browsing
});

// --- by sentence and by word ---------------------------------------------------------------------------------------

const sentences = page.sentences; // start, end, start, end …

/** @param {number} offset the first sentence that ends after it */
function sentenceAfter(offset) {
  let low = 0;
  let high = sentences.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sentences[2 * middle + 1] > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Where the next selection by keys begins: at the selection, or at the top of what is in sight. */
function here() {
  if (selected) return selected.start;
  const first = [...column.children].find((paragraph) => paragraph.getBoundingClientRect().bottom > 120);
  return first ? Number(/** @type {HTMLElement} */ (first).dataset.start) : 0;
}

/** @param {number} step 1 or -1 */
export function selectSentence(step) {
  const n = sentences.length / 2;
  let index = sentenceAfter(here());
  if (selected) {
    const isWhole = selected.start === sentences[2 * index] && selected.end === sentences[2 * index + 1];
    if (isWhole || step < 0) index += step;
  }
  if (index < 0 || index >= n) return;
  select({ start: sentences[2 * index], end: sentences[2 * index + 1] });
}

/** The edges of words in the paragraph of an offset. @param {number} offset */
function wordEdges(offset) {
  const { element, start } = paragraphAt(paragraphIndex(offset));
  const edges = [];
  let points = start;
  for (const piece of wordBreaks.segment(element.textContent)) {
    const length = countPoints(piece.segment);
    if (piece.isWordLike) edges.push({ start: points, end: points + length });
    points += length;
  }
  return edges;
}

/** Move the end of the selection by a word. @param {number} step */
export function moveEnd(step) {
  const at = selected ?? { start: here(), end: here() };
  const edges = wordEdges(Math.max(at.end - 1, at.start));
  const target = step > 0 ? edges.find((word) => word.end > at.end) : edges.findLast((word) => word.end < at.end);
  if (target && target.end > at.start) select({ start: selected ? at.start : target.start, end: target.end });
}

/** Move the beginning of the selection by a word. @param {number} step */
export function moveStart(step) {
  if (!selected) return moveEnd(1);
  const at = selected;
  const edges = wordEdges(at.start);
  const target = step > 0 ? edges.find((word) => word.start > at.start) : edges.findLast((word) => word.start < at.start);
  if (target && target.start < at.end) select({ start: target.start, end: at.end });
}

// What was painted is lost where a paragraph is drawn anew.
hear("repainted", () => {
  if (selected) paint("selected", [selected]);
});
