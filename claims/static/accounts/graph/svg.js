/** The drawing as SVG: what cytoscape has laid out, written down with attributes alone. */

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text) => String(text).replace(/[&<>"]/g, (letter) => ESCAPES[letter]);
const round = (number) => Math.round(number * 10) / 10;

/** Return the text of an SVG file. @param {import("../../vendor/cytoscape.js").default} cy */
export function writeSvg(cy, background) {
  const box = cy.elements().boundingBox();
  const [x, y, w, h] = [box.x1 - 20, box.y1 - 20, box.w + 40, box.h + 40].map(round);
  const edges = cy.edges().map(writeEdge).join("\n");
  const nodes = cy.nodes().map(writeNode).join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${w} ${h}" width="${w}" height="${h}" font-family="sans-serif" font-size="12">
<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${escape(background)}"/>
${edges}
${nodes}
</svg>
`;
}

function writeEdge(edge) {
  const [from, to] = [edge.sourceEndpoint(), edge.targetEndpoint()];
  if (!from || !to) return "";
  const bends = edge.controlPoints() ?? [];
  const way = bends.length ? `Q${round(bends[0].x)},${round(bends[0].y)} ` : "L";
  const line = edge.style("line-style");
  const dashes = line === "dashed" ? ' stroke-dasharray="10 5"' : line === "dotted" ? ' stroke-dasharray="2 4"' : "";
  const ink = edge.style("line-color");
  const width = parseFloat(edge.style("width"));
  const near = bends.at(-1) ?? from;
  const turn = round((Math.atan2(to.y - near.y, to.x - near.x) * 180) / Math.PI);
  const heads = { triangle: "M0,0L-10,-5L-10,5Z", vee: "M0,0L-10,-5L-7,0L-10,5Z", tee: "M0,-8L3,-8L3,8L0,8Z", circle: "M0,0a4,4 0 1 0 -8,0a4,4 0 1 0 8,0Z" };
  const head = heads[edge.style("target-arrow-shape")];
  const drawn = `<path d="M${round(from.x)},${round(from.y)} ${way}${round(to.x)},${round(to.y)}" fill="none" stroke="${escape(ink)}" stroke-width="${width}"${dashes}/>`;
  const tip = head ? `<path d="${head}" fill="${escape(ink)}" transform="translate(${round(to.x)} ${round(to.y)}) rotate(${turn})"/>` : "";
  const middle = edge.midpoint();
  const words = edge.data("shown") && edge.style("label") ? writeText(edge.data("shown"), middle.x, middle.y - 4, 160, edge.style("color"), 10) : "";
  return drawn + tip + words;
}

function writeNode(node) {
  const { x, y } = node.position();
  const [w, h] = [node.width(), node.height()];
  const shape = node.style("shape");
  const width = parseFloat(node.style("border-width"));
  const dashes = { dashed: ' stroke-dasharray="5 3"', dotted: ' stroke-dasharray="1.5 3"' }[node.style("border-style")] ?? "";
  const paint = `fill="${escape(node.style("background-color"))}" stroke="${escape(node.style("border-color"))}" stroke-width="${width}"${dashes}`;
  const [l, t, r, b] = [x - w / 2, y - h / 2, x + w / 2, y + h / 2].map(round);
  const outlines = {
    ellipse: `<ellipse cx="${round(x)}" cy="${round(y)}" rx="${w / 2}" ry="${h / 2}" ${paint}/>`,
    diamond: `<polygon points="${round(x)},${t} ${r},${round(y)} ${round(x)},${b} ${l},${round(y)}" ${paint}/>`,
    hexagon: `<polygon points="${round(l + w / 4)},${t} ${round(r - w / 4)},${t} ${r},${round(y)} ${round(r - w / 4)},${b} ${round(l + w / 4)},${b} ${l},${round(y)}" ${paint}/>`,
    "cut-rectangle": `<polygon points="${l + 8},${t} ${r - 8},${t} ${r},${t + 8} ${r},${b - 8} ${r - 8},${b} ${l + 8},${b} ${l},${b - 8} ${l},${t + 8}" ${paint}/>`,
  };
  const outline = outlines[shape] ?? `<rect x="${l}" y="${t}" width="${round(w)}" height="${round(h)}" rx="${shape === "round-rectangle" ? 8 : 0}" ${paint}/>`;
  const inside = node.style("text-valign") === "center";
  const lines = wrap(node.data("shown"), inside ? node.data("textWidth") : 120);
  const top = inside ? y - ((lines.length - 1) * 15) / 2 + 4 : y + h / 2 + 16;
  const weight = Number(node.style("font-weight")) >= 600 ? ' font-weight="600"' : "";
  const text = lines.map((line, n) => `<text x="${round(x)}" y="${round(top + n * 15)}" text-anchor="middle" fill="${escape(node.style("color"))}"${weight}>${escape(line)}</text>`);
  return outline + text.join("");
}

function writeText(text, x, y, width, ink, size) {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="middle" fill="${escape(ink)}" font-size="${size}">${escape(text)}</text>`;
}

/** Return the lines of a text that is so many pixels wide. */
function wrap(text, width) {
  const room = Math.max(8, Math.floor(width / 6.1));
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const last = lines.length - 1;
    if ((lines[last] + word).length > room && lines[last]) lines.push(word);
    else lines[last] = lines[last] ? `${lines[last]} ${word}` : word;
  }
  return lines;
}
