"""What each of many items gets: a choice for all of them, and choices of their own."""

import pytest

from hitl_engine.deciding.bulk_decisions import BulkDecisions
from hitl_engine.deciding.reviews import Reviews
from hitl_engine.model import Approve, BulkWay, Interrupt, Reject, Verdicts
from hitl_tui.state.bulk_choice import BulkChoice
from hitl_tui.state.bulk_choices import BulkChoices
from hitl_tui.state.bulk_items import BulkItem, BulkItemStatus
from hitl_tui.state.not_ready import NotReady

from .desk_double import DeskDouble, interrupt, tool_request

REVIEWS = Reviews(lambda _: "test")


def item(asked: Interrupt) -> BulkItem:
    return BulkItem(REVIEWS.item(asked))


def email(n: int) -> BulkItem:
    return item(interrupt(tool_request(("send", {"n": n}, "", ("approve", "reject"))), n=n))


def text(n: int) -> BulkItem:
    return item(interrupt({"text_to_revise": "a"}, n=n))


def choices(*items: BulkItem) -> BulkChoices:
    bulk: BulkDecisions = DeskDouble().bulk
    found = BulkChoices(bulk.common_ways, bulk.plan)
    found.compare(items)
    return found


def decided(*items: BulkItem) -> list[object]:
    return [each.planned and each.planned.decision for each in items]


def test_an_item_with_a_choice_of_its_own_gets_that_and_all_others_the_shared_one() -> None:
    one, two, three = email(1), email(2), email(3)
    found = choices(one, two, three)
    found.choose(BulkWay.APPROVE)
    found.alone = two
    assert found.choice.way is None
    found.choose(BulkWay.REJECT)
    found.choice.texts[BulkWay.REJECT] = "Not this one."
    found.alone = None
    assert found.choice.way is BulkWay.APPROVE
    assert found.plan(lambda _: "item") == ""
    approved = Verdicts((Approve(),))
    assert decided(one, two, three) == [approved, Verdicts((Reject("Not this one."),)), approved]
    found.like_the_others(two)
    assert found.plan(lambda _: "item") == ""
    assert decided(one, two, three) == [approved] * 3


def test_items_of_different_kinds_are_each_decided_alone() -> None:
    one, two = email(1), text(2)
    found = choices(one, two)
    assert not found.shared_ways.ways
    found.alone = two
    assert set(found.ways.ways) == {BulkWay.TEXT, BulkWay.JSON}
    found.choose(BulkWay.TEXT)
    assert set(found.shared_ways.ways) >= {BulkWay.APPROVE, BulkWay.REJECT}, "only one is left"
    assert found.plan(lambda _: "item 2") == (
        "item 2: Type the text. (j sends an empty one, as JSON.)"
    )
    found.choice.texts[BulkWay.TEXT] = "b"
    assert found.plan(lambda _: "item") == "" and found.undecided
    assert one.planned is None and two.planned is not None
    found.alone = one
    found.choose(BulkWay.REJECT)
    assert found.plan(lambda _: "item") == "" and not found.undecided
    assert [each.planned and each.planned.answer for each in (one, two)] == [
        {"decisions": [{"type": "reject"}]},
        "b",
    ]


def test_an_item_that_is_taken_out_takes_no_choice() -> None:
    one, two = email(1), email(2)
    found = choices(one, two)
    two.status = BulkItemStatus.EXCLUDED
    found.compare([one])
    found.alone = two
    assert found.ways.ways == ()


def test_a_choice_keeps_the_text_of_each_way() -> None:
    choice = BulkChoice(BulkWay.REJECT, {BulkWay.REJECT: "no"})
    ways = choices(email(1)).shared_ways
    assert choice.decision(ways) == Reject("no")
    choice.way = BulkWay.RESPOND
    with pytest.raises(NotReady, match="Type the result"):
        choice.decision(ways)
    choice.way = BulkWay.REJECT
    assert choice.decision(ways) == Reject("no")
