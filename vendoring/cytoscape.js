// What is bundled: the drawing of graphs, with the two layouts that the pages use.
import cytoscape from "cytoscape";
import dagre from "cytoscape-dagre";
import fcose from "cytoscape-fcose";

cytoscape.use(dagre);
cytoscape.use(fcose);

export default cytoscape;
