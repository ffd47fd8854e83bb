"""The store of a server: looked at, and changed."""

from collections.abc import Sequence

from hitl_engine.debugging.recorded import recorded
from hitl_engine.errors import Missing
from hitl_engine.journal.decisions import DecisionLog, Intent
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import JsonObject, JsonValue, Outcome, StoreItem, StorePage
from hitl_engine.reading.wire import WireItem

_PAGE = 100
"""The most that every server gives at once."""
_MOST_NAMESPACES = 10_000


class Store:
    """The items of one server's store. Methods raise TargetError."""

    def __init__(self, session: ServerSession, log: DecisionLog) -> None:
        self._session = session
        self._log = log

    async def namespaces(
        self, prefix: Sequence[str] = (), *, limit: int = _MOST_NAMESPACES
    ) -> tuple[tuple[str, ...], ...]:
        """Return up to `limit` namespaces that have items, at and below a prefix, in order."""
        found: dict[tuple[str, ...], None] = {}
        while len(found) < limit:
            query: JsonObject = {"limit": _PAGE, "offset": len(found)}
            if prefix:
                query["prefix"] = list(prefix)
            page = await self._session.api.namespaces(query)
            known = len(found)
            found |= dict.fromkeys(page)
            if len(page) < _PAGE or len(found) == known:
                break
        return tuple(sorted(found))[:limit]

    async def items(self, prefix: Sequence[str], *, limit: int = _PAGE) -> tuple[StoreItem, ...]:
        """Return up to `limit` items in and below a namespace, last changed first."""
        found: list[StoreItem] = []
        while len(found) < limit:
            page = await self.page(prefix, offset=len(found))
            found += page.items
            if page.is_last:
                break
        return tuple(found[:limit])

    async def page(
        self, prefix: Sequence[str], *, offset: int = 0, filter: JsonObject | None = None
    ) -> StorePage:
        """Return the items in and below a namespace from `offset` on, last changed first.

        `filter`: values that keys of an item must have.
        """
        query: JsonObject = {
            "namespace_prefix": list(prefix),
            "limit": _PAGE,
            "offset": offset,
        }
        if filter:
            query["filter"] = filter
        items = tuple(map(_item, await self._session.api.search_items(query)))
        return StorePage(items, is_last=len(items) < _PAGE)

    async def get(self, namespace: Sequence[str], key: str) -> StoreItem:
        """Return one item. Raises Missing."""
        item = await self._session.api.item(namespace, key)
        if item is None:
            raise Missing(f"The store has no {key} in {'.'.join(namespace)}.")
        return _item(item)

    async def put(self, namespace: Sequence[str], key: str, value: JsonObject) -> Outcome:
        """Store an item, in the place of one with the same key. Raises JournalFailed."""

        async def send() -> str:
            await self._session.api.put_item(namespace, key, value)
            return "The item is in the store."

        async def was_done() -> str | None:
            there = await self._session.api.item(namespace, key)
            return "The item is in the store." if there and there.value == value else None

        async with self._session.keep_running():
            intent = self._intent(f"put {_place(namespace, key)}", value)
            return await recorded(self._log, intent, send, was_done)

    async def delete(self, namespace: Sequence[str], key: str) -> Outcome:
        """Delete an item. Raises Missing, JournalFailed."""
        item = await self.get(namespace, key)

        async def send() -> str:
            await self._session.api.delete_item(namespace, key)
            return "The item is deleted."

        async def was_done() -> str | None:
            there = await self._session.api.item(namespace, key)
            return None if there else "The item is deleted."

        async with self._session.keep_running():
            intent = self._intent(f"delete {_place(namespace, key)}", item.value)
            return await recorded(self._log, intent, send, was_done)

    def _intent(self, decision: str, value: JsonValue) -> Intent:
        return Intent(
            event="store",
            server=self._session.server.label,
            graph_id="",
            thread_id="",
            decision=decision,
            answer=value,
        )


def _item(item: WireItem) -> StoreItem:
    return StoreItem(item.namespace, item.key, item.value, item.updated_at)


def _place(namespace: Sequence[str], key: str) -> str:
    return f"{'.'.join(namespace)} {key}"
