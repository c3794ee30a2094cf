// The words of statements, marked in the text. The server draws them first; what changes is drawn anew here.

import { column, hear, page, tell } from "./page.js";
import { countParagraphs, paragraphAt, paragraphIndex, rangeOf, unitsOf } from "./offsets.js";
import { bringIntoView } from "./selection.js";

/**
 * @typedef {{key: number, id: string, stance: string, description: string, spans: [number, number, string][]}} Marked
 */

/** @type {Map<number, Marked>} */
const byKey = new Map();
/** @type {Map<string, Marked>} */
const byId = new Map();
/** @type {Set<number>[]} keys of the statements whose words touch a paragraph */
const inParagraph = Array.from({ length: countParagraphs() }, () => new Set());
let nextKey = 0;

for (const [id, stance, speaker, claim, spans] of page.statements) {
  enter({ id, stance, description: describe(page.speakers[speaker], stance, page.claims[claim]), spans });
}

/** What a statement says, for those who hear the page: as `Highlight.description` does. */
function describe(who, stance, claim) {
  return `${who} ${page.labels.stance[stance]}: ${claim}`;
}

/** @param {Omit<Marked, "key">} statement @param {number} [key] */
function enter(statement, key = nextKey++) {
  const marked = { ...statement, key };
  byKey.set(key, marked);
  byId.set(marked.id, marked);
  for (const index of touched(marked.spans)) inParagraph[index].add(key);
  return marked;
}

/** @param {[number, number, string][]} spans */
function touched(spans) {
  const found = new Set();
  for (const [start, end] of spans) {
    for (let index = paragraphIndex(start); index <= paragraphIndex(end - 1); index += 1) found.add(index);
  }
  return found;
}

/** @param {string} id */
export const findMarked = (id) => byId.get(id);

/** The ids of the statements whose main words begin in these paragraphs. @param {Iterable<number>} indexes */
export function statementsIn(indexes) {
  const found = [];
  for (const index of indexes) {
    const { start, end } = paragraphAt(index);
    for (const key of inParagraph[index]) {
      const marked = byKey.get(key);
      if (marked.spans[0][0] >= start && marked.spans[0][0] < end) found.push(marked);
    }
  }
  return found.sort((a, b) => a.spans[0][0] - b.spans[0][0] || a.spans[0][1] - b.spans[0][1] || (a.id < b.id ? -1 : 1));
}

/** Put a statement's words in, or draw them anew. @param {Omit<Marked, "key">} statement */
export function mark(statement) {
  const before = byId.get(statement.id);
  if (before && JSON.stringify([before.stance, before.description, before.spans]) === JSON.stringify([statement.stance, statement.description, statement.spans])) return;
  const changed = before ? forget(before) : new Set();
  const marked = enter(statement, before?.key);
  for (const index of touched(marked.spans)) changed.add(index);
  redraw(changed);
}

/** Take a statement's words out. @param {string} id */
export function unmark(id) {
  const marked = byId.get(id);
  if (marked) redraw(forget(marked));
}

/** @param {Marked} marked */
function forget(marked) {
  byKey.delete(marked.key);
  byId.delete(marked.id);
  const places = touched(marked.spans);
  for (const index of places) inParagraph[index].delete(marked.key);
  return places;
}

/** @param {Iterable<number>} indexes */
function redraw(indexes) {
  for (const index of indexes) drawParagraph(index);
  tell("repainted");
}

/** Cut a paragraph wherever a mark begins or ends, as `sources/segmenting.py` does. @param {number} index */
export function drawParagraph(index) {
  const { element, start, end } = paragraphAt(index);
  const marks = [...inParagraph[index]]
    .flatMap((key) => unique(byKey.get(key).spans).map(([from, to, role]) => ({ from, to, role, key })))
    .filter((one) => one.from < end && one.to > start)
    .sort((a, b) => a.from - b.from || b.to - a.to || a.key - b.key || (a.role < b.role ? -1 : 1));
  const edges = [...new Set([start, end, ...marks.flatMap((one) => [one.from, one.to])])]
    .filter((edge) => edge >= start && edge <= end)
    .sort((a, b) => a - b);
  const words = element.textContent;
  const pieces = [];
  let units = 0;
  for (let i = 0; i + 1 < edges.length; i += 1) {
    const length = unitsOf(words.slice(units), edges[i + 1] - edges[i]);
    const text = words.slice(units, units + length);
    units += length;
    const under = marks.filter((one) => one.from <= edges[i] && one.to > edges[i]);
    pieces.push(under.length ? markElement(text, under, edges[i]) : text);
  }
  element.replaceChildren(...pieces);
}

/** @param {[number, number, string][]} spans */
const unique = (spans) => [...new Map(spans.map((span) => [span.join(" "), span])).values()];

/** As `mark_classes` and `_open_mark` in `claims/views/annotate.py` do. */
function markElement(text, under, at) {
  const element = document.createElement("mark");
  const content = new Set(under.filter((one) => one.role === "content").map((one) => one.key));
  const stances = [...new Set([...content].map((key) => byKey.get(key).stance))].sort();
  const roles = [...new Set(under.map((one) => one.role))].filter((role) => role !== "content").sort();
  element.className = [...stances.map((s) => `is-${s}`), ...roles.map((r) => `role-${r}`), `deep-${Math.min(content.size, 3)}`].join(" ");
  const keys = [...new Set(under.map((one) => one.key))];
  element.dataset.keys = keys.join(" ");
  const begun = keys.filter((key) => content.has(key) && Math.min(...byKey.get(key).spans.filter((s) => s[2] === "content").map((s) => s[0])) === at);
  if (begun.length) element.setAttribute("aria-description", begun.map((key) => byKey.get(key).description).join("; "));
  element.textContent = text;
  return element;
}

/** The element with which a statement's main words begin. @param {string} id */
export function markOf(id) {
  const marked = byId.get(id);
  if (!marked) return null;
  const { element } = paragraphAt(paragraphIndex(marked.spans[0][0]));
  const found = element.querySelectorAll(`mark[data-keys~="${marked.key}"]`);
  const at = marked.spans[0][0];
  for (const one of found) {
    const range = document.createRange();
    range.setStart(element, 0);
    range.setEndBefore(one);
    if (paragraphAt(paragraphIndex(at)).start + [...range.toString()].length === at) return one;
  }
  return found[0] ?? null;
}

/** Statements whose words lie under an element, the shortest words last: the innermost. @param {Element} element */
export function statementsUnder(element) {
  const keys = (/** @type {HTMLElement} */ (element).dataset.keys ?? "").split(" ").filter(Boolean).map(Number);
  const length = (m) => m.spans[0][1] - m.spans[0][0];
  return keys.map((key) => byKey.get(key)).filter(Boolean).sort((a, b) => length(b) - length(a));
}

/** All statements in the order of the text. */
export const inOrder = () => [...byId.values()].sort((a, b) => a.spans[0][0] - b.spans[0][0] || b.spans[0][1] - a.spans[0][1] || (a.id < b.id ? -1 : 1));

/** @type {string | null} */
let focused = null;
export const focusedStatement = () => focused;

/**
 * Make one statement the one that is spoken of: its words stand out, its card opens.
 * @param {string | null} id
 * @param {{scroll?: boolean, take?: boolean}} [options] `take`: the keyboard goes to its words
 */
export function focusStatement(id, { scroll = false, take = false } = {}) {
  column.querySelectorAll("mark.is-focused").forEach((one) => {
    one.classList.remove("is-focused");
    one.removeAttribute("tabindex");
  });
  focused = id;
  const marked = id && byId.get(id);
  if (marked) {
    for (const index of touched(marked.spans)) {
      paragraphAt(index).element.querySelectorAll(`mark[data-keys~="${marked.key}"]`).forEach((one) => one.classList.add("is-focused"));
    }
    if (scroll) bringIntoView(rangeOf(marked.spans[0][0], marked.spans[0][1]));
    if (take) {
      const first = /** @type {HTMLElement} */ (markOf(id));
      first?.setAttribute("tabindex", "-1");
      first?.focus({ preventScroll: true });
    }
  }
  tell("focus", { id });
}

/** Go to the next or the previous highlight. @param {number} step */
export function step(step, from) {
  const all = inOrder();
  if (!all.length) return;
  let index = all.findIndex((one) => one.id === focused);
  if (index === -1) {
    const next = all.findIndex((one) => one.spans[0][0] >= from);
    index = step > 0 ? (next === -1 ? all.length : next) - 1 : next === -1 ? all.length : next;
  }
  const target = all[(index + step + all.length) % all.length];
  focusStatement(target.id, { scroll: true, take: true });
}

column.addEventListener("click", (event) => {
  const under = event.target instanceof Element && event.target.closest("mark");
  if (!under || !getSelection().isCollapsed) return;
  const statements = statementsUnder(under);
  if (!statements.length) return;
  // A second click on the same words goes one statement outwards, so that nested ones are within reach.
  const at = statements.findIndex((one) => one.id === focused);
  focusStatement(statements[at <= 0 ? statements.length - 1 : at - 1].id);
});

hear("repainted", () => {
  const marked = focused && byId.get(focused);
  if (!marked) return;
  for (const index of touched(marked.spans)) {
    paragraphAt(index).element.querySelectorAll(`mark[data-keys~="${marked.key}"]`).forEach((one) => one.classList.add("is-focused"));
  }
});

/** What is marked of a statement as the API answers it. */
export function markFrom(statement) {
  const who = statement.speaker?.label ?? page.labels.voice[statement.voice];
  const spans = statement.evidence
    .filter((piece) => piece.excerpt.version === page.version)
    .map((piece) => [piece.excerpt.start, piece.excerpt.end, piece.role]);
  if (!statement.live || !spans.length) return unmark(statement.id);
  mark({ id: statement.id, stance: statement.stance, description: describe(who, statement.stance, statement.claim.text), spans });
}
