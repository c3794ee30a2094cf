// Cards in the margin, aligned with their words; there are only those of what is in sight.

import { Refused, get, patch, put, undoAct } from "./api.js";
import { composeChange, composeNew, composing, resume } from "./composer.js";
import { PLAIN, areShown, differences, exactOf, fromStatement, quoted } from "./composing.js";
import { allDrafts, dropDraft } from "./drafts.js";
import { findMarked, focusStatement, focusedStatement, markFrom, markOf, statementsIn } from "./highlights.js";
import { column, hear, isNarrow, make, margin, notify, page, tell } from "./page.js";
import { countParagraphs, paragraphAt, rangeOf } from "./offsets.js";
import { openRelation } from "./relation.js";

const template = /** @type {HTMLTemplateElement} */ (document.getElementById("card-template"));
const GAP = 8; // pixels between two cards
const BEYOND = 0.6; // heights of the window, above and below it, for which there are cards

/** @type {Map<string, any>} statements as the API answered them */
const known = new Map();
/** @type {Map<string, HTMLElement>} */
const cards = new Map();
/** @type {{id: string, revision: number}[]} what was done on this page, and what revision it made; the last one last */
const done = [];

export const knownStatement = (id) => known.get(id);
export const cardOf = (id) => cards.get(id);

/** Take over statements as they are now. @param {any[]} statements */
export function learn(statements) {
  for (const statement of statements) {
    const before = known.get(statement.id);
    known.set(statement.id, statement);
    markFrom(statement);
    if (before && JSON.stringify(before) !== JSON.stringify(statement)) redraw(statement.id);
  }
  schedule();
}

/** @param {string} id */
export function unlearn(id) {
  known.delete(id);
  cards.get(id)?.remove();
  cards.delete(id);
  tell("removed", { id });
  schedule();
}

// --- one card ------------------------------------------------------------------------------------------------------

/** @param {string} id */
function draw(id) {
  const statement = known.get(id);
  const card = /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (template.content.cloneNode(true)).firstElementChild);
  card.dataset.id = id;
  card.classList.add(`is-${statement.stance}`);
  const say = (name, words) => { card.querySelector(name).textContent = words; };
  say(".card-speaker", statement.speaker?.label ?? page.labels.voice[statement.voice]);
  say(".card-stance", page.labels.stance[statement.stance]);
  say(".card-claim", statement.claim.text);
  card.querySelector(".card-claim").setAttribute("dir", "auto");
  const chain = card.querySelector(".card-chain");
  if (statement.relays.length) {
    chain.append("through ");
    statement.relays.forEach((relay, index) => {
      if (index) chain.append(", then ");
      chain.append(relay.is_gap ? "someone undisclosed" : make("bdi", {}, relay.party.label));
      if (relay.attitude !== "neutral") chain.append(` (${page.labels.attitude[relay.attitude]})`);
    });
  } else chain.remove();
  const badges = card.querySelector(".card-badges");
  if (statement.review !== "accepted") badges.append(make("span", { class: `badge review-${statement.review}` }, page.labels.review[statement.review]), " ");
  if (statement.claim.contested) badges.append(make("span", { class: "badge is-contested" }, "contested"), " ");
  if (statement.framing !== "neutral") badges.append(make("span", { class: "badge" }, `author: ${page.labels.framing[statement.framing]}`), " ");
  if (!badges.children.length) badges.remove();
  const head = card.querySelector("button");
  head.addEventListener("click", () => (focusedStatement() === id && card.classList.contains("is-open") ? focusStatement(null) : focusStatement(id, { scroll: isNarrow() })));
  if (focusedStatement() === id) openCard(card, statement);
  return card;
}

/** @param {HTMLElement} card @param {any} statement */
function openCard(card, statement) {
  card.classList.add("is-open");
  card.querySelector("button").setAttribute("aria-expanded", "true");
  const body = /** @type {HTMLElement} */ (card.querySelector(".card-body"));
  body.hidden = false;
  body.querySelector(".card-words").replaceChildren(...statement.evidence.map((piece) => make("div", {},
    make("dt", {}, page.labels.role[piece.role]), make("dd", {}, make("q", { dir: "auto" }, piece.excerpt.exact), piece.excerpt.version === page.version ? "" : make("span", { class: "quiet" }, ` (version ${piece.excerpt.version})`)))));
  const hasCue = statement.evidence.some((piece) => piece.role === "cue");
  const facts = Object.keys(PLAIN)
    .filter((name) => statement[name] && statement[name] !== PLAIN[name] && !(name === "cue" && hasCue))
    .map((name) => (name === "cue" ? `“${statement.cue}”` : (page.labels[name]?.[statement[name]] ?? statement[name])));
  body.querySelector(".card-facts").textContent = facts.join(" · ");
  body.querySelector(".card-acts").replaceChildren(...actsOn(statement));
  showConflicts(body.querySelector(".card-conflicts"), statement);
}

/** @param {any} statement */
function actsOn(statement) {
  const dossier = make("a", { class: "dossier", href: `${page.admin}dossier/${statement.claim.id}/` }, "Dossier of the claim");
  if (!page.canAnnotate) return [dossier];
  const act = (label, key, run) => make("button", { type: "button", class: "plain", title: key, onclick: run }, label);
  return [
    act("Edit", "e", () => editStatement(statement.id)),
    act("Also said by …", "a", () => alsoSaidBy(statement.id)),
    act("Contradicts …", "r", () => openRelation(statement)),
    ...(page.mayJudge && statement.review !== "accepted" ? [act("Accept", "", () => review(statement.id, "accepted"))] : []),
    act("Withdraw", "x", () => withdraw(statement.id)),
    dossier,
  ];
}

/** Conflicts that follow already, each with the statement on the other side. */
async function showConflicts(box, statement) {
  box.replaceChildren();
  if (!statement.claim.contested) return;
  let found;
  try {
    found = (await get(`claims/${statement.claim.id}/conflicts/`, { limit: 50 })).results;
  } catch {
    return;
  }
  const mine = found.filter((one) => one.left.id === statement.id || one.right.id === statement.id);
  if (!mine.length) return;
  box.replaceChildren(make("h3", {}, mine.length === 1 ? "In conflict with" : `In conflict with ${mine.length} statements`), make("ul", {}, ...mine.slice(0, 8).map((conflict) => {
    const other = conflict.left.id === statement.id ? conflict.right : conflict.left;
    const who = other.speaker?.label ?? page.labels.voice[other.voice];
    const words = [make("bdi", {}, who), ` ${page.labels.stance[other.stance]}: `, make("bdi", {}, other.claim.text)];
    return make("li", {}, findMarked(other.id) ? make("button", { type: "button", class: "plain", onclick: () => focusStatement(other.id, { scroll: true }) }, ...words) : make("span", {}, ...words),
      " ", make("span", { class: "badge" }, conflict.basis === "denial" ? "denial" : conflict.strength));
  })));
  schedule();
}

/** @param {string} id */
function redraw(id) {
  const old = cards.get(id);
  if (!old) return;
  const hadFocus = old.contains(document.activeElement);
  const card = draw(id);
  old.replaceWith(card);
  cards.set(id, card);
  if (hadFocus) card.querySelector("button").focus({ preventScroll: true });
}

// --- acts ----------------------------------------------------------------------------------------------------------

/** The statement as it is now; from the API where it is not known here. @param {string} id */
async function fresh(id) {
  if (!known.has(id)) learn([await get(`statements/${id}/`)]);
  return known.get(id);
}

/** Do something to a statement; where somebody was faster, show what they changed and do nothing. */
async function change(id, run, words) {
  try {
    const before = await fresh(id);
    const after = await run(before);
    if (after.revision !== before.revision) done.push({ id, revision: after.revision });
    if (after.live) learn([after]);
    else unlearnAndUnmark(after);
    notify(words, { label: "Undo", act: undo });
    tell("changed");
  } catch (problem) {
    if (problem instanceof Refused && problem.status === 412) {
      const before = known.get(id);
      const now = await get(`statements/${id}/`);
      learn([now]);
      notify(`Somebody was faster and changed ${differences(before, now).map((one) => one.name).join(", ") || "it"}. Look, and do it again if it still holds.`);
    } else notify(problem instanceof Refused ? problem.lines.join(" · ") : "The network is away; nothing was changed.");
  }
}

function unlearnAndUnmark(statement) {
  markFrom(statement);
  unlearn(statement.id);
  if (focusedStatement() === statement.id) focusStatement(null);
}

export const editStatement = async (id) => composeChange(await fresh(id));
export const withdraw = (id) => change(id, (one) => put(`statements/${id}/withdrawal/`, {}, one.revision), "Withdrawn.");
const review = (id, to) => change(id, (one) => put(`statements/${id}/review/`, { review: to }, one.revision), "Accepted.");

/** Add words to a statement. @param {string} id @param {string} role @param {import("./page.js").Span} words */
export function addEvidence(id, role, words) {
  return change(id, (one) => {
    const [, ...further] = one.evidence;
    const pieces = further.map((piece) => ({ role: piece.role, ...quoted(piece.excerpt) }));
    return patch(`statements/${id}/`, { evidence: [...pieces, { role, ...quoted(words) }] }, one.revision);
  }, `Added as ${page.labels.role[role]}.`);
}

/** Record that somebody else said it in the same breath: two statements, one act of speech. @param {string} id */
export async function alsoSaidBy(id) {
  let statement = await fresh(id);
  if (!statement.utterance) {
    try {
      statement = await patch(`statements/${id}/`, { utterance: { note: statement.evidence[0].excerpt.exact.slice(0, 200) } }, statement.revision);
      learn([statement]);
    } catch (problem) {
      return notify(problem instanceof Refused ? problem.lines.join(" · ") : "The network is away; nothing was changed.");
    }
  }
  const { key, id: _, revision, base, voice, speaker, words, ...like } = fromStatement(statement, "");
  composeNew(words, { like: { ...like, touched: true, supersedes: null } });
}

/** Take back what was done last on this page. */
export async function undo() {
  const last = done.pop();
  if (!last) return notify("Nothing was done on this page that could be taken back.");
  try {
    await undoAct(last.id, last.revision);
    const now = await get(`statements/${last.id}/`).catch((problem) => {
      if (problem instanceof Refused && problem.status === 404) return null;
      throw problem;
    });
    if (now) learn([now]);
    else {
      const gone = known.get(last.id);
      if (gone) unlearnAndUnmark({ ...gone, live: false });
    }
    notify("Taken back.");
    tell("changed");
  } catch (problem) {
    done.push(last);
    notify(problem instanceof Refused ? problem.lines.join(" · ") : "The network is away; nothing was taken back.");
  }
}

hear("saved", ({ statement, isNew, isOpen, isOther }) => {
  if (isOther) done.push({ id: statement.id, revision: statement.revision });
  learn([statement]);
  if (isOpen) focusStatement(statement.id, { scroll: true, take: true });
  if (isOther) notify(isNew ? "Recorded." : "Changed.", { label: "Undo", act: undo });
  else notify("It was like that already.");
  tell("changed");
});

// --- where they stand ----------------------------------------------------------------------------------------------

/** @type {Set<number>} paragraphs in sight, or nearly */
const inSight = new Set();
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const index = Number(/** @type {HTMLElement} */ (entry.target).dataset.index);
    if (entry.isIntersecting) inSight.add(index);
    else inSight.delete(index);
  }
  schedule();
  tell("sight", {});
}, { rootMargin: `${BEYOND * 100}% 0px` });
for (let index = 0; index < countParagraphs(); index += 1) {
  const { element } = paragraphAt(index);
  element.dataset.index = String(index);
  watcher.observe(element);
}

/** The span of text in sight, or nearly; null before anything is. */
export function spanInSight() {
  if (!inSight.size) return null;
  const indexes = [...inSight];
  return { start: paragraphAt(Math.min(...indexes)).start, end: paragraphAt(Math.max(...indexes)).end };
}

let scheduled = 0;
export function schedule() {
  if (!scheduled) scheduled = requestAnimationFrame(() => { scheduled = 0; layOut(); });
}

/** Whether words lie near enough to the window to have their card. */
function isNear(top) {
  return top > -BEYOND * innerHeight && top < (1 + BEYOND) * innerHeight;
}

function layOut() {
  const origin = margin.getBoundingClientRect().top;
  const focused = focusedStatement();
  /** @type {{element: HTMLElement, top: number, isPivot: boolean}[]} */
  const placed = [];
  const wanted = new Set();
  for (const marked of statementsIn([...inSight].sort((a, b) => a - b))) {
    if (!known.has(marked.id)) continue;
    const element = markOf(marked.id);
    if (!element) continue;
    const { top } = element.getClientRects()[0] ?? element.getBoundingClientRect();
    if (!isNear(top) && marked.id !== focused) continue;
    wanted.add(marked.id);
    if (!cards.has(marked.id)) cards.set(marked.id, draw(marked.id));
    placed.push({ element: cards.get(marked.id), top: top - origin, isPivot: marked.id === focused });
  }
  for (const [id, card] of cards) {
    if (!wanted.has(id) && !card.contains(document.activeElement)) {
      card.remove();
      cards.delete(id);
    }
  }
  for (const draft of drawDrafts()) placed.push(draft);
  const form = composing()?.form;
  if (form) {
    // Beside its words as far as that keeps all of it in the window.
    form.style.maxBlockSize = isNarrow() ? "" : `${innerHeight - Math.max(origin, 0) - 2 * GAP}px`;
    const lowest = innerHeight - form.offsetHeight - GAP;
    const top = Math.max(GAP, Math.min(rangeTop(composing().state.words), lowest));
    placed.push({ element: form, top: top - origin, isPivot: true });
  }
  placed.sort((a, b) => a.top - b.top);
  const elements = placed.map((one) => one.element);
  // In the order of the text, for whoever goes through them by key.
  elements.forEach((element, index) => {
    const before = index ? elements[index - 1] : document.getElementById("margin-hint");
    if (before.nextElementSibling !== element && !element.contains(document.activeElement)) before.after(element);
  });
  document.getElementById("margin-hint").hidden = placed.length > 0 && !isNarrow();
  if (isNarrow()) {
    for (const element of elements) element.removeAttribute("style");
    return;
  }
  spread(placed, form);
}

/** Where words begin on the screen; those of another text are told of at the beginning of this one. */
const rangeTop = (words) => (areShown(words) ? (rangeOf(words.start, words.end).getClientRects()[0]?.top ?? 0) : column.getBoundingClientRect().top);

/** Keep every card beside its words as far as there is room: what is spoken of exactly, the others above and below it. */
function spread(placed, form) {
  if (!placed.length) return;
  const heights = placed.map((one) => one.element.offsetHeight);
  let pivot = placed.findIndex((one) => form ? one.element === form : one.isPivot);
  const origin = margin.getBoundingClientRect().top;
  if (pivot === -1) pivot = Math.max(0, placed.findIndex((one) => one.top + origin > 110));
  const tops = placed.map((one) => one.top);
  tops[pivot] = Math.max(0, tops[pivot]);
  for (let i = pivot + 1; i < placed.length; i += 1) tops[i] = Math.max(tops[i], tops[i - 1] + heights[i - 1] + GAP);
  for (let i = pivot - 1; i >= 0; i -= 1) tops[i] = Math.min(tops[i], tops[i + 1] - heights[i] - GAP);
  // Where there is no room above, the first cards give way altogether: what is spoken of stays beside its words.
  placed.forEach((one, i) => {
    one.element.style.top = `${tops[i]}px`;
    one.element.style.visibility = tops[i] < -GAP && i !== pivot ? "hidden" : "";
  });
  const last = placed.length - 1;
  margin.style.minHeight = `${tops[last] + heights[last] + 24}px`;
}

// --- drafts --------------------------------------------------------------------------------------------------------

/** @type {Map<string, HTMLElement>} */
const draftCards = new Map();

function drawDrafts() {
  const drafts = allDrafts();
  const open = composing()?.state.key;
  for (const [key, card] of draftCards) {
    if (!drafts[key] || key === open) {
      card.remove();
      draftCards.delete(key);
    }
  }
  const origin = margin.getBoundingClientRect().top;
  const found = [];
  for (const [key, state] of Object.entries(drafts)) {
    if (key === open || !state.touched || !state.words) continue;
    const top = rangeTop(state.words);
    if (!isNear(top)) continue;
    if (!draftCards.has(key)) {
      draftCards.set(key, make("article", { class: "card draft-card" },
        make("p", {}, make("span", { class: "badge" }, "draft here"), " ", make("q", { dir: "auto" }, exactOf(state.words).slice(0, 90))),
        make("div", { class: "card-acts" },
          make("button", { type: "button", class: "plain", onclick: () => resume(key) }, "Go on"), " ",
          make("button", { type: "button", class: "plain", onclick: () => dropDraft(key) }, "Discard"))));
    }
    found.push({ element: draftCards.get(key), top: top - origin, isPivot: false });
  }
  return found;
}

// --- what makes them move ------------------------------------------------------------------------------------------

addEventListener("scroll", schedule, { passive: true });
addEventListener("resize", schedule);
new ResizeObserver(schedule).observe(column);
hear("layout", schedule);
hear("drafts", schedule);
hear("composer", schedule);
hear("repainted", schedule);
hear("focus", async ({ id }) => {
  for (const [other, card] of cards) {
    if (card.classList.contains("is-open") && other !== id) redraw(other);
  }
  if (id && !known.has(id)) {
    try {
      await fresh(id);
    } catch {
      return;
    }
  }
  const card = id && cards.get(id);
  if (card && !card.classList.contains("is-open")) openCard(card, known.get(id));
  schedule();
});

/** Take the keyboard to the card of a statement. @param {string} id */
export function goToCard(id) {
  layOut();
  cards.get(id)?.querySelector("button").focus({ preventScroll: true });
}

