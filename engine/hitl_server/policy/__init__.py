"""What the handlers of a project are asked before a route does anything; a route without a rule
is closed to everybody but the owner.

A rule stands before the route's own reading of the body: what a handler changes in the `value` it
is shown (an owner in the metadata, say) goes back into the body, and is what the route reads.
Values, actions and refusals are those of langgraph-api 0.16.7 (`langgraph_runtime_inmem/ops.py`).
"""

from collections.abc import Awaitable, Callable

from fastapi import Request

from hitl_server.identity.callers import caller_of
from hitl_server.identity.project_auth import ProjectAuth
from hitl_server.policy import assistant_rules, run_rules, store_rules, thread_rules
from hitl_server.policy.asking import Asking, Rule
from hitl_server.refusals import Refusal


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
    ("POST", "/assistants"): assistant_rules.create,
    ("POST", "/assistants/search"): assistant_rules.search,
    ("POST", "/assistants/count"): assistant_rules.search,
    ("GET", "/assistants/{assistant_id}"): assistant_rules.one("read"),
    ("PATCH", "/assistants/{assistant_id}"): assistant_rules.patch,
    ("DELETE", "/assistants/{assistant_id}"): assistant_rules.delete,
    ("POST", "/assistants/{assistant_id}/versions"): assistant_rules.one("read"),
    ("POST", "/assistants/{assistant_id}/latest"): assistant_rules.choose_version,
    ("GET", "/assistants/{assistant_id}/schemas"): assistant_rules.one("read"),
    ("GET", "/assistants/{assistant_id}/graph"): assistant_rules.one("read"),
    ("GET", "/assistants/{assistant_id}/subgraphs"): assistant_rules.one("read"),
    ("GET", "/assistants/{assistant_id}/subgraphs/{namespace}"): assistant_rules.one("read"),
    ("POST", "/threads"): thread_rules.create,
    ("POST", "/threads/search"): thread_rules.search,
    ("POST", "/threads/count"): thread_rules.search,
    ("POST", "/threads/prune"): thread_rules.prune,
    ("GET", "/threads/changes"): thread_rules.hear_changes,
    ("GET", "/threads/{thread_id}"): thread_rules.one("read"),
    ("PATCH", "/threads/{thread_id}"): thread_rules.patch,
    ("DELETE", "/threads/{thread_id}"): thread_rules.one("delete"),
    ("POST", "/threads/{thread_id}/copy"): thread_rules.copy,
    ("GET", "/threads/{thread_id}/state"): thread_rules.one("read"),
    ("POST", "/threads/{thread_id}/state"): thread_rules.update_state,
    ("POST", "/threads/{thread_id}/state/checkpoint"): thread_rules.one("read"),
    ("GET", "/threads/{thread_id}/state/{checkpoint_id}"): thread_rules.one("read"),
    ("GET", "/threads/{thread_id}/history"): thread_rules.one("read"),
    ("POST", "/threads/{thread_id}/history"): thread_rules.one("read"),
    ("GET", "/threads/{thread_id}/runs"): run_rules.of_thread,
    ("POST", "/threads/{thread_id}/runs"): run_rules.on_thread,
    ("POST", "/threads/{thread_id}/runs/wait"): run_rules.on_thread,
    ("POST", "/threads/{thread_id}/runs/stream"): run_rules.on_thread,
    ("GET", "/threads/{thread_id}/runs/{run_id}"): thread_rules.one("read"),
    ("DELETE", "/threads/{thread_id}/runs/{run_id}"): thread_rules.one(
        "delete", thread_rules.not_found
    ),
    ("GET", "/threads/{thread_id}/runs/{run_id}/join"): thread_rules.one(
        "read", run_rules.nothing_to_hear
    ),
    ("GET", "/threads/{thread_id}/runs/{run_id}/stream"): thread_rules.one(
        "read", run_rules.nothing_to_hear
    ),
    ("POST", "/threads/{thread_id}/runs/{run_id}/cancel"): thread_rules.one(
        "update", run_rules.nothing_to_cancel
    ),
    ("POST", "/runs"): run_rules.alone,
    ("POST", "/runs/wait"): run_rules.alone,
    ("POST", "/runs/stream"): run_rules.alone,
    ("POST", "/runs/batch"): run_rules.batch,
    ("POST", "/runs/cancel"): run_rules.cancel,
    ("PUT", "/store/items"): store_rules.one("put"),
    ("GET", "/store/items"): store_rules.get,
    ("DELETE", "/store/items"): store_rules.one("delete"),
    ("POST", "/store/items/search"): store_rules.search,
    ("POST", "/store/namespaces"): store_rules.list_namespaces,
}
"""By method and path, as the router knows it."""
