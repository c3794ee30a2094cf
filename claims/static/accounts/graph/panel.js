/** What does the page tell of the node that was chosen, and what stands in the table? Elements of the page, no drawing. */

import { chainInWords, KINDS } from "./model.js";

const WORDS = {
  asserts: ["asserts", "asserted by"], denies: ["denies", "denied by"], questions: ["questions", "questioned by"],
  leaves_open: ["leaves open", "left open by"], declines: ["declines to say", "declined by"], retracts: ["retracts", "retracted by"],
  made_by: ["said by", "says"], evidenced_by: ["in the words", "words of"], quoted_from: ["from", "holds"],
  relayed_by: ["carried by", "carries"], published_by: ["published by", "publishes"], answers: ["answers", "answered by"],
  contradicts: ["contradicts", "contradicts"], equivalent: ["says the same as", "says the same as"],
  entails: ["entails", "follows from"], supports: ["supports", "supported by"], part_of: ["is part of", "has as part"],
  controlled_by: ["is controlled by", "controls"], speaks_for: ["speaks for", "is spoken for by"], same_as: ["is the same as", "is the same as"],
};
const STRENGTHS = { contradictory: "exactly one holds", contrary: "not both, perhaps neither", tension: "to be read together" };
const JUDGEMENTS = { unjudged: "not judged yet", unsure: "cannot be told" };

/** Return a new element. @param {string} tag @param {object} attributes @param {(Node|string)[]} children */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** Where a node is at home among the pages. */
export const placeOf = (page, id) => page.dataset.place.replace("KIND/UID", id.replace(":", "/"));

/** Return what is to be told of one statement: who, what, through whom, in which words. */
function tellStatement(page, graph, id) {
  const told = graph.tell(id);
  const who = told.speaker?.label ?? (told.node.voice === "author" ? "The document's author" : "Undisclosed");
  const through = chainInWords(told.chain);
  return make(
    "div", { class: "told" },
    make("p", {}, make("bdi", {}, who), " ", make("span", { class: `stance stance-${told.node.stance}` }, WORDS[told.node.stance][0]), " ", make("bdi", {}, told.claim?.label ?? ""), through && make("span", { class: "quiet" }, `, ${through}`)),
    ...told.words.map((words) => make("blockquote", { dir: "auto" }, words.exact, " ", make("a", { href: placeOf(page, words.id), class: "in-place" }, "in the text"))),
  );
}

/** Fill the panel. @param {(id: string) => void} choose @param {(id: string) => void} open */
export function showChosen(page, graph, panel, id, choose, open) {
  const shown = id.startsWith("undisclosed:") ? id.slice("undisclosed:".length) : id;
  const node = graph.nodes.get(shown);
  if (!node) {
    const edge = graph.edges.get(id);
    panel.replaceChildren(...(edge ? tellEdge(page, graph, edge, choose) : [make("p", { class: "quiet" }, "Choose something in the drawing, or find it by its words.")]));
    return;
  }
  const statements = graph.statementsAt(shown);
  const near = graph.neighbours(shown).filter(({ edge }) => !["evidenced_by", "relayed_by", "made_by", "quoted_from"].includes(edge.type) && !(edge.type in STANCE_WORDS));
  panel.replaceChildren(
    make("p", { class: "kind" }, node.type + (node.contested ? " · contested" : "")),
    make("h2", { dir: "auto" }, node.type === "statement" ? "Statement" : node.label),
    make("p", { class: "acts" }, make("a", { class: "button", href: placeOf(page, shown) }, OPEN[node.type] ?? "Open"), " ", make("button", { type: "button", class: "button", onclick: () => open(shown) }, "Show all around it")),
    ...(statements.length ? [make("h3", {}, node.type === "statement" ? "What it says" : `What is said (${statements.length})`), ...statements.slice(0, 40).map((one) => tellStatement(page, graph, one))] : []),
    ...(statements.length > 40 ? [make("p", { class: "quiet" }, `and ${statements.length - 40} more`)] : []),
    ...(near.length ? [make("h3", {}, "How it stands to others"), make("ul", { class: "plain" }, ...near.map((one) => tellNeighbour(one, choose)))] : []),
  );
}

const STANCE_WORDS = Object.fromEntries(["asserts", "denies", "questions", "leaves_open", "declines", "retracts"].map((stance) => [stance, WORDS[stance]]));
const OPEN = { claim: "Open the dossier", document: "Open the document", statement: "Open the words", excerpt: "Open the words", party: "Open the party", question: "Compare on this question" };

function tellNeighbour({ edge, node, outward }, choose) {
  const words = (WORDS[edge.type] ?? [edge.type, edge.type])[outward ? 0 : 1];
  const more = [STRENGTHS[edge.strength], JUDGEMENTS[edge.judgement]].filter(Boolean).join("; ");
  return make("li", {}, `${words} `, make("button", { type: "button", class: "link", dir: "auto", onclick: () => choose(node.id) }, node.label), more && make("span", { class: "quiet" }, ` (${more})`));
}

function tellEdge(page, graph, edge, choose) {
  const [from, to] = [graph.nodes.get(edge.source), graph.nodes.get(edge.target)];
  const more = [STRENGTHS[edge.strength], ...(edge.aspects ?? []), JUDGEMENTS[edge.judgement]].filter(Boolean).join("; ");
  const link = (node) => make("button", { type: "button", class: "link", dir: "auto", onclick: () => choose(node.id) }, node.label);
  return [make("p", { class: "kind" }, "relation"), make("p", {}, link(from), ` ${(WORDS[edge.type] ?? [edge.type])[0]} `, link(to)), more && make("p", { class: "quiet" }, more)].filter(Boolean);
}

/** Fill the tables with what is drawn: everything, and how it hangs together. */
export function showTables(page, graph, drawn, tables, choose) {
  const [nodes, statements, relations] = tables;
  const kindOf = (node) => KINDS.indexOf(node.type);
  const listed = drawn.nodes.filter((node) => graph.nodes.has(node.id)).sort((one, other) => kindOf(one) - kindOf(other) || one.label.localeCompare(other.label));
  nodes.replaceChildren(...listed.map((node) => make("tr", {}, make("td", {}, node.type), make("td", { dir: "auto" }, make("button", { type: "button", class: "link", onclick: () => choose(node.id) }, node.type === "excerpt" ? `“${node.exact}”` : node.label)), make("td", {}, node.contested ? "contested" : ""), make("td", {}, make("a", { href: placeOf(page, node.id), "aria-label": `Open: ${node.label}` }, "open")))));
  const told = new Set(drawn.edges.map((edge) => edge.of).filter(Boolean));
  for (const node of listed) if (node.type === "statement") told.add(node.id);
  statements.replaceChildren(...[...told].map((id) => graph.tell(id)).map((one) => make("tr", {}, make("td", { dir: "auto" }, one.speaker?.label ?? (one.node.voice === "author" ? "the author" : "undisclosed")), make("td", { class: `stance stance-${one.node.stance}` }, one.node.stance.replace("_", " ")), make("td", { dir: "auto" }, one.claim?.label ?? ""), make("td", { dir: "auto" }, make("q", {}, one.words.map((words) => words.exact).join(" … "))), make("td", { dir: "auto" }, chainInWords(one.chain)))));
  const between = drawn.edges.filter((edge) => graph.edges.has(edge.id) && !(edge.type in STANCE_WORDS) && !["made_by", "relayed_by", "evidenced_by", "quoted_from"].includes(edge.type));
  relations.replaceChildren(...between.map((edge) => make("tr", {}, make("td", { dir: "auto" }, graph.nodes.get(edge.source).label), make("td", {}, WORDS[edge.type]?.[0] ?? edge.type), make("td", { dir: "auto" }, graph.nodes.get(edge.target).label), make("td", {}, [STRENGTHS[edge.strength], JUDGEMENTS[edge.judgement]].filter(Boolean).join("; ")))));
}
