// The form beside the selected words, in which a statement is written and saved.

import { Away, Refused, get, newKey, patch, post } from "./api.js";
import { drawChain } from "./chain.js";
import { Chooser } from "./chooser.js";
import { PLAIN, areShown, blank, differences, exactOf, fromStatement, guessQuantity, isAsAsked, missing, toBody } from "./composing.js";
import { allDrafts, dropDraft, keepDraft, keepHabits, lastHabits } from "./drafts.js";
import * as finding from "./finding.js";
import { column, hear, make, margin, notify, page, tell } from "./page.js";
import { rangeOf, wordsAt } from "./offsets.js";
import { bringIntoView, clearSelection, paint, select } from "./selection.js";

const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById("composer-template"));
const RETRY = 5_000; // milliseconds until a lost request is sent again

/** @type {Composer | null} */
let current = null;
export const composing = () => current;

/** Begin a statement on words. @param {import("./page.js").Span} words @param {{widened?: boolean, focus?: boolean, like?: any}} [options] */
export function composeNew(words, { widened = false, focus = true, like = {} } = {}) {
  open({ ...blank(newKey(), words), ...like }, { widened, focus });
}

/** Change a statement that there is. @param {any} statement */
export const composeChange = (statement) => open(fromStatement(statement, newKey()), {});

/** Go on with a draft. @param {string} key */
export function resume(key, { focus = true } = {}) {
  const state = allDrafts()[key];
  if (state) open(state, { focus });
}

function open(state, options) {
  if (!template) return;
  current?.leave();
  current = new Composer(state, options);
}

class Composer {
  constructor(state, { widened = false, focus = true }) {
    this.state = state;
    this.hints = { parties: [], claims: [] };
    this.form = /** @type {HTMLFormElement} */ (/** @type {HTMLElement} */ (template.content.cloneNode(true)).firstElementChild);
    this.isSaving = this.isClosed = false;
    this.retry = 0;
    this.addChoosers();
    this.fill();
    this.form.querySelector(".composer-snap").toggleAttribute("hidden", !widened);
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
    this.form.addEventListener("input", (event) => this.read(event.target));
    this.form.addEventListener("change", (event) => this.read(event.target));
    this.form.addEventListener("keydown", (event) => this.key(event));
    this.form.querySelector(".composer-close").addEventListener("click", () => this.leave());
    this.form.querySelector(".discard").addEventListener("click", () => this.discard());
    margin.append(this.form);
    paint("selected", []);
    this.paint();
    this.hinting = this.ask();
    tell("composer", { state });
    if (areShown(state.words)) bringIntoView(rangeOf(state.words.start, state.words.end));
    if (focus) (state.voice ? (state.claim ? this.form.querySelector(".save") : this.claim.input) : this.who.input).focus({ preventScroll: true });
    if (state.sending) this.send();
  }

  // --- what is asked and offered ---

  addChoosers() {
    const root = (name) => /** @type {HTMLElement} */ (this.form.querySelector(`[data-chooser="${name}"]`));
    this.who = new Chooser(root("who"), {
      id: "who", placeholder: "type a name", search: (words) => this.offerSpeakers(words), choose: (value) => this.setSpeaker(value),
    });
    this.claim = new Chooser(root("claim"), {
      id: "claim", placeholder: "type words of it", search: (words) => this.offerClaims(words), choose: (value, how) => this.setClaim(value, how),
    });
    this.question = new Chooser(root("question"), {
      id: "question", placeholder: "type to find or to ask a new one",
      search: async (words) => [...(await finding.questions(words)), ...newOption(words, "New question", (text) => ({ text, new: true }))],
      choose: (value) => { this.state.claim.new.question = value; this.showQuestion(); this.change(); this.toSave(); },
    });
    this.relay = new Chooser(root("relay"), {
      id: "relay", placeholder: "add who passed it on", search: (words) => this.offerRelays(words),
      choose: (value) => { this.state.relays.push({ party: value.party ?? null, is_gap: Boolean(value.is_gap), cue: "", attitude: "neutral" }); this.showChain(); this.change(); this.relay.input.focus(); },
    });
    this.earlier = new Chooser(root("earlier"), {
      id: "earlier", placeholder: "type words of it", search: (words) => finding.earlier(this.state.speaker?.id, words),
      choose: (value) => { this.state.supersedes = value; this.showEarlier(); this.change(); this.toSave(); },
    });
  }

  /** Ask what may be meant by the words. */
  async ask() {
    try {
      const hints = await finding.hintsOn(this.state.words);
      this.hints = hints;
      if (!this.state.id && !this.state.touched) {
        this.state.manner = hints.manner;
        this.state.cue = hints.cue?.exact ?? "";
        this.state.guessedCue = hints.cue;
        this.fillPlain();
      }
    } catch {
      // They are only hints.
    }
  }

  async offerSpeakers(words) {
    if (!words.trim()) await this.hinting; // a list that changed once more would be chosen from wrongly
    const last = lastHabits().speaker;
    const offered = [...(last ? [last] : []), ...this.hints.parties.filter((party) => party.id !== last?.id)];
    const found = await finding.parties(words, offered);
    const wanted = words.trim().toLowerCase();
    const voices = [
      { label: "The author", note: "of the document", value: { voice: "author" } },
      { label: "Undisclosed", note: "“reportedly”", value: { voice: "undisclosed" } },
    ].filter((option) => !wanted || `${option.label} ${option.note}`.toLowerCase().includes(wanted));
    const isKnown = found.some((option) => option.label.toLowerCase() === wanted);
    const isNew = newOption(words, "New party", (label) => ({ voice: "party", party: { label, new: { label, naming: "named", kind: "unknown", disambiguation: "" } } }));
    return isKnown || found.length ? [...found.map(asParty), ...voices, ...isNew] : [...voices, ...isNew];
  }

  async offerRelays(words) {
    if (!words.trim()) await this.hinting;
    const found = await finding.parties(words, this.hints.parties);
    const taken = new Set([this.state.speaker?.id, ...this.state.relays.map((relay) => relay.party?.id)].filter(Boolean));
    return [
      ...found.filter((option) => !taken.has(option.value.party.id)),
      { label: "A gap", note: "someone undisclosed", value: { is_gap: true } },
      ...newOption(words, "New party", (label) => ({ party: { label, new: { label, naming: "named", kind: "unknown" } } })),
      ...newOption(words, "New unnamed party", (label) => ({ party: { label, new: { label, naming: "unnamed", kind: "unknown" } } })),
    ];
  }

  async offerClaims(words) {
    if (!words.trim()) await this.hinting;
    const found = await finding.claims(words, this.hints.claims, true);
    const typed = words.trim() || asClaim(exactOf(this.state.words));
    return [...found, { label: `New claim “${typed}”`, isNew: true, value: { fresh: typed } }];
  }

  // --- what was chosen ---

  setSpeaker(value) {
    this.state.voice = value.voice;
    this.state.speaker = value.party ?? null;
    const last = lastHabits();
    if (value.party?.id && value.party.id === last.speaker?.id && !this.state.relays.length && !this.state.id) {
      this.state.relays = structuredClone(last.relays ?? []); // what one speaker says mostly comes the same way
      this.showChain();
    }
    this.showSpeaker();
    this.change();
    const next = value.party?.new ? this.form.querySelector('.new-party [name="naming"]') : this.state.claim ? this.form.querySelector(".save") : this.claim.input;
    /** @type {HTMLElement} */ (next).focus();
  }

  setClaim(value, { isShifted }) {
    if (value.fresh !== undefined) {
      const text = value.fresh;
      this.state.claim = { text, new: { text, mode: "fact", question: null, quantity_low: "", quantity_high: "", quantity_approximate: false, unit: "", occurred_note: "", place: "", ...guessQuantity(text) } };
    } else this.state.claim = value.claim;
    if (value.stance || isShifted) this.setStance(value.stance ?? "denies");
    this.showClaim();
    this.change();
    const next = this.state.claim.new ? this.form.querySelector('.new-claim [name="text"]') : this.form.querySelector(".save");
    /** @type {HTMLElement} */ (next).focus();
  }

  setStance(stance) {
    this.state.stance = stance;
    /** @type {HTMLInputElement} */ (this.form.querySelector(`[name=stance][value="${stance}"]`)).checked = true;
  }

  /** Use further words. @param {string} role @param {import("./page.js").Span} words */
  addPiece(role, words) {
    if (role === "words") this.state.words = words;
    else {
      if (this.state.evidence.some((piece) => piece.role === role && areShown(piece) && piece.start === words.start && piece.end === words.end)) return;
      this.state.evidence.push({ role, ...words });
      this.state.hasNewEvidence = true;
      if (role === "cue") {
        this.state.cue = wordsAt(words.start, words.end);
        this.fillPlain();
      }
    }
    this.showWords();
    this.change();
  }

  // --- what is shown ---

  fill() {
    const { state } = this;
    this.form.querySelector("h2").textContent = state.id ? "Change the statement" : state.utterance || state.also ? "Also said by" : "New statement";
    this.setStance(state.stance);
    this.fillPlain();
    this.showWords();
    this.showSpeaker();
    this.showClaim();
    this.showChain();
    this.showEarlier();
  }

  fillPlain() {
    for (const name of Object.keys(PLAIN)) this.form.elements.namedItem(name).value = this.state[name];
    this.form.elements.namedItem("said_at").value = (this.state.said_at ?? "").slice(0, 16);
  }

  showWords() {
    this.form.querySelector(".composer-words").textContent = exactOf(this.state.words);
    const pieces = this.state.evidence;
    /** @type {HTMLElement} */ (this.form.querySelector(".further")).hidden = !pieces.length;
    this.form.querySelector(".pieces").replaceChildren(...pieces.map((piece) => make("li", {},
      make("span", { class: "piece-role" }, page.labels.role[piece.role]), " ", make("bdi", {}, exactOf(piece)), " ",
      make("button", { type: "button", class: "plain", "aria-label": `Leave out ${page.labels.role[piece.role]}`, onclick: () => { pieces.splice(pieces.indexOf(piece), 1); this.state.hasNewEvidence = true; this.showWords(); this.change(); } }, "Remove"))));
    this.paint();
    tell("layout");
  }

  showSpeaker() {
    const { voice, speaker } = this.state;
    const isNew = Boolean(speaker?.new);
    const fields = this.form.querySelector('[data-new="who"]');
    fields.toggleAttribute("hidden", !isNew);
    if (isNew) fill(fields, speaker.new);
    this.who.settle(voice ? [make("bdi", { class: "chosen-label" }, voice === "party" ? speaker.label || "new party" : page.labels.voice[voice])] : null, () => {
      this.state.voice = this.state.speaker = null;
      this.showSpeaker();
      this.who.input.focus();
    });
    tell("layout");
  }

  showClaim() {
    const { claim } = this.state;
    const isNew = Boolean(claim?.new);
    const fields = this.form.querySelector('[data-new="claim"]');
    fields.toggleAttribute("hidden", !isNew);
    if (isNew) {
      fill(fields, claim.new);
      if (claim.new.quantity_low || claim.new.quantity_high) /** @type {HTMLDetailsElement} */ (fields.querySelector(".numbered")).open = true;
      this.showQuestion();
    }
    this.claim.settle(claim ? [make("bdi", { class: "chosen-label" }, isNew ? "A new claim" : claim.text)] : null, () => {
      this.state.claim = null;
      this.showClaim();
      this.claim.input.focus();
    });
    tell("layout");
  }

  showQuestion() {
    const { question } = this.state.claim.new;
    this.question.settle(question ? [make("bdi", { class: "chosen-label" }, question.text)] : null, () => {
      this.state.claim.new.question = null;
      this.showQuestion();
      this.question.input.focus();
    });
  }

  showEarlier() {
    const { supersedes } = this.state;
    this.earlier.settle(supersedes ? [make("bdi", { class: "chosen-label" }, supersedes.label)] : null, () => {
      this.state.supersedes = null;
      this.showEarlier();
      this.change();
    });
  }

  showChain() {
    drawChain(this.form.querySelector(".chain"), this.state.relays, () => this.change());
    tell("layout");
  }

  paint() {
    paint("composing", [this.state.words].filter(areShown));
    paint("composing-further", this.state.evidence.filter(areShown));
  }

  // --- what is typed ---

  /** Take a plain field over into the state. @param {EventTarget | null} field */
  read(field) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) || !field.name) return;
    const value = field instanceof HTMLInputElement && field.type === "checkbox" ? field.checked : field.value;
    const inNew = /** @type {HTMLElement | null} */ (field.closest("[data-new]"));
    if (inNew?.dataset.new === "who") {
      this.state.speaker.new[field.name] = value;
      if (field.name === "label") this.state.speaker.label = String(value);
    } else if (inNew?.dataset.new === "claim") {
      this.state.claim.new[field.name] = value;
      if (field.name === "text") this.state.claim.text = String(value);
    } else if (field.name === "said_at") this.state.said_at = value ? `${value}:00Z` : null;
    else this.state[field.name] = value;
    this.change();
  }

  change() {
    if (this.isClosed) return; // a field that loses the focus with its form tells so once more
    this.state.touched = true;
    this.state.sending = null; // another body is another act
    this.fault("");
    keepDraft({ ...this.state, open: true });
    tell("layout");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.save();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.leave();
    } else if (event.key === "Enter" && event.target instanceof HTMLInputElement) event.preventDefault();
  }

  // --- leaving and saving ---

  toSave() {
    /** @type {HTMLElement} */ (this.form.querySelector(".save")).focus();
  }

  close() {
    clearTimeout(this.retry);
    this.isClosed = true;
    this.form.remove();
    current = null;
    paint("composing", []);
    paint("composing-further", []);
    clearSelection();
    tell("composer", { state: null });
  }

  /** Go back to the text; what is written stays as a draft. */
  leave() {
    const { words, touched } = this.state;
    if (touched) keepDraft({ ...this.state, open: false });
    this.close();
    column.focus({ preventScroll: true });
    if (areShown(words)) select(words, { how: "left" });
    if (touched) notify("Kept as a draft.");
  }

  discard() {
    this.close();
    dropDraft(this.state.key);
    column.focus({ preventScroll: true });
  }

  fault(words) {
    this.form.querySelector(".composer-fault").textContent = words;
  }

  save() {
    if (this.isSaving) return;
    const lacking = missing(this.state);
    if (lacking) return this.fault(lacking);
    if (this.state.guessedCue && this.state.cue === this.state.guessedCue.exact && !this.state.evidence.some((piece) => piece.role === "cue")) {
      this.state.evidence.push({ role: "cue", start: this.state.guessedCue.start, end: this.state.guessedCue.end });
    }
    // The body is kept with its key until it is answered: sent twice, it is done once.
    this.state.sending ??= { key: newKey(), body: toBody(this.state), times: 0 };
    this.send();
  }

  async send() {
    const { state } = this;
    clearTimeout(this.retry);
    this.isSaving = true;
    this.form.classList.add("is-saving");
    state.sending.times = (state.sending.times ?? 1) + 1;
    keepDraft({ ...state, open: true });
    const { body, key, times } = state.sending;
    try {
      this.finish(state.id ? await patch(`statements/${state.id}/`, body, state.revision) : await post("statements/", body, key));
    } catch (problem) {
      await this.explain(problem, times > 1 && body);
    } finally {
      this.isSaving = false;
      this.form.classList.remove("is-saving");
    }
  }

  finish(saved) {
    const { state } = this;
    keepHabits({ speaker: saved.speaker, relays: saved.relays.map(({ party, is_gap, cue, attitude }) => ({ party, is_gap, cue, attitude })) });
    const isOpen = current === this;
    if (isOpen) this.close();
    dropDraft(state.key);
    tell("saved", { statement: saved, isNew: !state.id, isOpen, isOther: saved.revision !== state.revision });
  }

  /** @param {unknown} problem @param {any} again  the body of a request that was sent before, and may have arrived then */
  async explain(problem, again) {
    let now = null;
    if (problem instanceof Refused && problem.status === 412) {
      now = await get(`statements/${this.state.id}/`).catch((lost) => { problem = lost; });
      if (now && again && isAsAsked(now, again)) return this.finish(now);
    }
    if (problem instanceof Away) {
      this.fault("Not saved yet: the network is away. It is kept here and sent again by itself.");
      this.retry = window.setTimeout(() => this.state.sending && current === this && this.send(), RETRY);
      return;
    }
    this.state.sending = null;
    keepDraft({ ...this.state, open: true });
    if (now) return this.showStale(now);
    if (problem instanceof Refused && problem.status === 404 && this.state.id) return this.fault("Somebody has deleted this statement meanwhile. What you wrote is kept as a draft.");
    this.fault(problem instanceof Refused ? problem.lines.join(" · ") : String(problem));
    if (!(problem instanceof Refused)) throw problem;
  }

  /** Somebody was faster: show what they changed, and keep what was typed. @param {any} now */
  showStale(now) {
    const box = /** @type {HTMLElement} */ (this.form.querySelector(".composer-stale"));
    const changed = differences(this.state.base, now);
    box.replaceChildren(
      make("p", {}, "Somebody changed this statement meanwhile. What you typed is still here."),
      make("dl", {}, ...changed.map(({ name, was, is }) => make("div", {}, make("dt", {}, name), make("dd", {}, make("del", {}, was || "–"), " ", make("ins", {}, is || "–"))))),
      make("button", { type: "button", class: "save", onclick: () => { box.hidden = true; this.state.base = now; this.state.revision = now.revision; this.save(); } }, "Save mine all the same"), " ",
      make("button", { type: "button", class: "plain", onclick: () => composeAgain(now, this.state.key) }, "Take theirs"),
    );
    box.hidden = false;
    tell("layout");
    this.form.scrollTop = 0;
    /** @type {HTMLElement} */ (box.querySelector("button")).focus({ preventScroll: true });
  }
}

function composeAgain(statement, key) {
  current.close();
  dropDraft(key);
  current = new Composer(fromStatement(statement, key), {});
}

const asParty = (option) => ({ ...option, value: { voice: "party", ...option.value } });

const newOption = (words, what, value) => (words.trim() ? [{ label: `${what} “${words.trim()}”`, isNew: true, value: value(words.trim()) }] : []);

/** Words of a text as a first wording of a claim: a capital, a full stop, no quotation marks around them. @param {string} words */
function asClaim(words) {
  const plain = words.replace(/\s+/g, " ").replace(/^[“”"„«»\s]+|[“”"„«»\s.,;:]+$/g, "");
  return plain ? `${plain[0].toLocaleUpperCase()}${plain.slice(1)}.` : "";
}

/** @param {Element} fields @param {Record<string, any>} values */
function fill(fields, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = /** @type {HTMLInputElement | null} */ (fields.querySelector(`[name="${name}"]`));
    if (!field) continue;
    if (field.type === "checkbox") field.checked = Boolean(value);
    else field.value = String(value ?? "");
  }
}

// The network is back: what waits is sent at once.
addEventListener("online", () => current?.state.sending && !current.isSaving && current.send());
hear("repainted", () => current?.paint());
