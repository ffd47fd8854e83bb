"""The items that standing rules answer while a reader follows an inbox."""

import asyncio
import os
from collections.abc import Sequence
from typing import Self

from hitl_engine.deciding.reviews import Reviews
from hitl_engine.deciding.standing_rules import StandingRules
from hitl_engine.errors import BadRules
from hitl_engine.journal.event_log import ItemKey, item_key
from hitl_engine.model import InboxOrder, Interrupt, RuledAnswer, Waiting, in_order

LOOK_SECONDS = 2.0
"""After so long, it is noticed that the file was changed."""
_AT_ONCE = 16
"""Threads that are answered at one time: each is followed until its run has ended."""
_END_SECONDS = 10.0
"""So long a decision that was begun is waited for at the end; its outcome can be found later."""


class RuledItems:
    """Finds the items that the rules name, and answers them, one of each thread at a time.

    Each item is looked at once, and again when the rules have changed.
    """

    def __init__(self, rules: StandingRules, reviews: Reviews) -> None:
        self._rules = rules
        self._reviews = reviews
        self._answering: dict[ItemKey, Interrupt] = {}
        self._tasks: dict[ItemKey, asyncio.Task[RuledAnswer]] = {}
        self._threads: dict[str, asyncio.Lock] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._looked_at: dict[ItemKey, Waiting] = {}
        self._version: frozenset[str] | None = None
        self._file: object = None
        self._is_over = False
        self.fault = ""
        """Why the file cannot be used now; empty if it can."""

    async def __aenter__(self) -> Self:
        """Raises BadRules: what is wrong at the start is an error of the caller."""
        self._rules.read()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_over = True
        tasks = self._tasks.values()
        if tasks:
            await asyncio.wait(tasks, timeout=_END_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def tasks(self) -> tuple[asyncio.Task[RuledAnswer], ...]:
        """The answers that were begun, and not taken by `ended`."""
        return tuple(self._tasks.values())

    @property
    def has_news(self) -> bool:
        """Whether the file is not as it was when it was read last."""
        return self._state_of_file() != self._file

    def is_answering(self, item: Waiting) -> bool:
        """Whether an item was chosen, and what came of that was not taken yet."""
        return item_key(item) in self._answering

    async def sent_before(self, item: Waiting) -> RuledAnswer | None:
        """Return what rules answered to an item, by the journal. Raises JournalFailed."""
        return await self._rules.sent_before(item)

    async def choose(self, items: Sequence[Waiting]) -> dict[ItemKey, str]:
        """Choose which of all the items that wait are answered by `start`.

        Return why others are left to a person, where a rule matches a part of them. Raises
        JournalFailed.
        """
        self._file = self._state_of_file()
        try:
            rules = self._rules.read()
        except BadRules as error:
            self.fault, self._version = error.what, None
            return {}
        self.fault = ""
        version = frozenset(rule.digest for rule in rules)
        if version != self._version:
            self._version, self._looked_at = version, {}
        unknown = (item for item in items if not self.is_answering(item) and self._is_new(item))
        new = in_order(list(unknown), InboxOrder.LONGEST)
        self._looked_at = {item_key(item): item for item in items}
        left: dict[ItemKey, str] = {}
        for item, ruling in zip(new, await self._rules.concerned(rules, new), strict=True):
            if ruling.action is not None and isinstance(item, Interrupt):
                self._answering[item_key(item)] = item
            elif ruling.why:
                left[item_key(item)] = ruling.why
        return left

    def start(self) -> None:
        """Begin to answer what was chosen."""
        for key, item in self._answering.items():
            if key not in self._tasks:
                self._tasks[key] = asyncio.create_task(self._answer(item))

    def ended(self) -> list[tuple[Interrupt, RuledAnswer]]:
        """Return what came of the answers that have ended since the last call."""
        keys = [key for key, task in self._tasks.items() if task.done()]
        return [(self._answering.pop(key), self._tasks.pop(key).result()) for key in keys]

    async def _answer(self, item: Interrupt) -> RuledAnswer:
        lock = self._threads.setdefault(item.thread_id, asyncio.Lock())
        try:
            async with lock, self._slots:
                if self._is_over:
                    return RuledAnswer(why="the watch ended before it was answered.")
                return await self._rules.answer(item, lambda _: None)
        finally:
            if not any(each.thread_id == item.thread_id for each in self._others(item)):
                self._threads.pop(item.thread_id, None)

    def _others(self, item: Interrupt) -> list[Interrupt]:
        return [each for each in self._answering.values() if each is not item]

    def _is_new(self, item: Waiting) -> bool:
        """Whether the present rules were not asked about an item as it is now."""
        known = self._looked_at.get(item_key(item))
        if known is None or known is item:
            return known is None
        return self._reviews.fingerprint_of(known) != self._reviews.fingerprint_of(item)

    def _state_of_file(self) -> object:
        try:
            found = os.stat(self._rules.path)
        except OSError as error:
            return error.errno
        return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode, found.st_uid
