/**
 * What of a graph is drawn? Pure: node-link JSON in, elements to draw out. Knows no page and no drawing.
 *
 * @typedef {{id: string, type: string, label: string, url?: string, [name: string]: any}} Node
 * @typedef {{source: string, target: string, key: string, type: string, [name: string]: any}} Edge
 * @typedef {{kinds: Set<string>, party: string, reach: "contested"|"tension"|"all"}} Choice
 */

export const KINDS = ["claim", "question", "party", "document", "statement", "excerpt"];
export const STANCES = ["asserts", "denies", "questions", "leaves_open", "declines", "retracts"];

/** All that was read so far, by id. */
export class Graph {
  constructor() {
    /** @type {Map<string, Node>} */
    this.nodes = new Map();
    /** @type {Map<string, Edge>} */
    this.edges = new Map();
    /** @type {Map<string, Edge[]>} */
    this.around = new Map();
    /** Nodes shown whatever the choice: those around what was opened. @type {Set<string>} */
    this.opened = new Set();
  }

  /** Take in what an answer of the API holds. @param {{nodes: Node[], edges: Edge[]}} answer */
  add(answer) {
    for (const node of answer.nodes) this.nodes.set(node.id, node);
    for (const edge of answer.edges) {
      const id = `${edge.source}|${edge.target}|${edge.key}`;
      if (this.edges.has(id)) continue;
      this.edges.set(id, { ...edge, id });
      for (const end of new Set([edge.source, edge.target])) {
        if (!this.around.has(end)) this.around.set(end, []);
        this.around.get(end).push(this.edges.get(id));
      }
    }
  }

  /** Return all that was read, as node-link JSON has it. @returns {{nodes: Node[], edges: Edge[]}} */
  read() {
    return { nodes: [...this.nodes.values()], edges: [...this.edges.values()].map(({ id, ...edge }) => edge) };
  }

  /** @param {string} kind @returns {Node[]} the nodes of a kind, by label */
  of(kind) {
    const found = [...this.nodes.values()].filter((node) => node.type === kind);
    return found.sort((one, other) => one.label.localeCompare(other.label));
  }

  /** @returns {{edge: Edge, node: Node, outward: boolean}[]} what a node is connected to */
  neighbours(id) {
    return (this.around.get(id) ?? []).map((edge) => {
      const outward = edge.source === id;
      return { edge, node: this.nodes.get(outward ? edge.target : edge.source), outward };
    });
  }

  /** Return all of a statement: its stance, claim, speaker, chain and words. @param {string} id */
  tell(id) {
    const node = this.nodes.get(id);
    const near = this.neighbours(id);
    const at = (type) => near.find(({ edge }) => edge.type === type)?.node;
    const words = near.filter(({ edge }) => edge.type === "evidenced_by" && edge.role === "content");
    return {
      node,
      claim: at(node.stance),
      speaker: at("made_by"),
      words: words.map((found) => found.node).sort((one, other) => one.start - other.start),
      chain: node.relays,
    };
  }

  /** Return the statements that have to do with a node. @param {string} id @returns {string[]} */
  statementsAt(id) {
    const node = this.nodes.get(id);
    if (node.type === "statement") return [id];
    const near = this.neighbours(id);
    const through = node.type === "document" ? near.filter(({ node: n }) => n.type === "excerpt").map(({ node: n }) => n.id) : [id];
    const found = through.flatMap((one) => this.neighbours(one).map(({ node: n }) => n));
    return [...new Set(found.filter((n) => n.type === "statement").map((n) => n.id))];
  }

  /** Return what to draw. @param {Choice} choice @returns {{nodes: object[], edges: object[]}} */
  draw(choice) {
    const wanted = this._wanted(choice);
    const asArrows = !choice.kinds.has("statement");
    const shown = (id) => {
      const node = this.nodes.get(id);
      return node && (this.opened.has(id) || (choice.kinds.has(node.type) && wanted.has(id)));
    };
    const nodes = new Map();
    const edges = [];
    for (const node of this.nodes.values()) if (shown(node.id)) nodes.set(node.id, node);
    for (const edge of this.edges.values()) {
      if (nodes.has(edge.source) && nodes.has(edge.target)) edges.push(edge);
    }
    if (asArrows) this._addArrows(nodes, edges, wanted);
    if (choice.reach !== "all") this._dropLoose(nodes, edges);
    return { nodes: [...nodes.values()], edges };
  }

  /** A statement that is not drawn itself is an arrow from who speaks to the claim. */
  _addArrows(nodes, edges, wanted) {
    for (const statement of this.of("statement")) {
      if (!wanted.has(statement.id) || nodes.has(statement.id)) continue;
      const told = this.tell(statement.id);
      if (!told.claim || !nodes.has(told.claim.id)) continue;
      let source = told.speaker?.id;
      if (statement.voice === "author") source = told.words[0]?.document;
      if (statement.voice === "undisclosed") {
        source = `undisclosed:${statement.id}`;
        nodes.set(source, { id: source, type: "undisclosed", label: "undisclosed", of: statement.id });
      }
      if (!nodes.has(source)) continue;
      edges.push({ id: `arrow:${statement.id}`, source, target: told.claim.id, type: statement.stance, of: statement.id, via: chainInWords(told.chain) });
    }
  }

  /** What hangs on nothing that is drawn only stands in the way. */
  _dropLoose(nodes, edges) {
    const held = new Set(edges.flatMap((edge) => [edge.source, edge.target]));
    for (const node of [...nodes.values()]) {
      if (node.type !== "claim" && !held.has(node.id) && !this.opened.has(node.id)) nodes.delete(node.id);
    }
  }

  /** Return the ids that the party and the reach leave. */
  _wanted({ party, reach }) {
    if (!party && reach === "all") return new Set(this.nodes.keys());
    const claims = new Set();
    if (reach !== "all") {
      for (const claim of this.of("claim")) if (claim.contested || (reach === "tension" && claim.opposing.length)) claims.add(claim.id);
    }
    if (party) {
      const spoken = new Set(this.statementsAt(party).map((id) => this.tell(id).claim?.id));
      const rivals = [...spoken].flatMap((id) => this.neighbours(id).filter(({ edge }) => edge.type === "contradicts").map(({ node }) => node.id));
      const near = new Set([...spoken, ...rivals]);
      if (reach !== "all") for (const id of [...claims]) near.has(id) || claims.delete(id);
      else for (const id of near) claims.add(id);
    }
    const kept = new Set(party ? [party] : []);
    for (const claim of claims) {
      kept.add(claim);
      for (const { node } of this.neighbours(claim)) if (node.type === "question") kept.add(node.id);
      for (const id of this.statementsAt(claim)) {
        kept.add(id);
        for (const { node } of this.neighbours(id)) {
          if (node.type === "claim") continue;
          kept.add(node.id);
          if (node.type === "excerpt") kept.add(node.document);
        }
      }
    }
    return kept;
  }
}

/** Return a chain in words: “through Syrian state TV, then someone undisclosed”. @param {any[]} chain */
export function chainInWords(chain) {
  if (!chain?.length) return "";
  const hops = chain.map((hop) => (hop.is_gap ? "someone undisclosed" : hop.label) + (hop.attitude === "neutral" ? "" : ` (${hop.attitude})`));
  return `through ${hops.join(", then ")}`;
}
