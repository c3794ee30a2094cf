/** The page of a graph: reads it from the API, draws what was asked for, and tells of what is chosen. */

import { Drawing } from "./drawing.js";
import { Graph } from "./model.js";
import { make, showChosen, showTables } from "./panel.js";
import { writeSvg } from "./svg.js";

const page = document.querySelector("#graph");
const find = (name) => page.querySelector(`[data-part="${name}"]`);
const [controls, canvas, panel, status] = ["controls", "canvas", "panel", "status"].map(find);
const tables = ["nodes", "statements", "relations"].map(find);

const graph = new Graph();
let about = {}; // what the first answer says of itself, for the export
let drawing = null;
let drawn = { nodes: [], edges: [] };
let chosen = "";

async function read(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`the graph could not be read (${answer.status})`);
  const found = await answer.json();
  graph.add(found);
  return found;
}

const readChoice = () => ({
  kinds: new Set([...controls.querySelectorAll('[name="kind"]:checked')].map((box) => box.value)),
  party: controls.elements.party.value,
  reach: controls.elements.reach.value,
});

function draw(options) {
  drawn = graph.draw(readChoice());
  drawing.show(drawn, controls.elements.layout.value, options);
  if (chosen) drawing.choose(chosen);
  showTables(page, graph, drawn, tables, choose);
  const n = drawn.nodes.length;
  page.dataset.drawn = n;
  status.textContent = n ? `${n} of ${graph.nodes.size} drawn${page.dataset.truncated ? "; the case holds more: open what you are after, or raise the limit" : ""}` : "Nothing of it is drawn: choose more above.";
}

function choose(id) {
  chosen = id;
  drawing.choose(id);
  showChosen(page, graph, panel, id, chooseAndShow, open);
  const node = graph.nodes.get(id);
  if (node) canvas.setAttribute("aria-label", `Drawing; chosen: ${node.type}, ${node.label}`);
}

/** Choose what may not be drawn yet. */
function chooseAndShow(id) {
  if (!drawn.nodes.some((node) => node.id === id)) {
    graph.opened.add(id);
    draw({ anew: false });
  }
  choose(id);
}

/** Show all that a node is connected to; around a claim, what the API knows besides. */
async function open(id) {
  const [kind, uid] = id.split(":");
  if (kind === "claim") await read(page.dataset.around.replace("UID", uid));
  graph.opened.add(id);
  for (const { node } of graph.neighbours(id)) graph.opened.add(node.id);
  draw({ anew: false });
  choose(id);
}

function offerChoices() {
  const parties = controls.elements.party;
  parties.append(...graph.of("party").map((party) => make("option", { value: party.id }, party.label)));
  find("words").append(...[...graph.nodes.values()].filter((node) => ["claim", "party", "question", "document"].includes(node.type)).map((node) => make("option", { value: node.label })));
  const isContested = graph.of("claim").some((claim) => claim.contested);
  controls.elements.reach.value = isContested && !page.dataset.root ? "contested" : "all";
}

function findByWords(words) {
  const sought = words.trim().toLocaleLowerCase();
  if (!sought) return;
  const nodes = [...graph.nodes.values()];
  const found = nodes.find((node) => node.label.toLocaleLowerCase() === sought) ?? nodes.find((node) => node.label.toLocaleLowerCase().includes(sought));
  if (found) chooseAndShow(found.id);
  else status.textContent = `Nothing here reads “${words}”.`;
}

function save(blob, ending) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: `${page.dataset.name}.${ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000); // milliseconds: the browser has begun to read by then
}

const EXPORTS = {
  png: async () => save(await drawing.png(), "png"),
  svg: async () => save(new Blob([writeSvg(drawing.cy, getComputedStyle(document.body).backgroundColor)], { type: "image/svg+xml" }), "svg"),
  json: async () => save(new Blob([JSON.stringify({ ...about, ...graph.read() }, null, 2)], { type: "application/json" }), "json"),
};

const KEYS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in KEYS) choose(drawing.beside(chosen, KEYS[event.key]));
  else if (event.key === "Enter") panel.focus();
  else if (event.key === "+" || event.key === "=") drawing.zoom(1.25);
  else if (event.key === "-") drawing.zoom(0.8);
  else if (event.key === "f" || event.key === "0") drawing.fit();
  else if (event.key === "e" && graph.nodes.has(chosen)) open(chosen);
  else return;
  event.preventDefault();
});
controls.addEventListener("change", (event) => {
  if (event.target.name === "words") return;
  graph.opened.clear();
  draw();
});
controls.addEventListener("submit", (event) => {
  event.preventDefault();
  findByWords(controls.elements.words.value);
});
page.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]")?.dataset.act;
  if (act === "fit") drawing.fit();
  else if (act === "closer") drawing.zoom(1.25);
  else if (act === "further") drawing.zoom(0.8);
  else if (act in EXPORTS) EXPORTS[act]();
});

try {
  const found = await read(page.dataset.graph);
  const { nodes, edges, ...rest } = found;
  about = rest;
  if (found.graph.truncated) page.dataset.truncated = "yes";
  offerChoices();
  drawing = new Drawing(canvas, choose);
  draw();
  const start = found.graph.root ?? page.dataset.chosen;
  if (start && graph.nodes.has(start)) chooseAndShow(start);
  else choose("");
} catch (error) {
  status.textContent = String(error.message ?? error);
}
