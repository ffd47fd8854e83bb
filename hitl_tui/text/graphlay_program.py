"""Lays out one graph with graphlay: a program of its own, which imports nothing of this project.

It reads the graph from its standard input and writes the positions to its standard output, as JSON.
Its argument is the folder that contains graphlay.
"""

import json
import sys
from typing import Any


def positions_of(graph: dict[str, Any]) -> dict[str, Any]:
    """Return the `middles` (x, y) and `sizes` of nodes, and the `turns` and `labels` of edges.

    Turns are lists of (x, y); a label is the (x, y) of its middle, or None. `graph` has `sizes` (width,
    height) and `parents` of nodes (the place of the one around it, or None), `ends` of edges (places of
    nodes) with the sizes of their `labels` or None, and graphlay's `options`. A node that contains
    others becomes as large as they need.
    """
    from graphlay import Graph, layout

    asked = Graph()
    placed = zip(graph["sizes"], graph["parents"], strict=True)
    for number, ((width, height), parent) in enumerate(placed):
        # Names are untrusted: graphlay gets numbers.
        inside = {} if parent is None else {"parent": parent}
        asked.node(number, label=f"{number:03}", width=width, height=height, **inside)
    for (source, target), label in zip(graph["ends"], graph["labels"], strict=True):
        if label is None:
            asked.edge(source, target)
        else:
            width, height = label
            asked.edge(source, target, label_size={"width": width, "height": height})
    found = layout(asked, options=graph["options"])
    return {
        "middles": [(node["center"]["x"], node["center"]["y"]) for node in found.nodes],
        "sizes": [(node["size"]["width"], node["size"]["height"]) for node in found.nodes],
        "turns": [[(at["x"], at["y"]) for at in edge["points"]] for edge in found.edges],
        "labels": [
            (at["x"], at["y"]) if (at := edge["label_anchor"]) else None for edge in found.edges
        ],
    }


if __name__ == "__main__":
    sys.path.append(sys.argv[1])
    json.dump(positions_of(json.load(sys.stdin)), sys.stdout)
