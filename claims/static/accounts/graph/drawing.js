/** How is a graph drawn? The one module that knows cytoscape. */

import cytoscape from "../../vendor/cytoscape.js";

const LETTER = 7.1; // CSS pixels that a letter of 14 px takes on average
const LINE = 18; // CSS pixels
const MANY = 150; // nodes, from which the finest layout would keep a person waiting
const BOXES = { claim: 190, question: 200, excerpt: 150 }; // width of those that hold their words

/**
 * Read a colour of the theme, as it is now. The variable itself may say `light-dark(…)`, which cytoscape does not know:
 * what an element makes of it is a colour.
 * @param {string} name
 */
function colour(name) {
  const probe = document.body.appendChild(document.createElement("span"));
  probe.style.color = `var(--${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** Return how everything looks: every kind has a shape, every stance a line and a head, and a colour besides. */
function look() {
  const [ink, quiet, paper, line] = [colour("body-fg"), colour("body-quiet-color"), colour("paper"), colour("border-color")];
  const font = getComputedStyle(document.body).fontFamily.replaceAll('"', "");
  const box = { "text-valign": "center", "text-halign": "center", width: "data(width)", height: "data(height)", "text-max-width": "data(textWidth)" };
  const head = (type, of, style, shape) => ({
    selector: `edge[type = "${type}"]`,
    style: { "line-color": of, "target-arrow-color": of, "line-style": style, "target-arrow-shape": shape },
  });
  return [
    {
      selector: "node",
      style: {
        label: "data(shown)", color: ink, "font-family": font, "font-size": 14, "text-wrap": "wrap", "text-max-width": 140,
        "background-color": paper, "border-width": 1.5, "border-color": line, "text-valign": "bottom", "text-margin-y": 4, width: 30, height: 30,
      },
    },
    { selector: 'node[type = "claim"]', style: { shape: "round-rectangle", "text-margin-y": 0, ...box } },
    { selector: "node[?contested]", style: { "border-color": colour("denies"), "border-width": 5, "border-style": "double" } },
    { selector: 'node[type = "question"]', style: { shape: "hexagon", "font-weight": 600, "text-margin-y": 0, "background-color": colour("darkened-bg"), ...box } },
    { selector: 'node[type = "party"]', style: { shape: "ellipse", "background-color": colour("link-fg"), "border-color": colour("link-fg"), "font-weight": 600 } },
    { selector: 'node[naming = "unnamed"]', style: { "background-color": paper, "border-width": 4 } },
    { selector: 'node[type = "undisclosed"]', style: { shape: "ellipse", "border-style": "dashed", width: 22, height: 22, color: quiet } },
    { selector: 'node[type = "document"]', style: { shape: "cut-rectangle", width: 26, height: 34, "background-color": colour("selected-bg") } },
    { selector: 'node[type = "statement"]', style: { shape: "diamond", width: 24, height: 24, "background-color": colour("accent"), "border-color": colour("accent") } },
    { selector: 'node[type = "excerpt"]', style: { shape: "rectangle", "text-margin-y": 0, "font-style": "italic", "border-style": "dotted", ...box } },
    {
      selector: "edge",
      style: {
        width: 1.2, "line-color": line, "target-arrow-color": line, "curve-style": "bezier", "target-arrow-shape": "vee", "arrow-scale": 0.9,
        "font-size": 12, "font-family": font, color: quiet, "text-rotation": "autorotate",
        "text-background-color": colour("body-bg"), "text-background-opacity": 0.85, "text-background-padding": 2,
      },
    },
    head("asserts", colour("asserts"), "solid", "triangle"),
    head("denies", colour("denies"), "solid", "tee"),
    ...["questions", "leaves_open", "declines", "retracts"].map((stance) => head(stance, colour("open"), "dashed", "circle")),
    { selector: 'edge[type = "asserts"], edge[type = "denies"]', style: { width: 2 } },
    { selector: 'edge[type = "denies"]', style: { width: 3, "arrow-scale": 1.3 } },
    { selector: 'edge[type = "answers"]', style: { "line-style": "dotted", "target-arrow-shape": "none" } },
    {
      selector: 'edge[type = "contradicts"]',
      style: { "line-color": colour("denies"), width: 5, "line-style": "dashed", "line-dash-pattern": [10, 5], "target-arrow-shape": "none", label: "data(shown)", color: colour("denies"), "font-size": 14, "font-weight": 600 },
    },
    { selector: 'edge[strength = "tension"]', style: { width: 2, "line-style": "dotted", "line-color": colour("accent"), color: colour("accent"), "font-weight": 400 } },
    { selector: 'edge[judgement = "unjudged"], edge[judgement = "unsure"]', style: { opacity: 0.6 } },
    { selector: 'edge[type = "entails"], edge[type = "equivalent"], edge[type = "supports"], edge[type = "part_of"], edge[type = "controlled_by"], edge[type = "speaks_for"], edge[type = "same_as"]', style: { label: "data(shown)" } },
    { selector: ".far", style: { opacity: 0.18 } },
    { selector: ":selected", style: { "border-color": colour("accent"), "border-width": 5, "border-style": "solid" } },
    { selector: "edge:selected", style: { width: 6, "z-index": 9 } },
  ];
}

const WORDS = {
  contradictory: "exactly one holds", contrary: "not both", tension: "tension", entails: "entails", equivalent: "says the same",
  supports: "supports", part_of: "part of", controlled_by: "controlled by", speaks_for: "speaks for", same_as: "same as",
};

/** Return a node as cytoscape takes it. */
function nodeElement(node) {
  const width = BOXES[node.type];
  const text = node.type === "excerpt" ? `“${shorten(node.exact, 70)}”` : node.type === "statement" ? node.stance.replace("_", " ") : shorten(node.label, 120);
  const lines = width ? Math.ceil((text.length * LETTER) / (width - 26)) + text.split("\n").length - 1 : 1;
  const inset = node.type === "question" ? 50 : 20;
  const rows = width ? Math.ceil((text.length * LETTER * 1.12) / (width - inset)) : lines;
  const data = { id: node.id, type: node.type, shown: text, naming: node.naming, contested: node.contested ?? false };
  return { group: "nodes", data: width ? { ...data, width, height: rows * LINE + 18, textWidth: width - inset } : data };
}

/** Return an edge as cytoscape takes it. */
function edgeElement(edge) {
  const words = WORDS[edge.strength] ?? WORDS[edge.type] ?? "";
  const doubt = edge.judgement === "unjudged" ? " (not judged)" : edge.judgement === "unsure" ? " (cannot be told)" : "";
  return { group: "edges", data: { id: edge.id, source: edge.source, target: edge.target, type: edge.type, strength: edge.strength ?? "", judgement: edge.judgement ?? "", of: edge.of ?? "", shown: words + doubt } };
}

const shorten = (text, length) => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);

const LAYOUTS = {
  spread: { name: "fcose", quality: "proof", animate: false, randomize: true, nodeSeparation: 90, idealEdgeLength: 95, nodeRepulsion: 30_000, gravity: 0.35, nodeDimensionsIncludeLabels: true, padding: 24 },
  layers: { name: "dagre", rankDir: "LR", nodeSep: 18, rankSep: 90, animate: false, nodeDimensionsIncludeLabels: true, padding: 24 },
};

/** A drawing in an element of the page. */
export class Drawing {
  /** @param {HTMLElement} place @param {(id: string) => void} onChosen called with the id of what was chosen; "" for nothing */
  constructor(place, onChosen) {
    this.cy = cytoscape({ container: place, style: look(), minZoom: 0.08, maxZoom: 3, selectionType: "single" });
    this.cy.on("tap", "node", (event) => onChosen(event.target.id()));
    this.cy.on("tap", "edge", (event) => onChosen(event.target.data("of") || event.target.id()));
    this.cy.on("tap", (event) => event.target === this.cy && onChosen(""));
    const restyle = () => this.cy.style(look());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle);
    new MutationObserver(restyle).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  /** Draw these, keeping the place of what stays; lay out anew when asked to. */
  show({ nodes, edges }, layout, { anew = true } = {}) {
    const places = new Map(this.cy.nodes().map((node) => [node.id(), node.position()]));
    const elements = [...nodes.map(nodeElement), ...edges.map(edgeElement)];
    this.cy.batch(() => {
      this.cy.elements().remove();
      this.cy.add(elements);
      this.cy.nodes().forEach((node) => places.has(node.id()) && node.position(places.get(node.id())));
    });
    const wanted = anew ? LAYOUTS[layout] : { ...LAYOUTS.spread, randomize: false };
    const options = nodes.length > MANY && wanted.quality ? { ...wanted, quality: "default" } : wanted;
    this.cy.layout(options).run();
  }

  /** Mark one as chosen and let the others step back. @param {string} id */
  choose(id) {
    this.cy.elements().unselect().removeClass("far");
    let found = this.cy.getElementById(id);
    if (found.empty() && id) found = this.cy.edges().filter((edge) => edge.data("of") === id);
    if (found.empty()) return;
    found.select();
    const near = found.isNode() ? found.closedNeighborhood() : found.union(found.connectedNodes());
    this.cy.elements().not(near).addClass("far");
    const box = found.renderedBoundingBox();
    const out = box.x1 < 0 || box.y1 < 0 || box.x2 > this.cy.width() || box.y2 > this.cy.height();
    if (out) this.cy.center(found);
  }

  /** Return the node next to another in a direction. @param {string} id @param {"left"|"right"|"up"|"down"} direction */
  beside(id, direction) {
    const from = this.cy.getElementById(id);
    if (from.empty() || !from.isNode()) return this.cy.nodes()[0]?.id() ?? "";
    const at = from.position();
    const [x, y] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[direction];
    let best = id;
    let least = Infinity;
    this.cy.nodes().forEach((node) => {
      const [dx, dy] = [node.position("x") - at.x, node.position("y") - at.y];
      const along = dx * x + dy * y;
      if (along <= 0) return;
      const cost = along + 2.5 * Math.abs(dx * y - dy * x);
      if (cost < least) [best, least] = [node.id(), cost];
    });
    return best;
  }

  /** Zoom by a factor about the middle. @param {number} factor */
  zoom(factor) {
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: { x: this.cy.width() / 2, y: this.cy.height() / 2 } });
  }

  /** Bring all into view. */
  fit() {
    this.cy.fit(undefined, 24);
  }

  /** @returns {Promise<Blob>} the drawing as a picture, on the paper of the theme */
  async png() {
    return this.cy.png({ output: "blob-promise", full: true, scale: 2, bg: colour("body-bg") });
  }
}
