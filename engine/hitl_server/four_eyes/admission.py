"""Decides, in the transaction that admits a run, whether a protected question may be answered.

A question is protected if a rule applies to it. While one waits on a thread, the thread can only be
answered, by two named reviewers who send the same.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hitl_server.four_eyes import refusals
from hitl_server.four_eyes.request_digest import (
    answers_by_id,
    asked_digest,
    request_digest,
    settings_digest,
)
from hitl_server.four_eyes.rules import Rule, rules_for
from hitl_server.json_encoding import now
from hitl_server.json_types import JsonObject
from hitl_server.refusals import Refusal, thread_busy
from hitl_server.reserved_keys import USER_ID
from hitl_server.storage.database import Database
from hitl_server.tables import four_eyes_tables as tables
from hitl_server.tables.four_eyes_tables import Approval, Read, reading
from hitl_server.tables.run_table import Run, names_checkpoint

BY_STANDING_RULE = "hitl_rule"
"""In the metadata of a run that a standing rule of a console has sent."""

_NEWEST_RUN = """
SELECT kwargs, assistant_id FROM runs WHERE thread_id = ? ORDER BY created_at DESC, rowid DESC LIMIT 1
"""


class FourEyes:
    """The protected questions of a server: noted when they are asked, and guarded until answered."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = {rule.name: rule for rule in rules}

    async def prepare(self, database: Database) -> None:
        """Apply the rules to all that waits: they may have changed since the last start."""
        async with database.write() as connection:
            connection.execute("UPDATE four_eyes_questions SET waits = FALSE")
            sql = "SELECT thread_id FROM threads WHERE interrupts != '{}'"
            for (thread_id,) in connection.execute(sql).fetchall():
                self.note_questions(connection, thread_id)

    def note_questions(self, connection: sqlite3.Connection, thread_id: str) -> None:
        """Note what a thread asks now, inside the transaction that wrote its row.

        A first answer to something else is obsolete, and deleted.
        """
        read = reading(connection)
        checkpoint_id, pending = tables.asking_row(read, thread_id)
        graphs = tables.graphs_of(read, thread_id) if pending else set()
        rules = rules_for(self._rules.values(), graphs, pending)
        if rules or tables.waiting_rules(read, thread_id):
            tables.keep_questions(connection, thread_id, checkpoint_id, graphs, rules)
        first = tables.first_answer(read, thread_id)
        if first is not None and first.asked != asked_digest(checkpoint_id, pending):
            tables.remove_first_answer(connection, thread_id)

    def refuse_changes(self, read: Read, thread_id: str) -> None:
        """Raise `Refusal` (403) while a protected question waits on a thread."""
        if waiting := tables.waiting_rules(read, thread_id):
            raise refusals.only_answers(_names(waiting))

    def check_state_change(
        self, connection: sqlite3.Connection, thread_id: str, configurable: JsonObject
    ) -> None:
        """Raise `Refusal` (403) for a change of the state that is not allowed; note who makes it."""
        read = reading(connection)
        self.refuse_changes(read, thread_id)
        if names_checkpoint(configurable) and tables.was_protected(read, thread_id):
            raise refusals.asked_before()
        if name := configurable.get(USER_ID):
            tables.add_starter(connection, thread_id, name)

    def check_begin(self, read: Read, run: Run, admitted: str | None) -> None:
        """Raise `Refusal` (403) for a run that waited, if a protected question was asked meanwhile.

        `admitted` is what `admit` returned for it.
        """
        thread_id = run.thread_id
        if run.names_checkpoint and tables.was_protected(read, thread_id):
            raise refusals.asked_before()
        waiting = tables.waiting_rules(read, thread_id)
        if waiting and admitted != asked_digest(*tables.asking_row(read, thread_id)):
            raise refusals.only_answers(_names(waiting))

    def note_starter(self, connection: sqlite3.Connection, run: Run) -> None:
        """Note who sends a run that is admitted, unless it only answers."""
        if run.caller.person is not None and not _only_answers(run):
            tables.add_starter(connection, run.thread_id, run.caller.person)

    def admit(
        self, connection: sqlite3.Connection, run: Run, *, seen: str | None, is_free: bool
    ) -> str | Refusal | None:
        """Decide about a run, inside the transaction that records it.

        Returns None if no protected question waits; the digest of what waits if the run may answer
        it; or the refusal of an answer that is the first of two. That is recorded: the transaction
        must be committed before the refusal is raised. `seen`: which first answer the sender knows;
        None if that is not told. `is_free`: nothing else uses the thread.

        Raises `Refusal`: 403 for what is not allowed; 409 for an answer while the thread is in use,
        or in place of another one that the sender does not know.
        """
        thread_id, read = run.thread_id, reading(connection)
        if run.names_checkpoint and tables.was_protected(read, thread_id):
            raise refusals.asked_before()
        waiting = tables.waiting_rules(read, thread_id)
        if not waiting:
            return None
        names = _names(waiting)
        if not _only_answers(run) or run.delay:
            raise refusals.only_answers(names)
        self._require_reviewer(read, run, names)
        if not is_free:
            raise thread_busy()
        checkpoint_id, pending = tables.asking_row(read, thread_id)
        asked = asked_digest(checkpoint_id, pending)
        resume = run.kwargs["command"]["resume"]
        answers = answers_by_id(resume, pending)
        if self._is_for_one(waiting, answers) and _has_settings_of_newest(read, run):
            tables.remove_first_answer(connection, thread_id)
            return asked
        answer = resume if answers is None else answers
        return self._approve(connection, run, asked, answer, names, seen)

    def _require_reviewer(self, read: Read, run: Run, names: list[str]) -> None:
        """Refuse (403) an answer that is not of one of the two."""
        person = run.caller.person
        if person is None:
            raise refusals.nobody(names)
        if run.metadata.get(BY_STANDING_RULE) is not None:
            raise refusals.by_standing_rule(names)
        if person in tables.starters(read, run.thread_id):
            raise refusals.by_starter(person, names)

    def _is_for_one(self, waiting: dict[str, list[str]], answers: JsonObject | None) -> bool:
        """Whether one reviewer suffices: by each rule, for the answer to each protected question."""
        return answers is not None and all(
            interrupt_id in answers and self._rules[name].is_for_one(answers[interrupt_id])
            for interrupt_id, names in waiting.items()
            for name in names
        )

    def _approve(
        self,
        connection: sqlite3.Connection,
        run: Run,
        asked: str,
        answer: Any,
        names: list[str],
        seen: str | None,
    ) -> str | Refusal:
        """Return `asked` if this is the second of two equal answers; else keep it as the first."""
        person = run.caller.person
        assert person is not None, "only answers of a person come here"
        thread_id, time = run.thread_id, now()
        request = request_digest([run.assistant_id, answer], run.kwargs)
        sent = Approval(asked, request, person, time, answer)
        first = tables.first_answer(reading(connection), thread_id)
        is_same = first is not None and (first.asked, first.request) == (asked, request)
        if first is not None and is_same and first.name != person:
            tables.remove_first_answer(connection, thread_id)
            return asked
        if first is not None and is_same:
            sent = replace(sent, at=first.at)
        elif first is not None and first.name != person and seen not in (None, first.request):
            raise refusals.another_first(first, names)
        tables.keep_first_answer(connection, thread_id, sent, time)
        replaced = first.name if first is not None and not is_same else None
        return refusals.first_of_two(sent, names, replaced=replaced)


def _only_answers(run: Run) -> bool:
    return run.kwargs["input"] is None and (run.kwargs["command"] or {}).keys() == {"resume"}


def _has_settings_of_newest(read: Read, run: Run) -> bool:
    """Whether a run has the assistant and the settings of the newest run of its thread."""
    rows = read(_NEWEST_RUN, (run.thread_id,))
    if not rows:
        return False
    kwargs, assistant_id = json.loads(rows[0][0]), rows[0][1]
    same = settings_digest(kwargs) == settings_digest(run.kwargs)
    return bool(same and assistant_id == run.assistant_id)


def _names(waiting: dict[str, list[str]]) -> list[str]:
    """Return the names of all rules once."""
    return list(dict.fromkeys(name for names in waiting.values() for name in names))
