// A statement being written: its state as plain values, and the request that it becomes. No DOM here.

import { page } from "./page.js";
import { wordsAt } from "./offsets.js";

/**
 * @typedef {{id?: string, label: string, new?: Record<string, string>}} PartyChoice
 * @typedef {{id?: string, text: string, new?: Record<string, any>}} ClaimChoice
 * @typedef {{party: PartyChoice | null, is_gap: boolean, cue: string, attitude: string}} RelayChoice
 * @typedef {{start: number, end: number, version?: number, exact?: string}} Words  of this text where no version is named
 * @typedef {Words & {role: string}} Piece
 */

export const PLAIN = { manner: "unclear", framing: "neutral", attribution_type: "assertion", certainty: "unstated", basis: "unstated", cue: "", said_note: "" };

/** An empty statement on these words. @param {string} key @param {Words} words */
export const blank = (key, words) => ({
  key, // under which it is kept as a draft
  sending: null, // {key, body, times} of a request that may or may not have arrived
  id: null, // of the statement that is being changed
  revision: null,
  base: null, // that statement as it was read
  words,
  voice: null,
  speaker: null,
  stance: "asserts",
  claim: null,
  relays: [],
  evidence: [],
  hasNewEvidence: false, // or has lost some, since it was read
  utterance: null,
  supersedes: null,
  said_at: null,
  touched: false,
  ...PLAIN,
});

const wordsOf = ({ excerpt: { start, end, version, exact } }) => ({ start, end, version, exact });

/** Whether words are of the text that is shown: elsewhere their offsets would be those of other words. @param {Words} words */
export const areShown = ({ version }) => version === undefined || version === page.version;

/** The words themselves: as they were read, or as they stand in this text. @param {Words} words */
export const exactOf = ({ start, end, exact }) => exact ?? wordsAt(start, end);

/** What a statement of the API is, as a state. @param {any} statement @param {string} key */
export function fromStatement(statement, key) {
  const [main, ...further] = statement.evidence;
  return {
    ...blank(key, wordsOf(main)),
    id: statement.id,
    revision: statement.revision,
    base: statement,
    voice: statement.voice,
    speaker: statement.speaker,
    stance: statement.stance,
    claim: { id: statement.claim.id, text: statement.claim.text },
    relays: statement.relays.map(({ party, is_gap, cue, attitude }) => ({ party, is_gap, cue, attitude })),
    evidence: further.map((piece) => ({ role: piece.role, ...wordsOf(piece) })),
    utterance: statement.utterance,
    supersedes: statement.supersedes && { id: statement.supersedes, label: "an earlier statement" },
    said_at: statement.said_at,
    ...Object.fromEntries(Object.keys(PLAIN).map((name) => [name, statement[name]])),
  };
}

/** What still has to be said before it can be saved, in words; empty when all is. */
export function missing(state) {
  if (!state.words) return "Select the words first.";
  if (!state.voice) return "Say who makes the statement.";
  if (!state.claim) return "Say which claim it is about.";
  if (state.speaker?.new && !state.speaker.new.label.trim()) return "The new party needs a name.";
  if (state.claim.new && !state.claim.new.text.trim()) return "The new claim needs words.";
  if (state.stance === "retracts" && !state.supersedes) return "Under “More”, name the statement that is taken back.";
  return "";
}

/** @param {PartyChoice | null} party */
const partyBody = (party) => (party?.new ? withoutEmpty(party.new) : (party?.id ?? null));

const withoutEmpty = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "" && value !== null && value !== false));

/** @param {ClaimChoice} claim */
function claimBody(claim) {
  if (!claim.new) return claim.id;
  const { question, ...rest } = claim.new;
  const body = withoutEmpty(rest);
  if (question) body.question = question.new ? { text: question.text } : question.id;
  for (const name of ["quantity_low", "quantity_high"]) if (name in body) body[name] = readNumber(body[name]);
  return body;
}

/** "2,400" and "2 400" are numbers as people write them; what is no number is left for the server to refuse. */
function readNumber(words) {
  const plain = String(words).replace(/[\s\u00a0\u202f]|,(?=\d{3}(\D|$))/g, "");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : String(words);
}

/** Words as a request names them. @param {Words} words */
export const quoted = (words) => ({ version: words.version ?? page.version, start: words.start, end: words.end, quote: exactOf(words) });

/** The body of a POST, or of a PATCH of the whole statement; further words that nobody touched stay as they are. */
export function toBody(state) {
  const body = {
    voice: state.voice,
    speaker: state.voice === "party" ? partyBody(state.speaker) : null,
    stance: state.stance,
    claim: claimBody(state.claim),
    ...quoted(state.words),
    ...Object.fromEntries(Object.keys(PLAIN).map((name) => [name, state[name]])),
    said_at: state.said_at || null,
    supersedes: state.supersedes?.id ?? null,
    utterance: state.utterance ?? null,
    relays: state.relays.map((relay) => ({ ...(relay.is_gap ? { is_gap: true } : { party: partyBody(relay.party) }), cue: relay.cue, attitude: relay.attitude })),
  };
  if (!state.id || state.hasNewEvidence !== false) body.evidence = state.evidence.map((piece) => ({ role: piece.role, ...quoted(piece) }));
  return state.id ? body : { document: page.document, ...body };
}

/**
 * Whether a statement is what a request made of it: then it was the answer that was lost, and not the request.
 * @param {any} statement @param {any} body
 */
export function isAsAsked(statement, body) {
  // What was new when it was asked for has an id by now, and is known by its words.
  const known = (asked, row) => (asked && row && typeof asked === "object" && (asked.label ?? asked.text) === (row.label ?? row.text) ? row.id : asked);
  const plain = (value) => JSON.stringify(Array.isArray(value) ? value.map((one) => JSON.stringify(one)) : value);
  const is = toBody({ ...fromStatement(statement, ""), hasNewEvidence: true });
  is.evidence = is.evidence.map(plain).sort();
  const asked = {
    ...body,
    speaker: known(body.speaker, statement.speaker),
    claim: known(body.claim, statement.claim),
    relays: body.relays.map((relay, hop) => ("party" in relay ? { ...relay, party: known(relay.party, statement.relays[hop]?.party) } : relay)),
    evidence: body.evidence?.map(plain).sort() ?? is.evidence,
  };
  return Object.keys(asked).every((name) => plain(asked[name]) === plain(is[name]));
}

/** Numbers in words: a first guess at the quantity of a claim. @param {string} words */
export function guessQuantity(words) {
  const found = /(?<before>\b(?:at least|more than|over|up to|at most|about|around|some|nearly|almost|approximately)\s+)?(?<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s*(?<unit>(?:\p{L}[\p{L}'’-]*\s?){0,2})/iu.exec(words);
  if (!found) return {};
  const { before = "", number, unit } = found.groups;
  const qualifier = before.trim().toLowerCase();
  const values = { unit: unit.trim().split(/\s+/).slice(0, 2).join(" ") };
  if (/at least|more than|over/.test(qualifier)) return { ...values, quantity_low: number };
  if (/up to|at most/.test(qualifier)) return { ...values, quantity_high: number };
  return { ...values, quantity_low: number, quantity_high: number, quantity_approximate: qualifier !== "" };
}

/** What differs between a statement as it was read and as it is now, field by field, in words for a person. */
export function differences(before, now) {
  const { labels } = page;
  const told = {
    speaker: (s) => s.speaker?.label ?? labels.voice[s.voice],
    stance: (s) => labels.stance[s.stance],
    claim: (s) => s.claim.text,
    words: (s) => s.evidence[0].excerpt.exact,
    "further words": (s) => s.evidence.slice(1).map((p) => `${p.role}: ${p.excerpt.exact}`).join(" · "),
    "through whom": (s) => s.relays.map((r) => r.party?.label ?? "a gap").join(", then "),
    review: (s) => labels.review[s.review],
    "withdrawn at": (s) => s.withdrawn_at ?? "",
    ...Object.fromEntries(Object.keys(PLAIN).map((name) => [name.replace("_", " "), (s) => labels[name]?.[s[name]] ?? s[name]])),
  };
  return Object.entries(told).map(([name, say]) => ({ name, was: say(before), is: say(now) })).filter(({ was, is }) => was !== is);
}
