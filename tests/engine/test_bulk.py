"""Many items at once: which decisions all of them accept, what each gets, and how all are sent."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from hitl_engine import payloads
from hitl_engine.deciding import bulk
from hitl_engine.deciding import bulk_sender as many
from hitl_engine.errors import NoLongerWaits
from hitl_engine.model import (
    Answer,
    Approve,
    Breakpoint,
    BulkWay,
    Choose,
    CommonWays,
    Decision,
    Fill,
    Interrupt,
    Item,
    JsonObject,
    JsonValue,
    Outcome,
    OutcomeKind,
    Question,
    Reject,
    Respond,
    Revise,
    SameDecision,
)
from tests.engine.test_payloads import APPROVAL, ASK, CAMEL, EMAIL, HOOK, SNAKE

SCHEMA: JsonObject = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}, "note": {"type": "string", "default": "-"}},
    "required": ["ok"],
}
TEXT: JsonObject = {"text_to_revise": "a"}


def asked(
    payload: JsonValue,
    schema: JsonObject | None = None,
    *,
    thread: str = "t",
    task: str = "task",
    number: int = 1,
    task_error: str | None = None,
) -> Question:
    interrupt = Interrupt(
        thread, "graph", f"{number:032x}", payload, schema, "node", task, "", "c", None, task_error
    )
    return Question(interrupt, payloads.recognise(payload, schema), "")


def stop(thread: str = "s") -> Breakpoint:
    return Breakpoint(thread, "graph", "before", "send", ("send",), "c", None)


def answers(items: Sequence[Item], same: SameDecision) -> list[JsonValue]:
    def answer_of(question: Question, decision: Decision) -> JsonValue:
        interrupt = question.interrupt
        return payloads.encode(interrupt.payload, decision, interrupt.response_schema)

    planned = bulk.plan(items, same, answer_of, lambda *_: ())
    assert [each.item for each in planned] == [*items]
    return [each.fault or each.answer for each in planned]


def why(found: CommonWays, way: BulkWay) -> tuple[int, str]:
    return next((each.item, each.why) for each in found.withheld if each.way is way)


# Decisions that all items accept


@pytest.mark.parametrize(
    ("items", "ways"),
    [
        ([asked(TEXT), asked("Your name?")], {BulkWay.TEXT, BulkWay.JSON}),
        ([asked(SNAKE), asked(SNAKE)], {BulkWay.APPROVE, BulkWay.REJECT, BulkWay.JSON}),
        ([asked(CAMEL), asked(SNAKE)], {BulkWay.APPROVE, BulkWay.REJECT, BulkWay.JSON}),
        ([asked(EMAIL)] * 2, {BulkWay.APPROVE, BulkWay.REJECT, BulkWay.RESPOND, BulkWay.JSON}),
        ([asked(APPROVAL)] * 2, {BulkWay.REJECT, BulkWay.JSON}),
        ([asked({"message": "m", "options": ["a", "b"]})] * 2, {BulkWay.CHOOSE, BulkWay.JSON}),
        ([asked({"question": "Is it right?"})] * 2, {BulkWay.CHOOSE, BulkWay.TEXT, BulkWay.JSON}),
        (
            [asked({"title": "x"}, SCHEMA), asked({"title": "y"}, SCHEMA)],
            {BulkWay.FILL, BulkWay.JSON},
        ),
        ([asked(ASK)] * 2, {BulkWay.JSON}),
        ([asked({"any": 1}), asked([2])], {BulkWay.TEXT, BulkWay.JSON}),
        ([stop("a"), stop("b")], {BulkWay.STEP}),
        ([asked(HOOK)], set()),
        ([asked(TEXT, task_error="boom")], set()),
        ([], set()),
    ],
)
def test_only_decisions_that_all_items_accept_are_offered(
    items: list[Item], ways: set[BulkWay]
) -> None:
    found = bulk.common_ways(items)
    assert set(found.ways) == ways
    if items:
        assert {*found.ways, *(each.way for each in found.withheld)} == set(BulkWay)


def test_the_item_that_prevents_a_decision_is_named() -> None:
    found = bulk.common_ways([asked(EMAIL), asked(CAMEL), asked(SNAKE)])
    assert why(found, BulkWay.RESPOND) == (
        1,
        "write_file does not allow it. The request allows approve, edit, reject.",
    )
    found = bulk.common_ways([asked(SNAKE)])
    assert why(found, BulkWay.RESPOND) == (
        0,
        "call 2, execute_sql does not allow it. The request allows approve, reject.",
    )
    found = bulk.common_ways([asked(TEXT), asked(SNAKE), stop()])
    assert why(found, BulkWay.TEXT)[0] == 1
    assert "verdicts" in why(found, BulkWay.JSON)[1] and "a text" in why(found, BulkWay.JSON)[1]
    found = bulk.common_ways([asked(TEXT), asked(TEXT, task_error="boom"), asked(HOOK)])
    assert why(found, BulkWay.TEXT) == (
        1,
        "an earlier answer made its node fail; decide on it alone",
    )
    assert not found.ways


@pytest.mark.parametrize(
    ("one", "other", "way"),
    [
        (
            asked({"message": "m", "options": ["a", "b"]}),
            asked({"message": "m", "options": ["a", "c"]}),
            BulkWay.CHOOSE,
        ),
        (
            asked({}, {"const": True, "type": "boolean"}),
            asked({}, {"const": 1, "type": "boolean"}),
            BulkWay.FILL,
        ),
        (asked({"question": "Is it?"}), asked({"actions": ["publish"]}), BulkWay.CHOOSE),
    ],
)
def test_different_choices_or_schemas_are_not_offered_as_one_decision(
    one: Question, other: Question, way: BulkWay
) -> None:
    assert way in bulk.common_ways([one, one]).ways
    assert why(bulk.common_ways([one, other]), way)[0] == 1


def test_different_payloads_are_counted() -> None:
    texts = [asked({"text_to_revise": text}) for text in "aabca"]
    assert bulk.common_ways(texts).payloads == 3
    assert bulk.common_ways([asked({"a": True}), asked({"a": 1})]).payloads == 2
    assert bulk.common_ways([stop(), stop("b")]).payloads == 0


def test_items_of_one_kind_accept_the_same_answers() -> None:
    items: list[Item] = [
        asked(TEXT),
        asked("Name?"),
        asked(TEXT, task_error="boom"),
        asked(SNAKE),
        asked(CAMEL),
        asked({"options": ["a"]}),
        asked({"options": ["b"]}),
        asked(HOOK),
        stop("a"),
        stop("b"),
    ]
    assert bulk.same_kind(items[0], items) == (items[0], items[1])
    assert bulk.same_kind(items[3], items) == (items[3],)
    assert bulk.same_kind(items[5], items) == (items[5],)
    assert bulk.same_kind(items[8], items) == (items[8], items[9])
    assert bulk.same_kind(items[2], items) == bulk.same_kind(items[7], items) == ()


# What each item gets


def test_each_item_gets_the_answer_in_the_format_of_its_convention() -> None:
    approve = {"type": "approve"}
    assert answers([asked(SNAKE), asked(CAMEL), asked(EMAIL)], Approve()) == [
        {"decisions": [approve, approve]},
        {"decisions": [approve]},
        [{"type": "accept", "args": None}],
    ]
    assert answers([asked(SNAKE)], Reject("no")) == [
        {"decisions": [{"type": "reject", "message": "no"}] * 2}
    ]
    assert answers([asked(EMAIL)], Respond("x")) == [[{"type": "response", "args": "x"}]]
    assert answers([asked(TEXT), asked("?")], Revise("new")) == ["new", "new"]
    assert answers([asked({"actions": ["publish", "drop"]})], Choose(1)) == [{"action": "drop"}]
    assert answers([asked({}, SCHEMA)] * 2, Fill({"ok": True})) == [{"ok": True}] * 2
    assert answers([asked({"any": 1})], Answer(False)) == [False]
    assert answers([stop()], None) == [None]


def test_an_item_that_does_not_accept_the_decision_has_the_reason() -> None:
    first, second = answers([asked(SNAKE), asked(EMAIL)], Reject("no"))
    assert isinstance(first, dict)
    assert isinstance(second, str) and "carries no reason" in second
    assert answers([stop(), asked(TEXT)], None) == [None, "A question cannot be stepped past."]
    assert answers([stop()], Revise("x")) == ["A breakpoint takes no answer."]


def test_cautions_are_those_of_each_item() -> None:
    def cautions(question: Question, _: Decision) -> tuple[str, ...]:
        return (question.interrupt.thread_id,)

    items = [asked(TEXT, thread="a"), asked(TEXT, thread="b")]
    planned = bulk.plan(items, Revise("x"), lambda *_: "x", cautions)
    assert [each.cautions for each in planned] == [("a",), ("b",)]
    stops = [stop("a"), replace(stop("b"), error="It failed."), replace(stop("c"), caution="Ask.")]
    whole, failed, unknown = bulk.plan(stops, None, lambda *_: None, cautions)
    assert not whole.cautions and "It failed." in failed.cautions[0]
    assert unknown.cautions == ("Ask.",)


# How all are sent


def test_items_of_a_task_are_one_group_and_groups_of_a_thread_are_sent_in_turn() -> None:
    items: list[Item] = [
        asked(TEXT, thread="a", task="one", number=1),
        asked(TEXT, thread="b", task="two", number=2),
        asked(TEXT, thread="a", task="three", number=3),
        stop("c"),
        asked(TEXT, thread="a", task="one", number=4),
    ]
    assert bulk.send_groups(items) == (((0, 4), (2,)), ((1,),), ((3,),))


class Sending:
    """Sends nothing: counts the items in progress, and refuses those in `refused`."""

    def __init__(self, *refused: int, broken: int = -1) -> None:
        self.refused = refused
        self.broken = broken
        self.in_progress: list[int] = []
        self.most = 0
        self.begun: list[int] = []
        self.ended: dict[int, many.Result] = {}

    async def send(self, group: bulk.SendGroup) -> Sequence[Outcome]:
        self.in_progress += group
        self.most = max(self.most, len(self.in_progress))
        await asyncio.sleep(0)
        for place in group:
            self.in_progress.remove(place)
        if self.broken in group:
            raise ZeroDivisionError
        if set(group) & set(self.refused):
            raise NoLongerWaits("It is gone.")
        return [Outcome(OutcomeKind.APPLIED, "", None, thread_id=str(place)) for place in group]

    async def all(
        self, threads: Sequence[Sequence[bulk.SendGroup]], stop_after: int = 1000
    ) -> None:
        await many.carry_out(
            threads,
            self.send,
            on_begun=self.begun.append,
            on_ended=self.ended.__setitem__,
            stopped=lambda: len(self.ended) >= stop_after,
        )


async def test_few_items_are_sent_at_once_and_one_at_a_time_on_a_thread() -> None:
    sending = Sending()
    await sending.all([[(place,)] for place in range(20)])
    assert sending.most == many.AT_ONCE
    assert sending.begun == [*range(20)] and sorted(sending.ended) == [*range(20)]
    sending = Sending()
    await sending.all([[(0,), (1,), (2,)]])
    assert sending.most == 1


async def test_a_refusal_does_not_stop_other_items() -> None:
    sending = Sending(1, 2)
    await sending.all([[(0,), (1,)], [(2, 4)], [(3,)]])
    refused = {place for place, each in sending.ended.items() if isinstance(each, NoLongerWaits)}
    assert refused == {1, 2, 4} and sorted(sending.ended) == [0, 1, 2, 3, 4]


async def test_an_unexpected_error_is_raised_after_the_other_items() -> None:
    sending = Sending(broken=0)
    with pytest.raises(ZeroDivisionError):
        await sending.all([[(0,), (1,)], *([(place,)] for place in range(2, 9))])
    assert sorted(sending.ended) == [*range(2, 9)]
    assert 1 not in sending.begun


async def test_after_a_stop_no_item_is_started() -> None:
    sending = Sending()
    await sending.all([[(place,)] for place in range(20)], stop_after=3)
    assert sorted(sending.ended) == sorted(sending.begun)
    assert 3 <= len(sending.ended) < 3 + many.AT_ONCE
