"""Lays out one graph with graphlay: a program of its own, which imports nothing of this project.

It reads the graph from its standard input and writes the positions to its standard output, as JSON.
Its argument is the folder that contains graphlay.
"""

import json
import sys
from typing import Any


def positions_of(graph: dict[str, Any]) -> dict[str, Any]:
    """Return `middles` (x, y) of nodes and `turns` of edges, each a list of (x, y).

    `graph` has `sizes` (width, height), `ends` of edges (places of nodes), and graphlay's `options`.
    """
    from graphlay import Graph, layout

    asked = Graph()
    for number, (width, height) in enumerate(graph["sizes"]):
        # Names are untrusted: graphlay gets numbers.
        asked.node(number, label=f"{number:03}", width=width, height=height)
    for source, target in graph["ends"]:
        asked.edge(source, target)
    found = layout(asked, options=graph["options"])
    return {
        "middles": [(node["center"]["x"], node["center"]["y"]) for node in found.nodes],
        "turns": [[(at["x"], at["y"]) for at in edge["points"]] for edge in found.edges],
    }


if __name__ == "__main__":
    sys.path.append(sys.argv[1])
    json.dump(positions_of(json.load(sys.stdin)), sys.stdout)
