"""The real console with an inbox of many items, which are made here."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from hitl_engine import payloads
from hitl_engine.model import Inbox, Interrupt, ItemId, ItemNote, Person, Question, Server
from hitl_tui.app import ConsoleApp

if TYPE_CHECKING:
    from hitl_engine.desk import Desk


class _Reviews:
    """The part of the desk's reviews that the inbox screen uses."""

    def question(self, interrupt: Interrupt) -> Question:
        return Question(interrupt, payloads.recognise(interrupt.payload), "")


class _Drafts:
    """The part of the desk's drafts that the inbox screen uses."""

    async def all(self) -> tuple[()]:
        return ()


class _People:
    """The part of the desk's people that the inbox screen uses."""

    me = Person("bench", "client")
    are_told = False


class _Notes:
    """The part of the desk's notes about items that the inbox screen uses."""

    async def all(self) -> dict[ItemId, ItemNote]:
        return {}


class _Items:
    """The part of a desk that the inbox screen uses."""

    drafts = _Drafts()
    item_notes = _Notes()
    people = _People()
    reviews = _Reviews()
    server = Server("bench", "http://127.0.0.1", local=True, version="0", identity="bench")

    def __init__(self, count: int) -> None:
        now = datetime.now(UTC)
        self._items = tuple(
            Interrupt(
                thread_id=f"{number:032x}",
                graph_id="revise",
                interrupt_id=f"{number:032x}",
                payload={"text_to_revise": f"text number {number:05d}"},
                response_schema=None,
                node="human_node",
                task_id=f"{number:032x}",
                namespace="",
                checkpoint_id="c",
                since=now - timedelta(minutes=number),
            )
            for number in range(count)
        )

    async def watch(self) -> AsyncIterator[Inbox]:
        yield Inbox(self._items, busy=0)

    async def expire_queued(self) -> tuple[()]:
        return ()

    async def settle_open(self) -> tuple[()]:
        return ()


@asynccontextmanager
async def _open(count: int) -> AsyncIterator["Desk"]:
    yield cast("Desk", _Items(count))


if __name__ == "__main__":
    ConsoleApp(lambda: _open(int(sys.argv[1]))).run()
