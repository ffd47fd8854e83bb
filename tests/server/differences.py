"""Intended differences from `langgraph dev` 0.16.7, each with its reason.

Tests that both servers pass call `ours` for a difference. One that is not listed here is a defect.
"""

from tests.server.processes import Served

DIFFERENCES = {
    "a default assistant can be named by its graph": "a person knows the graph, not a UUID",
    "a default assistant cannot be deleted": "until a restart, no run could name its graph",
    "latest is a whole version": "langgraph dev does not change graph and context",
    "a page of versions may be empty": "langgraph dev responds that the assistant does not exist",
    "schemas of typing.TypedDict": "langgraph dev has none before Python 3.12",
    "reducers of subgraphs": "the console writes into their state only as their keys take it",
    "a copy is interrupted like its original": "langgraph dev lists it as idle, so no search finds it",
    "ids are checked in the same way everywhere": "422, where langgraph dev has 400 in searches and copies",
    "reserved metadata are kept": "langgraph dev removes assistant_id and others without an error",
    "threads expire": "langgraph dev accepts a ttl and ignores it",
    "only whole threads expire": "422 for keep_latest: a checkpoint may need data of earlier ones",
    "history before a checkpoint": "langgraph dev fails (500) with the body that its own document requires",
    "an error of a reducer is 400": "langgraph dev responds with 500",
    "rows have more fields": "with next, tasks, breakpoint, checkpoint and error, no state is read",
    "semantic search is refused": "langgraph dev without an index ignores the query",
    "keys of items are checked": "422 with a JSON body, not 400 or plain text",
    "a search of everything": "langgraph dev fails (500) without a namespace_prefix",
    "limits of the store": "1 to 1,000, as in all other searches",
    "graphs of one file share its module": "so that objects from checkpoints are of their classes",
    "crons, A2A, MCP, metrics and storage": "not implemented; status 501",
    "stream_mode chooses what a thread streams": "langgraph dev reads another name than the SDKs send",
    "a refused command is 409": "a client that only looks at the status must not take it for success",
}


def ours(served: Served, difference: str) -> bool:
    """Whether this is our server, which has this difference."""
    assert difference in DIFFERENCES
    return served.name == "local"
