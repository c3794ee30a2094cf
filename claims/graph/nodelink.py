"""The graph as networkx reads it: node-link JSON, edges under `edges`. Carries everything."""

from typing import Any

from .building import Graph

SCHEMA = "claims-tracker/graph/1"


def write_node_link(graph: Graph) -> dict[str, Any]:
    """Return the graph for `networkx.node_link_graph(data, edges="edges")`."""
    return {
        "directed": True,
        "multigraph": True,
        "graph": {"schema": SCHEMA, "root": graph.root, "depth": graph.depth, "truncated": graph.truncated},
        "nodes": list(graph.nodes.values()),
        "edges": graph.edges,
    }
