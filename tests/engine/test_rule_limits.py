"""The limits of standing rules: counted in the journal, for all programs that use it."""

import asyncio
import json
import multiprocessing
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from hitl_engine.errors import NotTaken
from hitl_engine.journal import open_journal
from hitl_engine.journal.decisions import Intent
from hitl_engine.model import LogFilter, Outcome, OutcomeKind, Rule, RuleUse
from hitl_engine.rules.rule_file import parse_rules
from tests.engine.test_journal import INTENT
from tests.engine.test_rule_file import REJECT, RULE

SMALL, NO_SHELL = parse_rules(RULE.replace("limit = 20", "limit = 3") + REJECT, Path("rules.toml"))


def intent(number: int | str, *uses: tuple[Rule, int]) -> Intent:
    rules = tuple(RuleUse(rule, calls) for rule, calls in uses)
    return replace(INTENT, decision_id=f"d{number}", fingerprint=f"f{number}", rules=rules)


async def test_a_limit_counts_calls_and_each_question_is_answered_once(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        log = journal.decisions
        await log.intend(intent(1, (SMALL, 2)))
        with pytest.raises(NotTaken, match="limit of a rule is reached"):
            await log.intend(intent(2, (SMALL, 2)))
        with pytest.raises(NotTaken):
            await log.intend(intent(2, (SMALL, 1)), intent(3, (SMALL, 1)))
        with pytest.raises(NotTaken, match="or a rule answered this"):
            await log.intend(replace(intent(4, (SMALL, 1)), fingerprint="f1"))
        await log.intend(intent(5, (SMALL, 1), (NO_SHELL, 9)))
        await log.intend(intent(6, (NO_SHELL, 9)))
        assert await log.calls_by_rules() == {SMALL.digest: 3, NO_SHELL.digest: 18}
        other = replace(SMALL, digest="another text of the rule")
        await log.intend(intent(7, (other, 3)))
        await log.intend(replace(INTENT, decision_id="person", fingerprint="f1"))
        assert len(await log.log(limit=9)) == 5


async def test_only_what_was_certainly_not_taken_does_not_count(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        log = journal.decisions
        for number, kind in enumerate((OutcomeKind.UNKNOWN, OutcomeKind.APPLIED, None)):
            sent = intent(number, (SMALL, 1))
            await log.intend(sent)
            if kind is not None:
                await log.conclude(sent, Outcome(kind, "", None, thread_id="t1"), None)
        with pytest.raises(NotTaken):
            await log.intend(intent(3, (SMALL, 1)))
        refused = Outcome(OutcomeKind.REFUSED, "", None, thread_id="t1")
        await log.conclude(intent(2, (SMALL, 1)), refused, None)
        await log.intend(intent(4, (SMALL, 1)))
        with pytest.raises(NotTaken, match="or a rule answered this"):
            await log.intend(replace(intent(5, (NO_SHELL, 1)), fingerprint="f2"))


async def test_the_log_tells_which_rule_decided_and_the_chain_keeps_it(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await journal.decisions.intend(intent(1, (SMALL, 2), (NO_SHELL, 1)))
        await journal.decisions.intend(intent(2))
        (entry,) = await journal.decisions.log(LogFilter(who="rules small-refunds"), limit=9)
        assert entry.who.endswith(" by rules small-refunds, no-shell")
        assert [(rule.name, rule.digest, rule.calls) for rule in entry.rules] == [
            (SMALL.name, SMALL.digest, 2),
            (NO_SHELL.name, NO_SHELL.digest, 1),
        ]
        assert entry.rules[0].content == SMALL.content
        assert await journal.decisions.answered_by_rules("f1") == entry
        assert await journal.decisions.answered_by_rules("f2") is None
        assert not (await journal.decisions.verify()).fault
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as database, database:
        database.execute("UPDATE decision SET body = replace(body, 'small-refunds', 'large')")
    async with open_journal(tmp_path) as journal:
        assert (await journal.decisions.verify()).fault


def _use_up(folder: str, name: str, rule: Rule) -> None:
    async def run() -> None:
        async with open_journal(Path(folder)) as journal:
            for number in range(40):
                with suppress(NotTaken):
                    await journal.decisions.intend(intent(f"{name}-{number}", (rule, 1)))

    asyncio.run(run())


def test_processes_at_once_never_exceed_a_limit(tmp_path: Path) -> None:
    """Each tries as often as the limit allows; without one transaction they would exceed it."""
    rule = replace(SMALL, limit=40, content={**SMALL.content, "limit": 40})
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=_use_up, args=(str(tmp_path), name, rule)) for name in "abc"
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as database:
        rows = database.execute("SELECT body FROM decision WHERE event = 'intend'").fetchall()
    assert len(rows) == 40
    assert {json.loads(body)["rules"][0]["digest"] for (body,) in rows} == {rule.digest}
