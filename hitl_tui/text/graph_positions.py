"""Where graphlay puts the nodes and edges of a graph, found in a process that may take some seconds.

graphlay holds the interpreter lock while it works: in this process, a graph for which it takes long
would stop the whole console, and nothing could end it.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SECONDS = 5.0
"""How long a layout may take."""
_PROGRAM = Path(__file__).with_name("graphlay_program.py")
_LIST = "The list shows it whole."


class NotLaidOut(Exception):
    """There is no picture of a graph; the text tells why, and what to do."""


@dataclass(frozen=True, slots=True)
class Positions:
    """Places as (x, y) in graphlay's unit."""

    middles: Sequence[tuple[float, float]]
    """Of the nodes, and then of the subgraphs that contain some."""
    sizes: Sequence[tuple[float, float]]
    """Of the same, as (width, height)."""
    turns: Sequence[Sequence[tuple[float, float]]]
    """Of the edges, from the side of one node to that of another."""
    labels: Sequence[tuple[float, float] | None]
    """The middles of the labels of the edges."""


def positions(graph: dict[str, Any], seconds: float = SECONDS) -> Positions:
    """Return where the nodes and edges of `graph` are; `graphlay_program.py` has its form.

    Raises NotLaidOut where graphlay is not installed, fails, or has not ended after `seconds`.
    """
    package = find_spec("graphlay")
    if package is None or package.origin is None:
        raise NotLaidOut(
            "The picture needs the package graphlay. Install it beside hitl-tui:"
            " pip install 'hitl-tui[picture]'"
        )
    folder = Path(package.origin).parents[1]
    try:
        done = subprocess.run(
            # -I: a file of the user's folder must not be imported in the place of a module.
            [sys.executable, "-I", str(_PROGRAM), str(folder)],
            input=json.dumps(graph).encode(),
            capture_output=True,
            timeout=seconds,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise NotLaidOut(
            f"There is no picture: laying this graph out took more than {seconds:g} s. {_LIST}"
        ) from error
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotLaidOut(f"There is no picture: graphlay failed. {_LIST}") from error
    return Positions(**json.loads(done.stdout))
