"""A graph that writes to all output streams, and reads stdin."""

import os
import subprocess
import sys
from typing import TypedDict

from langgraph.graph import START, StateGraph

print("printed on import")


class State(TypedDict, total=False):
    """What was read from stdin."""

    read: str


def shout(state: State) -> State:
    """Write in four ways."""
    print("printed to stdout", flush=True)
    print("printed to stderr", file=sys.stderr, flush=True)
    os.write(1, b"written to descriptor 1\n")
    subprocess.run(["echo", "echoed by a child process"], check=True)
    return {"read": sys.stdin.read()}


graph = StateGraph(State).add_node(shout).add_edge(START, "shout").compile()
