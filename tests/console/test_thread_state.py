"""What is known about one thread, without a terminal: pending items, decisions, status, plans."""

from dataclasses import replace

from hitl_engine.deciding.reviews import Reviews
from hitl_engine.model import (
    Answer,
    Inbox,
    Interrupt,
    Reject,
    ThreadStatus,
    ThreadView,
    Verdicts,
    Waiting,
)
from hitl_tui.state.thread_plans import plan_of_decision, plan_of_decisions
from hitl_tui.state.thread_state import ItemChange, ThreadState
from hitl_tui.text.essence import essence_of

from .desk_double import interrupt, stop, tool_request

REVIEWS = Reviews(lambda _: "server")
ALL = ("approve", "edit", "reject", "respond")


def asked(n: int, *, task: str = "") -> Interrupt:
    return interrupt({"text_to_revise": "a"}, n=n, thread="t", node=f"node_{n}", task_id=task)


def view(*waiting: Waiting) -> ThreadView:
    status = ThreadStatus.INTERRUPTED if waiting else ThreadStatus.DONE
    return ThreadView("t", "graph", status, {}, (), waiting, "c", None)


def thread_of(*waiting: Waiting, opened: Waiting | None = None) -> ThreadState:
    thread = ThreadState(REVIEWS, opened)
    thread.read(view(*waiting))
    thread.show(thread.first_item())
    return thread


def decide(thread: ThreadState, item: Interrupt) -> None:
    thread.decisions.keep(REVIEWS.question(item), Answer("yes"))


def test_the_opened_question_is_shown_first() -> None:
    one, two = asked(1), asked(2)
    assert thread_of(one, two, opened=two).shown is two
    assert thread_of(one, opened=two).shown is one
    assert thread_of(opened=two).shown is None


def test_the_question_in_view_is_shown_again_after_reading() -> None:
    one, two = asked(1), asked(2)
    thread = thread_of(one, two)
    thread.show(two)
    thread.show(None)
    changed = replace(two, payload="other")
    thread.read(view(one, changed))
    assert thread.first_item() is changed


def test_the_first_question_follows_the_last() -> None:
    one, two = asked(1), asked(2)
    thread = thread_of(one, two)
    assert thread.neighbour(1) is two and thread.neighbour(-1) is two
    thread.show(two)
    assert thread.index == 1 and thread.neighbour(1) is one


def test_the_next_undecided_question_is_searched_from_the_one_in_view() -> None:
    items = [asked(n) for n in (1, 2, 3)]
    thread = thread_of(*items)
    thread.show(items[1])
    decide(thread, items[1])
    assert thread.next_undecided() is items[2]
    decide(thread, items[2])
    assert thread.next_undecided() is items[0]
    decide(thread, items[0])
    assert thread.next_undecided() is None and thread.undecided == ()


def test_a_decision_on_a_question_that_changed_does_not_count() -> None:
    one = asked(1)
    thread = thread_of(one)
    decide(thread, one)
    changed = replace(one, payload="other")
    thread.read(view(changed))
    assert thread.undecided == (changed,)
    assert thread.decisions.decided(thread.waiting) == ()


def test_a_location_has_all_nodes_and_the_tool() -> None:
    request = interrupt(tool_request(("send\x1b", {}, "", ALL)), n=1, thread="t", node="ask")
    thread = thread_of(request)
    assert thread.location_of(request) == "ask: send\\u{1B}"
    thread.node_paths = {request.interrupt_id: ("outer", "ask")}
    assert thread.location_of(request) == "outer ▸ ask: send\\u{1B}"
    assert thread.location_of(stop(node="publish")) == "publish"


def test_the_status_is_unknown_until_the_thread_is_read() -> None:
    thread = ThreadState(REVIEWS)
    assert thread.status(running=False, outcome_unknown=False) is None
    assert thread.status(running=True, outcome_unknown=False) is ThreadStatus.BUSY
    thread.read(view())
    assert thread.status(running=False, outcome_unknown=False) is ThreadStatus.DONE
    assert thread.status(running=False, outcome_unknown=True) is None


def test_an_item_is_missing_only_from_an_inbox_that_read_its_thread() -> None:
    one = asked(1)
    thread = thread_of(one)
    assert thread.is_missing_from(Inbox((), 0))
    assert not thread.is_missing_from(Inbox((one,), 0))
    assert not thread.is_missing_from(Inbox((), 0, (("t", "No answer."),)))
    thread.show(None)
    assert not thread.is_missing_from(Inbox((), 0))


def test_a_changed_item_is_not_a_missing_item() -> None:
    one = asked(1)
    thread = thread_of(one)
    assert thread.change_in(view(one)) is ItemChange.UNCHANGED
    assert thread.change_in(view(replace(one, payload="other"))) is ItemChange.CHANGED
    assert thread.change_in(view(asked(2))) is ItemChange.GONE
    thread.show(stop())
    assert thread.change_in(view(stop(when="after"))) is ItemChange.CHANGED
    assert thread.change_in(view(one)) is ItemChange.GONE


def test_a_single_answer_needs_no_confirmation_and_several_verdicts_do() -> None:
    assert plan_of_decision(REVIEWS, REVIEWS.question(asked(1)), Answer("fine")) is None
    doubtful = plan_of_decision(REVIEWS, REVIEWS.question(asked(1)), Answer("no"))
    assert doubtful is not None and "takes for yes" in doubtful.cautions[0]
    request = interrupt(tool_request(*[("send", {}, "", ALL)] * 2))
    verdicts = Verdicts((Reject("no"), Reject("no")))
    plan = plan_of_decision(REVIEWS, REVIEWS.question(request), verdicts)
    assert plan is not None and plan.title == "Send 2 verdicts?"


def test_the_plan_of_a_thread_shows_what_is_sent_and_what_is_not() -> None:
    one, two = asked(1), asked(2)
    thread = thread_of(one, two)
    decide(thread, one)
    plan = plan_of_decisions(thread)
    assert plan.title == "Send 1 of 2 answers?"
    assert plan.lines[:3] == (
        '✓ 1/2 node_1: the JSON "yes"',
        f"    asked: {essence_of(REVIEWS.question(one)).text}",
        "· 2/2 node_2: not decided, not sent",
    )
    assert plan.answer == {one.interrupt_id: "yes"} and not plan.why_not


def test_the_plan_shows_why_a_task_is_not_answered_in_part() -> None:
    one, two = asked(1, task="both"), asked(2, task="both")
    thread = thread_of(one, two)
    decide(thread, one)
    plan = plan_of_decisions(thread)
    assert "2 questions together" in plan.why_not and plan.answer == {}
