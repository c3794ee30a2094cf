// What may be chosen: parties, claims, questions, earlier statements, each from the API and best first.

import { get } from "./api.js";
import { page } from "./page.js";

const inCase = (path) => `cases/${page.case}/${path}/`;

/** Guesses on selected words. @param {import("./page.js").Span} words */
export const hintsOn = ({ start, end, version = page.version }) => get(`documents/${page.document}/hints/`, { version, start, end });

const NAMING = { named: "", pseudonym: "pseudonym", unnamed: "unnamed" };

/** @param {any} party */
const partyOption = (party) => ({
  label: party.label,
  note: [party.disambiguation, NAMING[party.naming]].filter(Boolean).join(" · "),
  value: { party: { id: party.id, label: party.label } },
});

/** @param {string} words @param {any[]} offered parties to begin with, while nothing is typed */
export async function parties(words, offered) {
  if (!words.trim() && offered.length) return offered.map(partyOption);
  const { results } = await get(inCase("similar-parties"), { words, limit: 8 });
  return results.map(partyOption);
}

/** @param {string} words @param {any[]} offered claims to begin with @param {boolean} withDenial */
export async function claims(words, offered, withDenial) {
  const found = !words.trim() && offered.length ? offered : (await get(inCase("similar-claims"), { words, limit: 8 })).results;
  return found.map((claim) => {
    const value = { claim: { id: claim.id, text: claim.text, question: claim.question } };
    return {
      label: claim.text,
      note: claim.question ?? "",
      badge: claim.contested ? "contested" : "",
      value,
      acts: withDenial ? [{ label: "denies", value: { ...value, stance: "denies" } }] : [],
    };
  });
}

/** @param {string} words */
export async function questions(words) {
  const { results } = await get("questions/", { case: page.case, q: words.trim() || undefined, limit: 8 });
  return results.map((question) => ({ label: question.text, value: { id: question.id, text: question.text } }));
}

/** Live statements of one speaker in the case. @param {string | undefined} speaker @param {string} words */
export async function earlier(speaker, words) {
  if (!speaker) return [];
  const { results } = await get("statements/", { case: page.case, speaker, q: words.trim() || undefined, limit: 12 });
  return results.map((one) => ({ label: `${page.labels.stance[one.stance]}: ${one.claim.text}`, note: one.evidence[0].excerpt.exact.slice(0, 80), value: { id: one.id, label: one.claim.text } }));
}
