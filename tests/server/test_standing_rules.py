"""Standing rules on a real server: what they answer, how often, and what others see of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import BadRules, NotTaken
from hitl_engine.local import connection
from hitl_engine.model import (
    Answer,
    InboxEvent,
    Interrupt,
    JsonValue,
    OutcomeKind,
    RuleAction,
)
from tests.server.conftest import on_local_server
from tests.server.processes import Served
from tests.server.test_inbox import Network

RULE = """
[[rule]]
name = "refunds"
do = "approve"
graph = "asking_as_told"
tool = "TOOL"
until = 2999-01-01T00:00:00Z
limit = 3
arguments.amount = 5
"""


@dataclass
class Case:
    """A tool that only one test uses, and a file of rules about it."""

    folder: Path
    tool: str

    @property
    def file(self) -> Path:
        """The file of rules."""
        return self.folder / "rules.toml"

    def write(self, text: str = RULE) -> Path:
        """Write the rules, as a person edits them."""
        self.file.write_text(text.replace("TOOL", self.tool))
        self.file.chmod(0o600)
        return self.file

    async def ask(self, desk: Desk, amount: JsonValue = 5) -> Interrupt:
        """Start a run that asks about one call of this tool."""
        call: JsonValue = {"name": self.tool, "args": {"amount": amount}}
        config: JsonValue = {"action_name": self.tool, "allowed_decisions": ["approve", "reject"]}
        payload: JsonValue = {"action_requests": [call], "review_configs": [config]}
        (graph,) = [each for each in await desk.graphs() if each.graph_id == "asking_as_told"]
        outcome = await desk.start(graph, {"said": [payload]}, lambda _: None)
        assert outcome.thread is not None
        (asked,) = outcome.thread.waiting
        assert isinstance(asked, Interrupt)
        return asked

    async def followed(
        self, desk: Desk, items: Sequence[Interrupt], state: str = "state"
    ) -> list[InboxEvent]:
        """Return what a watch with the rules tells of these items until all is told."""
        threads = {item.thread_id for item in items}
        found: list[InboxEvent] = []
        async with desk.inbox_events(self.folder / state, rules=self.file) as events:
            async for batch in events.follow(once=True):
                found += [event for event in batch if event.item.thread_id in threads]
                await events.told(batch[-1])
        return found


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path, f"refund_{uuid4().hex[:8]}")


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    """The network of the next desk; tests intercept its requests."""
    network = Network()
    monkeypatch.setattr(connection, "LangGraphServer", network.client)
    return network


@pytest.fixture
async def desk(network: Network, served: Served, tmp_path: Path) -> AsyncIterator[Desk]:
    data = tmp_path / "journal"
    async with open_desk(served.url, data_dir=data, headers=served.headers) as opened:
        yield opened


def told(events: Sequence[InboxEvent]) -> list[str]:
    return [event.kind.value for event in events]


@pytest.mark.parametrize(
    "served",
    ["local_server", pytest.param("langgraph_dev", marks=pytest.mark.hardening)],
    indirect=True,
)
async def test_a_rule_answers_and_everybody_sees_that_it_did(
    desk: Desk, case: Case, served: Served, tmp_path: Path
) -> None:
    case.write()
    item, other = await case.ask(desk), await case.ask(desk, 6)
    events = await case.followed(desk, [item])
    assert told(events) == ["matched", "ruled", "answered"]
    answer = events[1].answer
    assert answer is not None
    assert (answer.rules, answer.decision, answer.outcome) == (
        *(("refunds",), "approve", OutcomeKind.APPLIED),
    )
    assert [event.answer for event in await case.followed(desk, [other], "new")] == [None]
    (entry, *_) = await desk.log()
    assert entry.who.endswith(" by rule refunds")
    assert [(rule.name, rule.calls) for rule in entry.rules] == [("refunds", 1)]
    (run, *_) = await desk._session.api.runs(item.thread_id, limit=1)
    assert (run.metadata["hitl_rule"], run.metadata["hitl_rule_digest"]) == (
        *("refunds", entry.rules[0].digest),
    )
    away = tmp_path / "elsewhere"
    async with open_desk(served.url, data_dir=away, headers=served.headers) as of_another:
        given = await of_another.answer_given(item)
        assert given is not None and given.who == "by rule refunds"


@on_local_server
async def test_two_watches_never_exceed_a_limit(
    desk: Desk, case: Case, served: Served, tmp_path: Path
) -> None:
    case.write()
    items = [await case.ask(desk) for _ in range(6)]
    data = tmp_path / "journal"
    async with open_desk(served.url, data_dir=data, headers=served.headers) as second:
        await asyncio.gather(case.followed(desk, items, "one"), case.followed(second, items, "two"))
    entries = [entry for entry in await desk.log() if entry.event == "answer"]
    assert [entry.outcome for entry in entries] == [OutcomeKind.APPLIED] * 3
    waiting = [await desk.thread(item.thread_id) for item in items]
    assert sum(bool(thread.waiting) for thread in waiting) == 3
    left = await case.followed(desk, items, "three")
    assert {event.answer.why for event in left if event.answer} == {
        "rule refunds matches it, and its limit is reached."
    }


@on_local_server
async def test_an_unknown_outcome_counts_and_is_never_sent_again(
    desk: Desk, case: Case, network: Network
) -> None:
    async def lost(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST" and request.url.path.endswith("/runs/stream"):
            raise httpx.ReadError("cut off", request=request)
        return None

    case.write(RULE.replace("limit = 3", "limit = 1"))
    item = await case.ask(desk)
    network.intercept = lost
    events = await case.followed(desk, [item])
    network.restore()
    assert told(events) == ["matched", "ruled"]
    assert events[1].answer and events[1].answer.outcome is OutcomeKind.UNKNOWN
    assert (await desk.thread(item.thread_id)).waiting, "it never arrived"
    network.seen.clear()
    (left,) = await case.followed(desk, [await case.ask(desk)], "new")
    assert left.answer and left.answer.why == "rule refunds matches it, and its limit is reached."
    case.write(RULE.replace("limit = 3", "limit = 9"))
    events = await case.followed(desk, [item], "newer")
    assert told(events) == ["matched", "ruled"], "another text of the rule does not send it either"
    assert events[1].answer and events[1].answer.outcome is OutcomeKind.UNKNOWN
    sent = [path for _, path in network.seen if item.thread_id in path and "runs/stream" in path]
    assert sent == []


@on_local_server
async def test_what_a_killed_watch_wrote_down_is_not_sent_again(desk: Desk, case: Case) -> None:
    case.write()
    item = await case.ask(desk)
    question = desk.reviews.question(item)
    standing = desk.standing_rules(case.file)
    (ruled,) = await standing.look([item])
    decided = [(question, ruled.ruling.decisions[0])]
    (intent,) = desk._decider.intents_of(decided)
    await desk._log.intend(replace(intent, rules=ruled.ruling.uses[0]))
    events = await case.followed(desk, [item])
    assert told(events) == ["matched", "ruled"]
    assert events[1].answer and events[1].answer.outcome is None
    with pytest.raises(NotTaken, match="a rule answered this"):
        await desk.decide_by_rules([question], ruled.ruling, lambda _: None)
    person = await desk.decide(question, decided[0][1], lambda _: None)
    assert person.kind is OutcomeKind.APPLIED


@on_local_server
async def test_a_watch_tells_what_one_before_it_could_not(desk: Desk, case: Case) -> None:
    """It was ended after it had sent an answer, and before that was told."""
    case.write()
    item = await case.ask(desk)
    async with (
        desk.inbox_events(case.folder / "state", rules=case.file) as events,
        aclosing(events.follow()) as batches,
    ):
        async for batch in batches:
            await events.told(batch[-1])
            if any(event.item == item for event in batch):
                break
    assert not (await desk.thread(item.thread_id)).waiting, "what was begun is done"
    events_after = await case.followed(desk, [item])
    assert told(events_after) == ["ruled", "answered"]
    assert events_after[0].answer and events_after[0].answer.outcome is OutcomeKind.APPLIED


@on_local_server
async def test_the_file_is_read_again_for_each_decision(desk: Desk, case: Case) -> None:
    case.write(RULE.replace("amount = 5", "amount = 7"))
    items = [await case.ask(desk) for _ in range(3)]
    faults: list[str] = []
    ruled: list[str] = []

    async def until(count: int) -> None:
        async with asyncio.timeout(30):
            while len(ruled) < count:
                await asyncio.sleep(0.05)

    async with AsyncExitStack() as stack:
        events = await stack.enter_async_context(
            desk.inbox_events(case.folder / "state", rules=case.file)
        )

        async def follow() -> None:
            async with aclosing(events.follow(on_fault=faults.append)) as batches:
                async for batch in batches:
                    ruled.extend(
                        event.item.thread_id for event in batch if event.kind.value == "ruled"
                    )
                    await events.told(batch[-1])

        following = asyncio.create_task(follow())
        try:
            case.write(RULE.replace("limit = 3", "limit = 2"))
            await until(2)
            case.write("not TOML")
            async with asyncio.timeout(30):
                while not faults:
                    await asyncio.sleep(0.05)
            items.append(await case.ask(desk))
            case.write()
            async with asyncio.timeout(30):
                while faults[-1]:
                    await asyncio.sleep(0.05)
            await until(4)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
    assert "This is not TOML" in faults[0] and faults[-1] == ""
    assert sorted(ruled) == sorted(item.thread_id for item in items)
    case.write("")
    with pytest.raises(BadRules):
        await case.followed(desk, items)


@on_local_server
async def test_what_changed_since_is_left(desk: Desk, case: Case) -> None:
    case.write()
    item = await case.ask(desk)
    standing = desk.standing_rules(case.file)
    (looked,) = await standing.look([item])
    assert looked.ruling.action is RuleAction.APPROVE
    await desk.decide(desk.reviews.question(item), Answer({"decisions": [{"type": "reject"}]}), _no)
    assert (await standing.answer(item, _no)).why == "it no longer waits."
    case.write(RULE.replace("2999", "2020"))
    assert (await standing.answer(await case.ask(desk), _no)).why == ""
    case.file.chmod(0o622)
    assert "Other users can change it" in (await standing.answer(item, _no)).why


def _no(_: object) -> None:
    """Ignore the progress of a run."""
