"""What the handlers of a project are asked before a route does anything; a route without a rule
is closed to everybody but the owner.

A rule stands before the route's own reading of the body: what a handler changes in the `value` it
is shown (an owner in the metadata, say) goes back into the body, and is what the route reads.
Values, actions and refusals are those of langgraph-api 0.16.7 (`langgraph_runtime_inmem/ops.py`).
"""

from collections.abc import Awaitable, Callable

from fastapi import Request

from engine.server.auth.callers import caller_of
from engine.server.auth.custom import ProjectAuth
from engine.server.auth.rules import assistants, items, runs, threads
from engine.server.auth.rules.asking import Asking, Rule
from engine.server.refusals import Refusal


def guard(auth: ProjectAuth) -> Callable[[Request], Awaitable[None]]:
    """Return what stands before every route: nobody but the owner passes without the handlers."""

    async def allowed(request: Request) -> None:
        caller = caller_of(request)
        if caller.is_owner:
            return
        rule = RULES.get((request.method, request.scope["route"].path))
        if rule is None:
            raise Refusal(403, "The handlers of this project cannot be asked about this.")
        await rule(Asking(request, auth, caller))

    return allowed


async def _everybody(asking: Asking) -> None:
    """Let everybody pass who is known."""


RULES: dict[tuple[str, str], Rule] = {
    ("GET", "/info"): _everybody,
    ("GET", "/docs"): _everybody,
    ("POST", "/assistants"): assistants.create,
    ("POST", "/assistants/search"): assistants.search,
    ("POST", "/assistants/count"): assistants.search,
    ("GET", "/assistants/{assistant_id}"): assistants.one("read"),
    ("PATCH", "/assistants/{assistant_id}"): assistants.patch,
    ("DELETE", "/assistants/{assistant_id}"): assistants.delete,
    ("POST", "/assistants/{assistant_id}/versions"): assistants.one("read"),
    ("POST", "/assistants/{assistant_id}/latest"): assistants.choose_version,
    ("GET", "/assistants/{assistant_id}/schemas"): assistants.one("read"),
    ("GET", "/assistants/{assistant_id}/graph"): assistants.one("read"),
    ("GET", "/assistants/{assistant_id}/subgraphs"): assistants.one("read"),
    ("GET", "/assistants/{assistant_id}/subgraphs/{namespace}"): assistants.one("read"),
    ("POST", "/threads"): threads.create,
    ("POST", "/threads/search"): threads.search,
    ("POST", "/threads/count"): threads.search,
    ("POST", "/threads/prune"): threads.prune,
    ("GET", "/threads/changes"): threads.hear_changes,
    ("GET", "/threads/{thread_id}"): threads.one("read"),
    ("PATCH", "/threads/{thread_id}"): threads.patch,
    ("DELETE", "/threads/{thread_id}"): threads.one("delete"),
    ("POST", "/threads/{thread_id}/copy"): threads.copy,
    ("GET", "/threads/{thread_id}/state"): threads.one("read"),
    ("POST", "/threads/{thread_id}/state"): threads.update_state,
    ("POST", "/threads/{thread_id}/state/checkpoint"): threads.one("read"),
    ("GET", "/threads/{thread_id}/state/{checkpoint_id}"): threads.one("read"),
    ("GET", "/threads/{thread_id}/history"): threads.one("read"),
    ("POST", "/threads/{thread_id}/history"): threads.one("read"),
    ("GET", "/threads/{thread_id}/runs"): runs.of_thread,
    ("POST", "/threads/{thread_id}/runs"): runs.on_thread,
    ("POST", "/threads/{thread_id}/runs/wait"): runs.on_thread,
    ("POST", "/threads/{thread_id}/runs/stream"): runs.on_thread,
    ("GET", "/threads/{thread_id}/runs/{run_id}"): threads.one("read"),
    ("DELETE", "/threads/{thread_id}/runs/{run_id}"): threads.one("delete", threads.not_found),
    ("GET", "/threads/{thread_id}/runs/{run_id}/join"): threads.one("read", runs.nothing_to_hear),
    ("GET", "/threads/{thread_id}/runs/{run_id}/stream"): threads.one("read", runs.nothing_to_hear),
    ("POST", "/threads/{thread_id}/runs/{run_id}/cancel"): threads.one(
        "update", runs.nothing_to_cancel
    ),
    ("POST", "/runs"): runs.alone,
    ("POST", "/runs/wait"): runs.alone,
    ("POST", "/runs/stream"): runs.alone,
    ("POST", "/runs/batch"): runs.batch,
    ("POST", "/runs/cancel"): runs.cancel,
    ("PUT", "/store/items"): items.one("put"),
    ("GET", "/store/items"): items.get,
    ("DELETE", "/store/items"): items.one("delete"),
    ("POST", "/store/items/search"): items.search,
    ("POST", "/store/namespaces"): items.list_namespaces,
}
"""By method and path, as the router knows it."""
