"""Answers what waits by the standing rules of a file; what they do not name is left to a person.

The file is read again for each decision, and the thread too. A question is answered by rules at most
once, whatever came of that: the journal of the target tells, for all programs that use it.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from hitl_engine.deciding.reviews import Reviews
from hitl_engine.deciding.task_groups import group_by_task
from hitl_engine.errors import HitlError, JournalFailed
from hitl_engine.journal.decisions import DecisionLog
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import (
    Interrupt,
    LogEntry,
    OnProgress,
    Outcome,
    OutcomeKind,
    Question,
    Rule,
    RuledAnswer,
    RuledItem,
    Ruling,
    Waiting,
    by_rules,
)
from hitl_engine.rules.matching import Situation, ruling_of
from hitl_engine.rules.rule_file import read_rules

Decide: TypeAlias = Callable[
    [Sequence[Question], Ruling, OnProgress], Coroutine[Any, Any, tuple[Outcome, ...]]
]

_NOTHING: Mapping[str, int] = MappingProxyType({})


class StandingRules:
    """The rules of one file, for one target."""

    def __init__(
        self,
        path: Path,
        session: ServerSession,
        log: DecisionLog,
        reviews: Reviews,
        decide: Decide,
    ) -> None:
        self.path = path
        self._session = session
        self._log = log
        self._reviews = reviews
        self._decide = decide

    def read(self) -> tuple[Rule, ...]:
        """Return the rules as they are in the file now. Raises BadRules."""
        return read_rules(self.path)

    async def calls_left(self, rules: Sequence[Rule]) -> dict[str, int]:
        """Return how many more calls the rules with a limit may answer here, by their names.

        Raises JournalFailed.
        """
        used = await self._log.calls_by_rules()
        return {
            rule.name: max(0, rule.limit - used.get(rule.digest, 0))
            for rule in rules
            if rule.limit is not None
        }

    async def concerned(self, rules: Sequence[Rule], waiting: Sequence[Waiting]) -> list[Ruling]:
        """Return what the rules say about each of these items alone, as the inbox has them.

        Reads no thread, so `answer` may find otherwise. Raises JournalFailed.
        """
        situation = await self._situation()
        graphs = {rule.graph for rule in rules}
        found: list[Ruling] = []
        for item in waiting:
            if isinstance(item, Interrupt) and item.graph_id in graphs:
                found.append(self._ruling(rules, (item,), situation))
                await asyncio.sleep(0)  # an inbox can have very many
            else:
                found.append(Ruling())
        return found

    async def sent_before(self, waiting: Waiting) -> RuledAnswer | None:
        """Return what rules answered to an item, in this program or another. Raises JournalFailed."""
        entry = await self._log.answered_by_rules(self._reviews.fingerprint_of(waiting))
        return None if entry is None else _answered_before(entry).sent

    async def look(self, waiting: Sequence[Waiting]) -> list[RuledItem]:
        """Return what the rules would do with these items, one after the other in this order.

        Reads the file and the threads; sends nothing. Raises BadRules, TargetError, JournalFailed.
        """
        would: Counter[str] = Counter()
        known: dict[str, RuledItem] = {}
        for item in waiting:
            shown = self._reviews.fingerprint_of(item)
            if shown in known or not isinstance(item, Interrupt):
                continue
            questions, known[shown] = await self._looked(item, would)
            known |= {question.fingerprint: known[shown] for question in questions}
            for use in chain.from_iterable(known[shown].ruling.uses):
                would[use.rule.digest] += use.calls
        nothing = RuledItem(Ruling())
        return [known.get(self._reviews.fingerprint_of(item), nothing) for item in waiting]

    async def answer(self, waiting: Interrupt, on_progress: OnProgress) -> RuledAnswer:
        """Answer an item by the rules, if they name it; return when its thread has stopped again.

        Never raises: an item that cannot be answered is left to a person, with the reason.
        """
        try:
            questions, ruled = await self._looked(waiting)
            if ruled.sent is not None:
                return ruled.sent
            if ruled.ruling.action is None:
                return RuledAnswer(why=ruled.ruling.why)
            outcomes = await self._decide(questions, ruled.ruling, on_progress)
        except HitlError as error:
            with suppress(JournalFailed):  # another program may have answered it by rules just now
                if (sent := await self.sent_before(waiting)) is not None:
                    return sent
            return RuledAnswer(why=str(error))
        at = [question.interrupt.interrupt_id for question in questions].index(waiting.interrupt_id)
        return RuledAnswer(
            rules=tuple(rule.name for rule in ruled.ruling.rules),
            decision=ruled.ruling.action.value,
            outcome=outcomes[at].kind,
            why=outcomes[at].why,
        )

    async def _looked(
        self, waiting: Interrupt, would: Mapping[str, int] = _NOTHING
    ) -> tuple[list[Question], RuledItem]:
        """Return the questions that are answered with an item, and what the rules say of them.

        `would`: how many more calls each rule would have answered before.
        """
        rules = self.read()
        shown = self._reviews.fingerprint_of(waiting)
        if (entry := await self._log.answered_by_rules(shown)) is not None:
            return [], _answered_before(entry)
        now = (await self._session.reader.snapshot(waiting.thread_id)).view()
        pending = [item for item in now.waiting if isinstance(item, Interrupt)]
        for group in group_by_task(pending):
            if any(self._reviews.fingerprint_of(each) == shown for each in group):
                questions = [self._reviews.question(each) for each in group]
                situation = await self._situation(would)
                return questions, RuledItem(self._ruling(rules, group, situation))
        return [], RuledItem(Ruling(why="it no longer waits."))

    def _ruling(
        self, rules: Sequence[Rule], waiting: Sequence[Interrupt], situation: Situation
    ) -> Ruling:
        return ruling_of(rules, [self._reviews.question(each) for each in waiting], situation)

    async def _situation(self, would: Mapping[str, int] = _NOTHING) -> Situation:
        server = self._session.server
        used = Counter(await self._log.calls_by_rules())
        used.update(would)
        return Situation(
            now=datetime.now(UTC),
            targets=frozenset({server.name, server.label} - {""}),
            used=used,
            cautions=self._reviews.cautions,
        )


def _answered_before(entry: LogEntry) -> RuledItem:
    """Return that rules have answered an item, from its rows in the journal."""
    names = tuple(dict.fromkeys(rule.name for rule in entry.rules))
    if entry.outcome is OutcomeKind.REFUSED:
        return RuledItem(Ruling(why=f"an answer {by_rules(names)} was refused: {entry.why}"))
    decision = entry.decision.partition(",")[0]
    return RuledItem(Ruling(), RuledAnswer(names, decision, entry.outcome, entry.why))
