"""The screen of one thread: from the question to the result of the answer."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hitl_engine.errors import JournalFailed, NoLongerWaits, NotTaken, ServerRefused, Unreachable
from hitl_engine.model import (
    Draft,
    Interrupt,
    JsonObject,
    Outcome,
    OutcomeKind,
    Progress,
    Question,
    ThreadStatus,
    ThreadView,
    Waiting,
)
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.screens.text_modal import TextModal
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.state.after_answer import AfterAnswer
from hitl_tui.widgets.cards import throttle
from hitl_tui.widgets.cards.breakpoint_card import BreakpointCard
from hitl_tui.widgets.cards.guard import Guard
from hitl_tui.widgets.cards.question_card import QuestionCard
from hitl_tui.widgets.cards.text_part import TextPart
from hitl_tui.widgets.progress_pane import ProgressPane

from .conftest import OpenConsole, settle, until
from .desk_double import DeskDouble, interrupt, stop

TEXT: JsonObject = {"text_to_revise": "original text"}


async def test_a_text_is_revised_and_the_end_appears_by_itself(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    desk.progress = (Progress("", "started", "human_node"), Progress("", "finished", "human_node"))
    async with console(desk) as c:
        await c.open()
        await c.type("An ")
        await c.press("ctrl+s")
        assert desk.sent == [("answer", "An original text")]
        assert "Done: the final state" in c.text
        await until(c.pilot, lambda: "finished" in c.text)
        await c.press("escape")
        assert isinstance(c.app.screen, InboxScreen)
        assert "Nothing waits for you" in c.text


async def test_the_next_question_of_the_thread_appears_by_itself(console: OpenConsole) -> None:
    first = interrupt(TEXT)
    desk = DeskDouble(first)
    desk.script = [interrupt({"text_to_revise": "second"}, n=2, thread=first.thread_id)]
    async with console(desk) as c:
        await c.open()
        await c.press("ctrl+s")
        await c.armed()
        assert isinstance(c.part, TextPart)
        assert c.part.text.text == "second"
        assert "Note: the node got the answer, and asks again." in c.text
        assert c.part.text.has_focus


async def test_a_question_of_another_node_is_the_next_pending_item(console: OpenConsole) -> None:
    first = interrupt(TEXT)
    desk = DeskDouble(first)
    desk.script = [interrupt(TEXT, n=2, thread=first.thread_id, node="check")]
    async with console(desk) as c:
        await c.open()
        await c.press("ctrl+s")
        await c.armed()
        assert "Note: accepted. This is the next pending item." in c.text


async def test_a_question_that_is_reopened_is_asked_again(console: OpenConsole) -> None:
    stuck = interrupt(TEXT, task_error="ValueError('no')")
    desk = DeskDouble(stuck)
    desk.script = [replace(stuck, task_error=None)]
    async with console(desk) as c:
        await c.open()
        await c.press("f8")
        await until(c.pilot, lambda: isinstance(c.app.screen, ConfirmModal) and c.plan.armed)
        await c.press("ctrl+s")
        await until(c.pilot, lambda: "Note: asked again." in c.text)
        assert "accepted" not in c.text


async def test_a_breakpoint_is_stepped_past_to_the_next(console: OpenConsole) -> None:
    first = stop(n=5)
    second = stop(n=5, when="after", node="send", next=())
    desk = DeskDouble(first)
    desk.script = [second]
    async with console(desk) as c:
        await c.open()
        assert "some_text" in c.text  # the state is in view
        await c.press("s")
        await c.armed()
        assert isinstance(c.card, BreakpointCard)
        assert "Stopped after send" in c.text
        assert desk.sent == [("step", None)]


@pytest.mark.parametrize(
    "error",
    [
        NotTaken("The answer does not fit.", hint="Change it."),
        NoLongerWaits("The question changed while you read it.", kept="Nothing was sent."),
        Unreachable("No answer in time.", sent=False),
    ],
)
async def test_a_rejected_answer_is_shown_and_the_text_is_kept(
    console: OpenConsole, error: NotTaken
) -> None:
    desk = DeskDouble(interrupt(TEXT))
    desk.script = [error]
    async with console(desk) as c:
        await c.open()
        await c.type("My ")
        await c.press("ctrl+s")
        assert error.what in c.text
        assert "My original text" in c.text
        await c.armed()
        await c.press("ctrl+s")
        assert len(desk.sent) == 2
        assert "Done" in c.text


async def test_an_unknown_outcome_is_shown_and_nothing_is_sent_again(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    desk.script = [Outcome(OutcomeKind.UNKNOWN, "The connection broke.", None, thread_id="t")]
    async with console(desk) as c:
        await c.open()
        await c.press("ctrl+s")
        assert "Outcome unknown" in c.text
        await c.press("ctrl+s", "enter", "s")
        assert len(desk.sent) == 1
        await c.press("ctrl+r")
        assert isinstance(c.part, TextPart)


RAN = "send_email: rejected, but it has a result as if it had run: “Sent \x1b[31m.”"


def mismatched(desk: DeskDouble, *mismatches: str) -> Outcome:
    """Return an applied outcome with mismatches, and the next item of the thread."""
    item = desk.items[-1]
    view = ThreadView(
        item.thread_id, "revise", ThreadStatus.INTERRUPTED, {}, (), (item,), "c", None
    )
    return Outcome(
        OutcomeKind.APPLIED, "Taken.", view, mismatches=mismatches, thread_id=item.thread_id
    )


async def test_mismatches_are_shown_above_the_next_question(console: OpenConsole) -> None:
    """S36, B24: they are shown as visible text."""
    first = interrupt(TEXT)
    desk = DeskDouble(first, interrupt({"text_to_revise": "second"}, n=2, thread=first.thread_id))
    desk.items, more = desk.items[:1], desk.items
    async with console(desk) as c:
        await c.open()
        desk.items = more
        desk.script = [mismatched(desk, RAN, "second.", "third.", "fourth.")]
        await c.press("ctrl+s")
        await c.armed()
        text = " ".join(c.text.split())
        assert "Careful: 4 things were not as decided; the log lists all. send_email: re" in text
        assert "\\u{1B}[31m" in text and "second." in text and "third." not in text
        assert isinstance(c.part, TextPart) and c.part.text.text == "second"


async def test_mismatches_of_a_run_that_was_left_are_kept_for_the_next_visit(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(interrupt(TEXT))
    desk.hold = asyncio.Event()
    desk.script = [mismatched(desk, "send_email: rejected, but it ran.")]
    async with console(desk) as c:
        await c.open()
        await c.pilot.press("ctrl+s")
        await until(c.pilot, lambda: desk.sent)
        await c.pilot.press("escape")
        await until(c.pilot, lambda: isinstance(c.app.screen, InboxScreen))
        desk.hold.set()
        await until(c.pilot, lambda: "Not as decided: send_email" in c.text)  # notified
        await c.press("enter")
        assert "Not as decided: send_email: rejected, but it ran." in c.text


async def test_a_question_that_was_answered_before_has_a_note(console: OpenConsole) -> None:
    """B6, S20: a graph can ask an answered question again."""
    desk = DeskDouble(interrupt(TEXT))
    desk.answered_at = datetime(2026, 1, 31, 12, 5).astimezone()
    async with console(desk) as c:
        await c.open()
        assert "already answered at 31 Jan 12:05" in c.text


async def test_after_a_refused_outcome_the_card_can_be_decided_again(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    desk.script = [Outcome(OutcomeKind.REFUSED, "Another run came first.", None, thread_id="t")]
    async with console(desk) as c:
        await c.open()
        await c.press("X", "ctrl+s")
        assert "Another run came first." in c.text
        assert "Xoriginal" in c.text


async def test_an_answer_of_another_client_is_shown_and_the_text_is_kept(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(interrupt(TEXT))
    async with console(desk) as c:
        await c.open()
        await c.type("mine ")
        desk.items = ()
        desk.publish()
        await until(c.pilot, lambda: "it was answered or replaced elsewhere" in c.text)
        assert "mine original text" in c.text
        assert "! gone, no longer waits" in c.text and "waits for an answer" not in c.text
        await c.press("ctrl+r")
        assert "Done" in c.text


async def test_an_answer_by_another_names_its_sender(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    desk.answerer = "ada [/]"
    async with console(desk) as c:
        await c.open()
        desk.items = ()
        desk.publish()
        await until(c.pilot, lambda: "ada [/] answered it" in c.text)
        assert "✓ done" in c.text and "waits for an answer" not in c.text


@pytest.mark.parametrize(
    ("item", "now", "why"),
    [
        (interrupt({"message": "Which?", "options": ["go", "wait"]}), (), "no longer pending"),
        (
            interrupt({"message": "Which?", "options": ["go", "wait"]}),
            (interrupt({"message": "Which one?", "options": ["go", "wait"]}),),
            "has changed while you read it",
        ),
        (stop(n=1), (), "no longer pending"),
    ],
    ids=["gone", "changed", "a breakpoint"],
)
async def test_a_card_of_what_does_not_wait_any_more_invites_no_answer(
    console: OpenConsole, item: Waiting, now: tuple[Waiting, ...], why: str
) -> None:
    desk = DeskDouble(item)
    if isinstance(item, Interrupt):
        await desk.drafts.save(desk.reviews.question(item), {"chosen": None, "way": "FORM"})
    async with console(desk, (80, 24)) as c:
        await c.open()
        assert ("Note: your draft of" in c.text) is isinstance(item, Interrupt)
        desk.items = now
        desk.publish()
        await until(c.pilot, lambda: "Nothing is sent" in c.text)
        for invited in ("Note:", "Nothing to send yet", "Choose an answer", "until you send"):
            assert invited not in c.text
        await c.press("1", "ctrl+s", "s")
        assert desk.sent == [] and f"{why}" in " ".join(str(c.card.send_bar.why.content).split())
        assert c.card.send_bar.has_class("-emphasized")
        if isinstance(item, Interrupt):
            assert "● 1  go" in c.text and not c.card.answered
        desk.items = (item,)
        desk.publish()
        await until(c.pilot, lambda: "Will send" in c.text)
        await c.armed()
        await c.press("ctrl+s")
        assert len(desk.sent) == 1


async def test_an_item_that_waits_again_is_shown_as_such(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    async with console(desk) as c:
        await c.open()
        before, desk.items = desk.items, ()
        desk.publish()
        await until(c.pilot, lambda: "! gone, no longer waits" in c.text)
        desk.items = before
        desk.publish()
        await until(c.pilot, lambda: "? waits for an answer" in c.text)
        assert "no longer" not in c.text


@pytest.mark.parametrize(
    ("answerer", "told"),
    [
        ("ada", "Nothing was taken. This is no longer pending: ada answered it"),
        ("", "Another reviewer was faster. This is no longer pending: it was answered or replaced"),
    ],
)
async def test_a_refusal_is_no_item_that_waits(
    console: OpenConsole, answerer: str, told: str
) -> None:
    """The header and the banner tell the same, once: what another reviewer answered does not wait."""
    desk = DeskDouble(interrupt(TEXT))
    async with console(desk) as c:
        await c.open()
        desk.items = ()
        desk.script = [NoLongerWaits("Another reviewer was faster.", kept="Nothing was sent.")]
        desk.answerer = answerer
        await c.press("ctrl+s")
        await until(c.pilot, lambda: told in " ".join(c.text.split()))
        assert "! gone, no longer waits" in c.text and "waits for an answer" not in c.text
        words = " ".join(c.text.split())
        assert words.count("was faster") + words.count("ada answered it") == 1
        assert words.count("What you typed is kept") == 1


@pytest.mark.parametrize("size", [(100, 30), (160, 30)])
async def test_a_question_that_changed_shows_how_after_reload(
    console: OpenConsole, size: tuple[int, int]
) -> None:
    desk = DeskDouble(interrupt(TEXT))
    async with console(desk, size=size) as c:
        await c.open()
        await c.type("mine ")
        desk.items = (interrupt({"text_to_revise": "another text"}),)
        desk.publish()
        await until(c.pilot, lambda: "has changed while you read it" in c.text)
        await c.press("ctrl+r")
        await until(c.pilot, lambda: isinstance(c.app.screen, TextModal))
        old, new = (
            next(row for row in c.text.splitlines() if words in row)
            for words in ('revise": "original text', 'revise": "another text')
        )
        assert (old == new) is (size[0] == 160)
        await c.press("escape")
        assert "the question has changed since" in c.text
        assert "mine original text" in c.text


async def test_a_thread_is_read_again_when_the_server_is_back(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    read, failing = desk.thread, [Unreachable("The server cannot be reached.", sent=False)] * 2

    async def thread(thread_id: str) -> ThreadView:
        if failing:
            raise failing.pop()
        return await read(thread_id)

    desk.thread = thread  # type: ignore[method-assign]  # it fails for a while
    async with console(desk) as c:
        await c.press("enter")
        await until(c.pilot, lambda: "cannot be reached" in c.text)
        desk.error = "No answer."
        desk.publish()
        await until(c.pilot, lambda: "no answer" in c.text)
        desk.error = None
        desk.publish()
        await until(c.pilot, lambda: not failing)
        desk.publish()
        await until(c.pilot, lambda: "original text" in c.text)
        assert "cannot be reached" not in c.text
        await c.type("x")
        assert "xoriginal text" in c.text


async def test_a_failed_reading_is_no_failed_sending(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    async with console(desk) as c:
        await c.open()

        async def thread(thread_id: str) -> ThreadView:
            raise Unreachable("The server cannot be reached.", sent=False)

        desk.thread = thread  # type: ignore[method-assign]  # it fails
        await c.press("ctrl+r")
        await until(c.pilot, lambda: "Not read: The server cannot be reached." in c.text)
        assert "Not sent" not in c.text


async def test_an_old_inbox_removes_no_card(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    async with console(desk) as c:
        await c.open()
        desk.items, desk.error = (), "No answer."
        desk.publish()
        await until(c.pilot, lambda: "no answer" in c.text)
        assert "no longer" not in c.text
        assert isinstance(c.part, TextPart)


async def test_several_questions_of_one_thread_keep_what_was_typed(console: OpenConsole) -> None:
    one = interrupt(TEXT, n=1, node="approve_a")
    two = interrupt(
        {"text_to_revise": "other"}, n=2, node="approve_b", thread=one.thread_id, minutes=9
    )
    desk = DeskDouble(one, two)
    async with console(desk) as c:
        await c.open()
        assert "1/2 approve_a" in c.text
        await c.type("kept ")
        await c.press("ctrl+n")
        assert isinstance(c.part, TextPart) and c.part.text.text == "other"
        await c.press("ctrl+n")
        assert isinstance(c.part, TextPart) and c.part.text.text == "kept original text"


async def test_a_draft_is_saved_within_a_second_and_restored(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    async with console(desk) as c:
        await c.open()
        await c.pilot.press(*"half")
        await asyncio.sleep(0.8)
        assert [draft.content["text"] for draft in desk.drafts.kept.values()] == [
            "halforiginal text"
        ]
    async with console(desk) as c:
        await c.open()
        assert "restored" in c.text and "unchanged" in c.text
        assert "halforiginal text" in c.text
        await c.press("ctrl+s")
        assert desk.drafts.kept == {}


async def test_an_applied_answer_stays_one_when_the_journal_fails_then(
    console: OpenConsole,
) -> None:
    first = interrupt(TEXT)
    desk = DeskDouble(first)
    desk.script = [interrupt({"text_to_revise": "second"}, n=2, thread=first.thread_id)]

    async def fail(question: Question) -> Draft | None:
        raise JournalFailed("The journal cannot be used: disk full.")

    async with console(desk) as c:
        await c.open()
        desk.drafts.find = desk.drafts.discard = fail  # type: ignore[method-assign,assignment]
        await c.press("ctrl+s")
        await c.armed()
        assert isinstance(c.part, TextPart) and c.part.text.text == "second"
        assert "disk full" in c.text and "unknown" not in c.text


@pytest.mark.parametrize("key", ["escape", "ctrl+q"])
async def test_a_draft_is_saved_when_the_user_leaves_at_once(
    console: OpenConsole, key: str
) -> None:
    desk = DeskDouble(interrupt(TEXT))
    async with console(desk) as c:
        await c.open()
        await c.pilot.press("h", key)
        await until(c.pilot, lambda: desk.drafts.kept)


async def test_without_typing_no_draft_is_saved(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT), interrupt({"x": 1}, n=2))
    async with console(desk) as c:
        for index in (0, 1):
            await c.open(index)
            await c.press("escape")
        assert desk.drafts.kept == {}


async def test_the_last_letter_of_a_large_text_is_saved(
    console: OpenConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large text is read some time after a key; the user may leave before that."""
    monkeypatch.setattr(throttle, "_LONGEST_PAUSE", 60.0)
    monkeypatch.setattr(throttle, "_PAUSE", 60.0)
    desk = DeskDouble(interrupt({"text_to_revise": "a" * 100_000}))
    async with console(desk) as c:
        await c.open()
        await c.pilot.press("x", "y", "escape")
        await until(c.pilot, lambda: isinstance(c.app.screen, InboxScreen))
        (draft,) = desk.drafts.kept.values()
        assert str(draft.content["text"]).startswith("xya")


async def test_a_screen_can_be_left_during_its_run(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT), interrupt({"x": 1}, n=2, minutes=9))
    desk.hold = asyncio.Event()
    async with console(desk) as c:
        c.app.session.outbox.after_answer = AfterAnswer.THREAD
        await c.open()
        await c.pilot.press("ctrl+s")
        await until(c.pilot, lambda: desk.sent)
        await c.pilot.press("escape")
        await until(c.pilot, lambda: isinstance(c.app.screen, InboxScreen))
        await c.pilot.press("enter")
        await until(c.pilot, lambda: isinstance(c.app.screen, ThreadScreen))
        assert "Sent: the text “original text”" in c.text  # the same screen, still watching
        await c.pilot.press("escape")
        await until(c.pilot, lambda: isinstance(c.app.screen, InboxScreen))
        desk.hold.set()
        await until(c.pilot, lambda: len(desk.items) == 1)
        await until(c.pilot, lambda: not c.app.query(ThreadScreen))
        assert len(desk.sent) == 1


async def test_escape_right_after_a_decision_does_not_lose_it(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    async with console(desk) as c:
        await c.open()
        for key in ("ctrl+s", "escape"):  # both are in the queue before either is handled
            c.app.simulate_key(key)
        await until(c.pilot, lambda: isinstance(c.app.screen, InboxScreen))
        await until(c.pilot, lambda: "✓ done" in c.text)
        assert len(desk.sent) == 1


async def test_an_unknown_outcome_after_leaving_is_told(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    desk.hold = asyncio.Event()
    desk.script = [Outcome(OutcomeKind.UNKNOWN, "The line broke.", None, thread_id="x")]
    async with console(desk) as c:
        await c.open()
        await c.pilot.press("ctrl+s")
        await until(c.pilot, lambda: desk.sent)
        await c.pilot.press("escape")
        await until(c.pilot, lambda: isinstance(c.app.screen, InboxScreen))
        desk.hold.set()
        await until(c.pilot, lambda: "is unknown. The log shows" in c.text)


async def test_a_question_whose_node_failed_after_it_was_left_is_answered_again(
    console: OpenConsole,
) -> None:
    """Its card was made while another item was in view."""
    asked = interrupt({"message": "Which?", "options": ["go", "wait"]})
    failed = replace(asked, task_error="RuntimeError('the database said no')")
    other = interrupt(TEXT, n=2, minutes=9)
    desk = DeskDouble(asked, other)
    desk.hold = asyncio.Event()
    view = replace(await desk.thread(asked.thread_id), waiting=(failed,))
    why = "The node raised an error and the question still waits."
    desk.script = [Outcome(OutcomeKind.UNKNOWN, why, view, thread_id=asked.thread_id)]
    async with console(desk) as c:
        await c.open()
        await c.pilot.press("1", "ctrl+s")
        await until(c.pilot, lambda: desk.sent and isinstance(c.part, TextPart))
        desk.items = (failed, other)
        desk.hold.set()
        await settle(c.pilot)
        desk.publish()
        await c.press("escape")
        await c.open()
        words = " ".join(c.text.split())
        assert "said no'). Answer again, or press f8" in words
        await c.press("2")
        await c.armed()
        await c.press("ctrl+s")
        await until(c.pilot, lambda: isinstance(c.app.screen, ConfirmModal) and c.plan.armed)
        await c.press("ctrl+s")
        assert desk.sent == [("answer", "go"), ("answer", "wait")]


async def test_a_rejection_after_leaving_is_kept_for_the_next_visit(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    desk.hold = asyncio.Event()
    desk.script = [NoLongerWaits("It changed.", kept="Nothing was sent.")]
    async with console(desk) as c:
        await c.open()
        await c.pilot.press("Y", "ctrl+s")
        await until(c.pilot, lambda: desk.sent)
        await c.pilot.press("escape")
        await until(c.pilot, lambda: isinstance(c.app.screen, InboxScreen))
        desk.hold.set()
        await until(c.pilot, lambda: "It changed." in c.text)  # as a notification
        await c.press("enter")
        assert "It changed." in c.text and "Yoriginal" in c.text


async def test_an_unexpected_failure_does_not_end_the_console(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    desk.script = [RuntimeError("boom [/]")]
    async with console(desk) as c:
        await c.open()
        await c.press("ctrl+s")
        await until(c.pilot, lambda: "boom [/]" in c.text)
        assert isinstance(c.app.screen, TextModal)
        await c.press("escape")
        assert "Outcome unknown" in c.text


async def test_a_failure_after_a_known_outcome_does_not_make_it_unknown(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(interrupt(TEXT))
    async with console(desk) as c:
        await c.open()

        async def places(thread: ThreadView) -> dict[str, tuple[str, ...]]:
            raise ZeroDivisionError("boom")

        desk.places = places  # type: ignore[method-assign]  # the console fails after the answer
        await c.press("ctrl+s")
        await until(c.pilot, lambda: isinstance(c.app.screen, TextModal))
        await c.press("escape")
        assert "applied: The state shows it." in c.text
        assert "nknown" not in c.text


async def test_a_missing_thread_is_shown(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT, thread="gone"))
    async with console(desk) as c:
        c.app.home.list.selected = 0  # type: ignore[attr-defined]  # the inbox is home
        await c.press("enter")
        assert "There is no such thread." in c.text
        await c.press("escape")
        assert isinstance(c.app.screen, InboxScreen)


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)])
async def test_what_will_be_sent_is_in_view_at_every_size(
    console: OpenConsole, size: tuple[int, int]
) -> None:
    desk = DeskDouble(interrupt(TEXT))
    async with console(desk, size) as c:
        await c.open()
        assert "Will send" in c.text
        assert '"original text"' in c.text
        assert "local: sampl" in c.text
        await c.press("alt+3")
        await c.press("escape")
        assert "Will send" in c.text
        assert isinstance(c.card, QuestionCard)


async def test_the_state_is_shown_beside_the_question_and_at_the_end(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    async with console(desk, (120, 40)) as c:
        await c.open()
        await c.press("alt+3")
        assert c.text.count("steps") == 1
        await c.press("alt+1", "ctrl+s")
        assert "Done: the final state" in c.text


async def test_progress_goes_on_from_step_to_step_and_shows_its_end(console: OpenConsole) -> None:
    desk = DeskDouble(stop(n=1, node="first"))
    desk.script = [stop(n=1, node="second", when="after"), None]
    desk.progress = tuple(Progress("", "custom", "node", f"line {n}") for n in range(20))
    async with console(desk, (80, 24)) as c:
        await c.open()
        await c.press("s")
        await until(c.pilot, lambda: "Stopped after second" in c.text)
        await c.armed()
        await c.press("s")
        await until(c.pilot, lambda: "Done: the final state" in c.text)
        await until(c.pilot, lambda: "line 19" in c.text)
        assert "line 3 " not in c.text
        pane = c.app.screen.query_one(ProgressPane)
        assert "Stepping past: first" in pane.text and "Stepping past: second" in pane.text


async def test_a_hidden_card_sends_nothing(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    async with console(desk, (40, 12)) as c:
        await c.open()
        await c.press("alt+3", "ctrl+s")
        assert "Will send" not in c.text
        assert desk.sent == []


async def test_a_step_that_moves_nothing_shows_so_and_can_be_tried_again(
    console: OpenConsole,
) -> None:
    item = stop(when="in", node="check", next=("check",), reason="too long")
    desk = DeskDouble(item)
    view = await desk.thread(item.thread_id)
    why = "The run ended, but nothing moved: check ran, and stopped again."
    desk.script = [Outcome(OutcomeKind.UNMOVED, why, view, thread_id=item.thread_id)]
    async with console(desk, (100, 30)) as c:
        await c.open(0)
        assert "Stopped in check" in c.text and "too long" in c.text
        await c.armed()
        await c.press("s")
        await until(c.pilot, lambda: "nothing moved" in c.text)
        await c.armed()
        await c.press("s")
        await until(c.pilot, lambda: len(desk.sent) == 2)


async def test_a_failed_thread_is_run_again_after_its_plan_was_confirmed(
    console: OpenConsole,
) -> None:
    item = stop(next=("load",))
    desk = DeskDouble(item)
    view = replace(
        await desk.thread(item.thread_id),
        status=ThreadStatus.ERROR,
        waiting=(),
        error="ValueError: no file",
        stop=item,
    )
    failed = Outcome(OutcomeKind.APPLIED, "The node failed.", view, thread_id=item.thread_id)
    desk.script = [failed, ServerRefused("Not now.", status=503), None]
    async with console(desk, (100, 30)) as c:
        await c.open(0)
        await c.armed()
        await c.press("s")
        await until(c.pilot, lambda: "ValueError: no file" in c.text)
        await c.press("s")
        assert "Runs again from its start: load" in c.text and "happens twice" in c.text
        await c.press("escape")
        assert len(desk.sent) == 1
        await c.press("s", "ctrl+s")
        await until(c.pilot, lambda: "Not now." in c.text)
        assert len(desk.sent) == 2


async def test_a_step_with_a_caution_is_asked_for_twice(
    console: OpenConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = replace(stop(), caution="Another client started this run.")
    desk = DeskDouble(item)
    async with console(desk, (100, 30)) as c:
        await c.open(0)
        assert "Another client started this run." in c.text
        await c.armed()
        with monkeypatch.context() as slow:
            slow.setattr(Guard, "SECONDS", 60)
            await c.press("s")
            await until(c.pilot, lambda: "press s again" in c.text)
            await c.press("s")  # too early, as from a key that is held down
            assert desk.sent == []
        await c.press("s")
        assert desk.sent == []
        await c.armed()
        await c.press("s")
        await until(c.pilot, lambda: len(desk.sent) == 1)


async def test_a_text_that_spells_no_is_sent_after_it_was_shown_what_arrives(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(interrupt("Do you approve this action?"))
    async with console(desk, (100, 30)) as c:
        await c.open(0)
        await c.press("ctrl+t")
        await c.type("no")
        await c.armed()
        await c.press("ctrl+s")
        await until(c.pilot, lambda: "takes for yes" in c.text)
        assert desk.sent == []
        await c.press("escape", "ctrl+t", "ctrl+t", "ctrl+t", "n")
        await c.armed()
        await c.press("ctrl+s")
        await until(c.pilot, lambda: bool(desk.sent))
        assert "takes for yes" not in c.text
        assert desk.sent == [("answer", False)]


# The first line


@pytest.mark.parametrize(
    ("size", "lines", "names"),
    [
        ((40, 12), 2, "tool_agent ▸ …"),
        ((80, 24), 1, "tool_agent ▸ …"),
        ((130, 24), 1, "tool_agent ▸ HumanInTheLoop"),
    ],
)
async def test_what_is_in_view_is_beside_the_server_where_there_is_room(
    console: OpenConsole, size: tuple[int, int], lines: int, names: str
) -> None:
    """The name of the graph is whole before that of the node is shown."""
    node = "HumanInTheLoopMiddleware.after_model"
    async with console(DeskDouble(interrupt(TEXT, graph="tool_agent", node=node)), size) as c:
        await c.open()
        first = "\n".join(c.text.splitlines()[:lines])
        assert "● connected" in first and names in first and "? waits" in first


@pytest.mark.parametrize(
    ("minutes", "size", "words"),
    [
        (5, (120, 30), "? waits, due in 4m"),
        (5, (40, 12), "? due in 4m"),
        (-9, (120, 30), "! waits, due 9m ago"),
    ],
)
async def test_the_time_to_the_deadline_is_shown_and_a_late_answer_is_confirmed(
    console: OpenConsole, minutes: int, size: tuple[int, int], words: str
) -> None:
    deadline = datetime.now(UTC) + timedelta(minutes=minutes)
    asked: JsonObject = {"text_to_revise": "a", "deadline": deadline.isoformat()}
    desk = DeskDouble(interrupt(asked))
    async with console(desk, size) as c:
        await c.open()
        await until(c.pilot, lambda: words in c.text)
        await c.press("end", "!", "ctrl+s")
        await until(c.pilot, lambda: "deadline of this question passed" in c.text or desk.sent)
        assert bool(desk.sent) is (minutes > 0)
