"""One page of a server's threads, last changed first, whatever the server can do."""

from collections.abc import Sequence

from hitl_engine.errors import ServerRefused
from hitl_engine.model import JsonObject, PageMark
from hitl_engine.reading.client import LangGraphServer
from hitl_engine.reading.wire import WireThread

SUMMARY = ("thread_id", "status", "updated_at", "state_updated_at", "metadata", "interrupts")
DERIVED = ("next", "tasks", "checkpoint_id", "breakpoint", "error")
"""Keys that our own server adds to a row, so that no state has to be read."""
FOUR_EYES = ("four_eyes", "approvals")
"""Keys that it adds where some answers need two reviewers (flag `four_eyes`)."""


async def search_page(
    api: LangGraphServer, query: JsonObject, *, limit: int, offset: int, select: Sequence[str]
) -> tuple[WireThread, ...]:
    """Return the rows that match from `offset` on: at most `limit`, and no more than a page.

    A server that refuses to select fields, or so large a page, is asked for less; this is remembered.
    Raises TargetError.
    """
    refused: ServerRefused | None = None
    for can in api.can.with_less():
        search: JsonObject = {
            **query,
            "limit": min(limit, can.thread_page),
            "offset": offset,
            "sort_by": "updated_at",
            "sort_order": "desc",
        }
        if can.selects_fields:
            search["select"] = list(select)
        try:
            page = await api.search_threads(search)
        except ServerRefused as error:
            if error.status not in (400, 422):
                raise
            refused = refused or error
        else:
            api.can = can
            return page
    assert refused is not None
    raise refused


def continues(page: Sequence[WireThread], last: WireThread | PageMark) -> bool:
    """Whether a page begins at the last row of the one before, or above it.

    If not, rows above have gone (deleted, or out of the filter), and others may have been missed.
    """
    if not page:
        return False
    first = page[0]
    if first.updated_at is None or last.updated_at is None:
        return first.thread_id == last.thread_id
    return first.thread_id == last.thread_id or first.updated_at > last.updated_at
