"""What JSON cannot carry is told beside the payload, and before an edit sends something else."""

import math
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from hitl_engine.desk import Desk, open_desk
from hitl_engine.model import Approve, Edit, ExactValue, JsonObject, Question, Verdicts
from hitl_server.exact_values import exact_values
from tests.server.processes import Served
from tests.server.test_contract import thread, wait


class Rate(Enum):
    """An enumeration with a value that JSON cannot carry."""

    NONE = math.nan


@dataclass
class Money:
    """A dataclass with a decimal."""

    amount: Decimal


class Refund(BaseModel):
    """A pydantic model with a dataclass."""

    money: Money


ROUNDED = Decimal("0.1000000000000000055511151231")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"a": [1, 2.5, None, "NaN", True], "b": Decimal("19.90"), "c": Decimal(3)}, {}),
        (math.nan, {(): "NaN"}),
        (None, {}),
        ([None, -math.inf, {"deep": math.inf}], {(1,): "-Infinity", (2, "deep"): "Infinity"}),
        ({1: math.nan, None: ROUNDED}, {("1",): "NaN", ("null",): str(ROUNDED)}),
        (Decimal("NaN"), {(): "NaN"}),
        ({"long": 2**1023}, {("long",): f"the integer {2**1023:#x}"}),
        ({"long": 2**70}, {}),
        ((1, ROUNDED), {(1,): str(ROUNDED)}),
        (Rate.NONE, {(): "NaN"}),
        (Money(ROUNDED), {("amount",): str(ROUNDED)}),
        (Refund(money=Money(ROUNDED)), {("money", "amount"): str(ROUNDED)}),
        ({"it": object()}, {("it",): "an object of type object"}),
        (["a\ud800", "é", "?"], {(0,): r'the text "a\ud800"'}),
        ({"é": {"k\udfff": 1}}, {("é", "k?"): r'under the key "k\udfff"'}),
        ([math.nan] * 200, {(place,): "NaN" for place in range(100)}),
    ],
)
def test_each_inexact_value_has_its_place(value: Any, told: dict[tuple[Any, ...], str]) -> None:
    assert {tuple(one["path"]): one["value"] for one in exact_values(value)} == told


def test_what_is_nested_too_deeply_is_left_out() -> None:
    value: Any = math.nan
    for _ in range(5000):
        value = [value]
    assert exact_values(value) == []


@pytest.fixture
async def desk(local_server: Served, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk of the shared local server."""
    async with open_desk(
        local_server.url, data_dir=tmp_path, headers=local_server.headers
    ) as opened:
        yield opened


async def asked(desk: Desk, local_server: Served) -> Question:
    """Run the graph up to its question."""
    async with local_server.client() as http:
        thread_id = await thread(http)
        await wait(http, thread_id, "inexact", input={})
    (question,) = map(desk.reviews.item, (await desk.thread(thread_id)).waiting)
    assert isinstance(question, Question)
    return question


async def test_rows_and_states_tell_it(local_server: Served) -> None:
    async with local_server.client() as http:
        thread_id = await thread(http)
        heard = await wait(http, thread_id, "inexact", input={})
        shown = [
            *(await http.get(f"/threads/{thread_id}/state")).json()["interrupts"],
            *next(iter((await http.get(f"/threads/{thread_id}")).json()["interrupts"].values())),
        ]
    args = ["action_requests", 0, "args"]
    told = [
        {"path": [*args, "rate"], "value": "NaN"},
        {"path": [*args, "sums", 1], "value": "10000000000000000.01"},
    ]
    assert [one["exact_values"] for one in shown] == [told, told]
    (event,) = heard["__interrupt__"]
    assert event["value"]["action_requests"][0]["args"]["rate"] is None


async def test_a_reviewer_is_told(desk: Desk, local_server: Served) -> None:
    question = await asked(desk, local_server)
    (rate, total, *_) = question.review.notes
    assert rate.startswith("$.action_requests[0].args.rate is NaN in the graph, which JSON cannot")
    assert "sums[1] is 10000000000000000.01 in the graph" in total and "1e+16 is shown" in total
    seen: JsonObject = {"rate": None, "sums": [0.1, 1e16], "n": 2}
    corrected: JsonObject = {"rate": 0.5, "sums": [0.1, 3], "n": 1}
    told = desk.reviews.cautions(question, Verdicts((Edit(seen),)))
    assert [caution for caution in told if "in the graph" in caution] == [
        "pay: $.rate is NaN in the graph, and the edited call gets null.",
        "pay: $.sums[1] is 10000000000000000.01 in the graph, and the edited call gets 1e+16.",
    ]
    for verdicts in (Verdicts((Edit(corrected),)), Verdicts((Approve(),))):
        assert not any("in the graph" in one for one in desk.reviews.cautions(question, verdicts))


async def test_an_approval_keeps_the_values_of_the_graph(desk: Desk, local_server: Served) -> None:
    question = await asked(desk, local_server)
    outcome = await desk.decide(question, Verdicts((Approve(),)), lambda _: None)
    assert outcome.thread is not None
    assert outcome.thread.values == {
        "got": "{'rate': nan, 'sums': [Decimal('0.10'), Decimal('10000000000000000.01')], 'n': 1}"
    }


async def test_questions_that_differ_only_in_such_a_value_differ(
    desk: Desk, local_server: Served
) -> None:
    question = await asked(desk, local_server)
    exact = replace(question.interrupt.exact_values[0], value="Infinity")
    other = replace(question.interrupt, exact_values=(exact,))
    assert desk.reviews.question(other).fingerprint != question.fingerprint


async def test_a_server_that_tells_odd_places(local_server: Served, desk: Desk) -> None:
    """A place that the payload does not have does no harm."""
    question = await asked(desk, local_server)
    odd = tuple(ExactValue(path, "NaN") for path in (("no",), (0,), ("action_requests", "x")))
    read = desk.reviews.question(replace(question.interrupt, exact_values=odd))
    assert [note.count("nothing is shown") for note in read.review.notes[:3]] == [1, 1, 1]
    assert not [c for c in desk.reviews.cautions(read, Verdicts((Approve(),))) if "in the" in c]
