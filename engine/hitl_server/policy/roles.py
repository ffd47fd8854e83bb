"""What the holders of tokens with a role may do: a table of routes, and rules for their bodies.

A route that is not in the table is only for tokens without a role: it writes into a state, deletes, or
changes assistants and the store.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic import ValidationError
from starlette.requests import HTTPConnection

from hitl_server.identity.tokens import Role
from hitl_server.refusals import Refusal
from hitl_server.request_models import RunBody
from hitl_server.server_parts import parts_of

_Route: TypeAlias = tuple[str, str]

_READ: frozenset[_Route] = frozenset(
    {
        ("GET", "/info"),
        ("GET", "/docs"),
        ("POST", "/assistants/search"),
        ("POST", "/assistants/count"),
        ("GET", "/assistants/{assistant_id}"),
        ("POST", "/assistants/{assistant_id}/versions"),
        ("GET", "/assistants/{assistant_id}/schemas"),
        ("GET", "/assistants/{assistant_id}/graph"),
        ("GET", "/assistants/{assistant_id}/subgraphs"),
        ("GET", "/assistants/{assistant_id}/subgraphs/{namespace}"),
        ("POST", "/threads/search"),
        ("POST", "/threads/count"),
        ("GET", "/threads/changes"),
        ("GET", "/threads/{thread_id}"),
        ("GET", "/threads/{thread_id}/state"),
        ("POST", "/threads/{thread_id}/state/checkpoint"),
        ("GET", "/threads/{thread_id}/state/{checkpoint_id}"),
        ("GET", "/threads/{thread_id}/history"),
        ("POST", "/threads/{thread_id}/history"),
        ("GET", "/threads/{thread_id}/stream"),
        ("POST", "/threads/{thread_id}/stream/events"),
        ("POST", "/threads/{thread_id}/commands"),  # what a command starts is asked about by itself
        ("GET", "/threads/{thread_id}/runs"),
        ("GET", "/threads/{thread_id}/runs/{run_id}"),
        ("GET", "/threads/{thread_id}/runs/{run_id}/join"),
        ("GET", "/threads/{thread_id}/runs/{run_id}/stream"),
        ("GET", "/store/items"),
        ("POST", "/store/items/search"),
        ("POST", "/store/namespaces"),
    }
)
_PRESENT: frozenset[_Route] = frozenset(
    {("PUT", "/threads/{thread_id}/presence"), ("DELETE", "/threads/{thread_id}/presence")}
)
"""That somebody looks at a thread: viewers do, too."""
_CLAIM: frozenset[_Route] = frozenset(
    {("PUT", "/threads/{thread_id}/claim"), ("DELETE", "/threads/{thread_id}/claim")}
)
"""That somebody is going to answer."""
_RUNS_ON_THREAD: frozenset[_Route] = frozenset(
    ("POST", f"/threads/{{thread_id}}/runs{end}") for end in ("", "/wait", "/stream")
)
_STATELESS_RUNS: frozenset[_Route] = frozenset(
    ("POST", f"/runs{end}") for end in ("", "/wait", "/stream", "/batch")
)
_START: frozenset[_Route] = _STATELESS_RUNS | {
    ("POST", "/threads"),
    ("POST", "/threads/{thread_id}/copy"),
    ("POST", "/threads/{thread_id}/runs/{run_id}/cancel"),
    ("POST", "/threads/{thread_id}/runs/{run_id}/pause"),
    ("POST", "/runs/cancel"),
}
_ROUTES: Mapping[Role, frozenset[_Route]] = {
    Role.VIEWER: _READ | _PRESENT,
    Role.REVIEWER: _READ | _PRESENT | _CLAIM | _RUNS_ON_THREAD,
    Role.STARTER: _READ | _PRESENT | _CLAIM | _RUNS_ON_THREAD | _START,
}
_YES = ("1", "true", "t", "yes", "y", "on")
"""How a parameter is set, as pydantic reads it."""
_MAY = {
    Role.VIEWER: "read",
    Role.REVIEWER: "read, answer what waits, and step past breakpoints",
    Role.STARTER: "read, answer, step, start and cancel runs, and create and copy threads",
}


def require_role(role: Role, connection: HTTPConnection, method: str, path: str, body: Any) -> None:
    """Refuse (403) what the role of a caller does not include; `body` is JSON. Raises `Refusal`."""
    route = (method, path)
    if route not in _ROUTES[role] or not _is_within(role, connection, route, body):
        raise Refusal(403, f"The role {role} may only {_MAY[role]}.")


def _is_within(role: Role, connection: HTTPConnection, route: _Route, body: Any) -> bool:
    """Whether what a request on a route of this role asks for is within the role."""
    starts = role is Role.STARTER
    cancels = connection.query_params.get("cancel_on_disconnect", "").lower() in _YES
    if cancels and not starts:
        return False
    if route == ("POST", "/threads"):  # supersteps write into the state
        return not (isinstance(body, dict) and body.get("supersteps"))
    if route in _RUNS_ON_THREAD:
        run = _run(body)
        return run is None or (_only_starts(run) and (starts or _only_answers(run, connection)))
    if route in _STATELESS_RUNS:
        runs = map(_run, body if isinstance(body, list) else [body])
        return all(run is None or _only_starts(run) for run in runs)
    return True


def _run(body: Any) -> RunBody | None:
    """Return a run as the route will read it; None for one that it refuses as not valid."""
    try:
        return RunBody.model_validate(body)
    except ValidationError:
        return None


def _only_starts(run: RunBody) -> bool:
    """Whether a run begins where its thread is, and changes nothing but by its nodes."""
    config = (run.config or {}).get("configurable")
    configurable = {**(config if isinstance(config, dict) else {}), **(run.context or {})}
    return (
        not run.given_command.keys() & {"update", "goto"}
        and not any(name.startswith("checkpoint") for name in configurable)
        and run.at_checkpoint is None
        and run.checkpoint is None
        and run.multitask_strategy in (None, "reject", "enqueue")
    )


def _only_answers(run: RunBody, connection: HTTPConnection) -> bool:
    """Whether a run answers what waits on an existing thread, or steps on, and does no more."""
    thread = parts_of(connection).threads.metadata(connection.path_params["thread_id"])
    return thread is not None and run.continues and run.input is None and run.webhook is None
