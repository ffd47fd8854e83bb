"""Where the engine answers otherwise than `langgraph dev` 0.16.7, on purpose, and why.

Tests that both servers pass ask `ours` where they part; a difference without a line here is a
defect.
"""

from tests.server.processes import Served

DIFFERENCES = {
    "a graph's own assistant can be named by its graph": "a person knows the graph, not a UUID",
    "a graph's own assistant stays": "without it no run could name the graph until a restart",
    "latest is a whole version": "langgraph dev leaves graph and context as they were",
    "a page of versions may be empty": "langgraph dev says that there is no such assistant",
    "schemas of typing.TypedDict": "langgraph dev has none before Python 3.12",
    "a copy waits as its original does": "langgraph dev lists it as idle: nobody would find it",
    "ids are checked alike everywhere": "422, where langgraph dev has 400 in searches and copies",
    "reserved metadata are kept": "langgraph dev takes assistant_id and the like out, silently",
    "threads do not expire": "langgraph dev takes a ttl and forgets it",
    "no threads of supersteps": "left out; a copy or a run makes the same",
    "history before a checkpoint": "langgraph dev fails (500) at what its own document asks for",
    "a reducer's refusal is 400": "langgraph dev says that it failed (500)",
    "rows show more": "next, tasks, breakpoint, checkpoint and error spare a state read",
    "semantic search is refused": "langgraph dev without an index overlooks the query",
    "keys of items are checked": "422 with a body of JSON, not 400 or plain text",
    "a search of everything": "langgraph dev fails (500) without a namespace_prefix",
    "limits of the store": "1 to 1,000 here as for all other searches",
    "crons, A2A, MCP, metrics, storage and the event protocol": "left out, and answered with 501",
}


def ours(served: Served, difference: str) -> bool:
    """Whether this is the server that differs here."""
    assert difference in DIFFERENCES
    return served.name == "engine"
