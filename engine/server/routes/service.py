"""`/ok` and `/info`: whether the server is there, and what it is."""

from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter, Request, Response

from engine.server.routes.answers import answer, engine_of

router = APIRouter()

FLAGS = {
    "assistants": True,
    "crons": False,
    "langsmith": False,
    "strict_resume": True,
    "preconditions": True,
    "idempotency_key": True,
    "changes": True,
    "derived_status": True,
    "last_run": True,
}
"""`strict_resume`: every resume map is matched exactly. `preconditions`: a run may carry what it was
decided on. `idempotency_key`: the same request sent again is the same run. `changes`: `/threads/changes` tells
which threads change. `derived_status`: thread rows follow the
state, with `next`, `tasks`, `breakpoint` and the checkpoint beside the reference's fields.
`last_run`: `GET /threads/{id}` brings the thread's newest run."""


@router.get("/ok")
async def ok() -> Response:
    """Answer that the server runs; needs no token."""
    return answer({"ok": True})


@router.get("/info")
async def info(request: Request) -> Response:
    """Return versions, capabilities, the database's identity and the graphs that are broken."""
    engine = engine_of(request)
    return answer(
        {
            "version": installed("hitl-tui"),
            "langgraph_py_version": installed("langgraph"),
            "flags": FLAGS,
            "identity": engine.database.identity,
            "graphs_broken": [breakage.to_json() for breakage in engine.graphs.broken.values()],
        }
    )


def installed(distribution: str) -> str:
    """Return the version of an installed distribution; 0 where it runs from a bare checkout."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "0"
