// "Contradicts …": links a claim to another. Two questions that a person can answer give the strength.

import { Away, Refused, newKey, post } from "./api.js";
import { Chooser } from "./chooser.js";
import * as finding from "./finding.js";
import { make, notify, page, tell } from "./page.js";

const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("relation"));
const form = dialog?.querySelector("form");
const STRENGTHS = {
  contradictory: "Exactly one of them holds.",
  contrary: "Not both hold, and perhaps neither.",
  tension: "Both may hold; a reader must see them together.",
};

let mine = null;
let rival = null;
let key = "";

const chooser = dialog && new Chooser(dialog.querySelector('[data-chooser="rival"]'), {
  id: "rival",
  placeholder: "type words of it",
  search: async (words) => (await finding.claims(words || mine.text, [], false)).filter((option) => option.value.claim.id !== mine.id),
  choose: (value) => setRival(value.claim),
});

function setRival(claim) {
  rival = claim;
  chooser.settle(claim && [make("bdi", { class: "chosen-label" }, claim.text)], () => {
    setRival(null);
    chooser.input.focus();
  });
  if (claim) /** @type {HTMLElement} */ (form.querySelector("[name=both_true]")).focus();
}

/** As `strength_of` in `claims/relating.py`. */
function strength() {
  const answers = new FormData(form);
  if (answers.get("both_true") === "yes") return "tension";
  if (!answers.get("both_true") || !answers.get("both_false")) return null;
  return answers.get("both_false") === "yes" ? "contrary" : "contradictory";
}

/** @param {any} statement whose claim is contradicted */
export function openRelation(statement) {
  mine = statement.claim;
  key = newKey();
  form.reset();
  setRival(null);
  form.querySelector(".relation-claim").textContent = mine.text;
  showStrength();
  fault("");
  dialog.showModal();
  chooser.input.focus();
}

const fault = (words) => { form.querySelector(".composer-fault").textContent = words; };

function showStrength() {
  const found = strength();
  form.querySelector(".relation-strength").textContent = found ? STRENGTHS[found] : "";
  const isTension = new FormData(form).get("both_true") === "yes";
  for (const field of form.querySelectorAll("[name=both_false]")) /** @type {HTMLInputElement} */ (field).disabled = isTension;
}

async function link() {
  if (!rival) return fault("Say which claim it contradicts.");
  const found = strength();
  if (!found) return fault("Answer the two questions.");
  const answers = new FormData(form);
  const body = {
    claim_a: mine.id, claim_b: rival.id, kind: "contradicts", strength: found, aspects: answers.getAll("aspects"), rationale: answers.get("rationale"),
    judgement: page.mayJudge && answers.get("judged") ? "positive" : "unjudged",
  };
  try {
    await post("relations/", body, key);
  } catch (problem) {
    if (problem instanceof Away) return fault("Not saved: the network is away. Nothing you wrote is lost; try again.");
    key = newKey();
    return fault(problem instanceof Refused ? problem.lines.join(" · ") : String(problem));
  }
  dialog.close();
  notify(body.judgement === "positive" ? "Linked." : "Linked, as a proposal for a lead to judge.");
  tell("changed", { whole: true });
}

if (dialog) {
  form.addEventListener("submit", (event) => { event.preventDefault(); link(); });
  form.addEventListener("change", showStrength);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); link(); }
  });
  form.querySelector(".relation-close").addEventListener("click", () => dialog.close());
}
