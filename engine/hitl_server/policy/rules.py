"""The table of rules: by method and path, whom a request asks before its route runs.

Values, actions and refusals are those of langgraph-api 0.16.7 (`langgraph_runtime_inmem/ops.py`).
"""

from hitl_server.policy import assistant_rules, run_rules, store_rules, thread_rules
from hitl_server.policy.authorization import Authorization
from hitl_server.policy.authorization_request import AuthorizationRequest, Rule


async def _everyone(request: AuthorizationRequest) -> Authorization:
    """Permit every authenticated caller, without asking the handlers."""
    return Authorization()


RULES: dict[tuple[str, str], Rule] = {
    ("GET", "/info"): _everyone,
    ("GET", "/docs"): _everyone,
    ("POST", "/assistants"): assistant_rules.create,
    ("POST", "/assistants/search"): assistant_rules.search,
    ("POST", "/assistants/count"): assistant_rules.search,
    ("GET", "/assistants/{assistant_id}"): assistant_rules.about_one("read"),
    ("PATCH", "/assistants/{assistant_id}"): assistant_rules.patch,
    ("DELETE", "/assistants/{assistant_id}"): assistant_rules.delete,
    ("POST", "/assistants/{assistant_id}/versions"): assistant_rules.about_one("read"),
    ("POST", "/assistants/{assistant_id}/latest"): assistant_rules.choose_version,
    ("GET", "/assistants/{assistant_id}/schemas"): assistant_rules.about_one("read"),
    ("GET", "/assistants/{assistant_id}/graph"): assistant_rules.about_one("read"),
    ("GET", "/assistants/{assistant_id}/subgraphs"): assistant_rules.about_one("read"),
    ("GET", "/assistants/{assistant_id}/subgraphs/{namespace}"): assistant_rules.about_one("read"),
    ("POST", "/threads"): thread_rules.create,
    ("POST", "/threads/search"): thread_rules.search,
    ("POST", "/threads/count"): thread_rules.search,
    ("POST", "/threads/prune"): thread_rules.prune,
    ("GET", "/threads/changes"): thread_rules.watch_changes,
    ("GET", "/threads/{thread_id}"): thread_rules.about_one("read"),
    ("PATCH", "/threads/{thread_id}"): thread_rules.patch,
    ("DELETE", "/threads/{thread_id}"): thread_rules.about_one("delete"),
    ("POST", "/threads/{thread_id}/copy"): thread_rules.copy,
    ("GET", "/threads/{thread_id}/state"): thread_rules.about_one("read"),
    ("POST", "/threads/{thread_id}/state"): thread_rules.update_state,
    ("POST", "/threads/{thread_id}/state/checkpoint"): thread_rules.about_one("read"),
    ("GET", "/threads/{thread_id}/state/{checkpoint_id}"): thread_rules.about_one("read"),
    ("GET", "/threads/{thread_id}/history"): thread_rules.about_one("read"),
    ("POST", "/threads/{thread_id}/history"): thread_rules.about_one("read"),
    ("PUT", "/threads/{thread_id}/presence"): thread_rules.about_one("read"),
    ("DELETE", "/threads/{thread_id}/presence"): thread_rules.about_one("read"),
    ("PUT", "/threads/{thread_id}/claim"): thread_rules.about_one("update"),
    ("DELETE", "/threads/{thread_id}/claim"): thread_rules.about_one("update"),
    ("GET", "/threads/{thread_id}/stream"): thread_rules.about_one("read"),
    ("POST", "/threads/{thread_id}/stream/events"): thread_rules.about_one("read"),
    ("POST", "/threads/{thread_id}/commands"): _everyone,
    ("GET", "/threads/{thread_id}/runs"): run_rules.list_runs,
    ("POST", "/threads/{thread_id}/runs"): run_rules.create_on_thread,
    ("POST", "/threads/{thread_id}/runs/wait"): run_rules.create_on_thread,
    ("POST", "/threads/{thread_id}/runs/stream"): run_rules.create_on_thread,
    ("GET", "/threads/{thread_id}/runs/{run_id}"): thread_rules.about_one("read"),
    ("DELETE", "/threads/{thread_id}/runs/{run_id}"): thread_rules.about_one(
        "delete", thread_rules.not_found
    ),
    ("GET", "/threads/{thread_id}/runs/{run_id}/join"): thread_rules.about_one(
        "read", run_rules.no_run_to_join
    ),
    ("GET", "/threads/{thread_id}/runs/{run_id}/stream"): thread_rules.about_one(
        "read", run_rules.no_run_to_join
    ),
    ("POST", "/threads/{thread_id}/runs/{run_id}/cancel"): thread_rules.about_one(
        "update", run_rules.no_run_to_cancel
    ),
    ("POST", "/threads/{thread_id}/runs/{run_id}/pause"): thread_rules.about_one(
        "update", run_rules.no_run_to_pause
    ),
    ("POST", "/runs"): run_rules.create_stateless,
    ("POST", "/runs/wait"): run_rules.create_stateless,
    ("POST", "/runs/stream"): run_rules.create_stateless,
    ("POST", "/runs/batch"): run_rules.create_batch,
    ("POST", "/runs/cancel"): run_rules.cancel,
    ("PUT", "/store/items"): store_rules.about_one("put"),
    ("GET", "/store/items"): store_rules.get,
    ("DELETE", "/store/items"): store_rules.about_one("delete"),
    ("POST", "/store/items/search"): store_rules.search,
    ("POST", "/store/namespaces"): store_rules.list_namespaces,
}
"""By method and path, as the router knows it. A command is asked about like the run it starts."""
