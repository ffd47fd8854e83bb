"""How the server describes itself: versions and capabilities. Nothing here imports LangGraph."""

from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version

from hitl_server.json_types import JsonObject

LANGGRAPH_FLAGS = {"assistants": True, "crons": False, "langsmith": False}
_OWN_FLAGS = {
    "strict_resume": True,
    "refuses_late_answers": True,
    "preconditions": True,
    "state_preconditions": True,
    "exact_preconditions": True,
    "stream_thread": True,
    "stream_printed": True,
    "idempotency_key": True,
    "changes": True,
    "derived_status": True,
    "last_run": True,
    "pause": True,
    "reducers": True,
    "presence": True,
}
"""`strict_resume`: all ids of a resume map must be pending. `refuses_late_answers`: an answer at an
older checkpoint, or where nothing is pending, is refused. `preconditions`: a run may contain the
state that it was decided on, and with `state_preconditions` also a change of the state;
`exact_preconditions`: this state may contain the digests of payloads and the newest run, so that a
client need not read the thread again before it sends. `stream_thread`: the stream of a run may end
with the row of its thread, so that a client need not read that either. `stream_printed`: it may have
what nodes print. `idempotency_key`: the same request sent again starts no second run. `changes`:
`/threads/changes` streams which threads change.
`derived_status`: thread rows follow the state, and have `next`, `tasks`, `breakpoint` and the
checkpoint in addition to langgraph-api. `last_run`: `GET /threads/{id}` includes the thread's newest
run. `reducers`: the schemas of an assistant tell how each key of the state takes a write. `pause`:
`POST …/runs/{run_id}/pause` stops a run before its next step. `four_eyes`, where it is on: questions that rules name need the
same answer from two reviewers, and thread rows have `four_eyes` and `approvals`.
`presence`: clients tell who has
which thread open, and who has claimed it: `PUT …/threads/{id}/presence`, `…/claim`; threads and the
feed of changes contain it."""
OF_OUR_CHECKPOINTS = {
    *("refuses_late_answers", "preconditions", "state_preconditions", "exact_preconditions"),
    "derived_status",
}
"""What depends on rows that always equal the checkpoints: other programs can write into a
checkpointer of the project."""


def own_flags(*, four_eyes: bool) -> dict[str, bool]:
    """Return what this server can do beyond langgraph-api."""
    return {**_OWN_FLAGS, "four_eyes": True} if four_eyes else _OWN_FLAGS


def description(
    identity: str, flags: Mapping[str, bool], remarks: Iterable[str], coming: Iterable[str] = ()
) -> JsonObject:
    """Return `GET /info`, without what only the graphs tell; `coming` are those still imported."""
    return {
        "version": installed("hitl-tui"),
        "langgraph_py_version": installed("langgraph"),
        "flags": flags,
        "identity": identity,
        "caller": None,
        "nodes": {},
        "graphs_broken": [],
        "graphs_changed": [],
        "graphs_coming": list(coming),
        "remarks": list(remarks),
    }


def installed(distribution: str) -> str:
    """Return the version of an installed distribution; 0 if it is not installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "0"
