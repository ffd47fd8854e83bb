"""What is on its way: decisions on several threads that are given together."""

from hitl_tui.state.outbox import Outbox, SendingStatus

from .desk_double import interrupt


def test_decisions_on_several_threads_hold_their_items_until_each_has_its_outcome() -> None:
    items = [interrupt("?", n=n) for n in range(1, 5)]
    outbox = Outbox()
    batch = outbox.add("3 decisions", items[:3], grace=3)
    assert [outbox.holds(each) for each in items] == [True, True, True, False]
    assert outbox.left_of(items) == 1
    outbox.set_status(batch, SendingStatus.SENT)
    outbox.replace(batch, {SendingStatus.APPLIED: items[:1], SendingStatus.REFUSED: items[1:2]})
    assert [each.words for each in outbox.all] == ["1 of 3 decisions", "1 of 3 decisions"]
    assert [outbox.holds(each) for each in items] == [True, False, False, False]
    assert outbox.offers(items[1]) and not outbox.on_their_way
    assert all(each.recorded.is_set() for each in (batch, *outbox.all))
