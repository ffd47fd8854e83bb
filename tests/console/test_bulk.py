"""Deciding on many items together: what is offered, what is sent, and each result."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from unittest.mock import Mock

import pytest

from hitl_engine.desks import Desks
from hitl_engine.errors import JournalFailed, NoLongerWaits
from hitl_engine.model import (
    Approve,
    ExactValue,
    Interrupt,
    JsonObject,
    Outcome,
    OutcomeKind,
    ThreadStatus,
    ThreadView,
)
from hitl_engine.strict_json import read_json
from hitl_tui.screens.bulk import BulkScreen
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.screens.text_modal import TextModal
from hitl_tui.screens.unsent_modal import UnsentModal
from hitl_tui.state import typed_json
from hitl_tui.state.bulk_items import BulkItemStatus

from .conftest import Console, OpenConsole, settle, until
from .desk_double import DeskDouble, ToolCall, interrupt, stop, tool_request
from .hostile import HOSTILE

APPROVED = {"decisions": [{"type": "approve"}]}


def email(
    n: int, *, to: str = "ada", allowed: tuple[str, ...] = ("approve", "reject")
) -> Interrupt:
    payload = tool_request(("send_email", {"to": to}, "Sends it.", allowed))
    return interrupt(payload, n=n, graph="tool_agent", minutes=n)


def text(n: int, words: str = "original") -> Interrupt:
    return interrupt({"text_to_revise": words}, n=n, minutes=n)


async def mark(c: Console, *indices: int) -> None:
    """Mark these items of the list, and open the screen that decides on them."""
    for index in indices:
        c.app.home.list.selected = index  # type: ignore[attr-defined]  # the inbox is home
        await c.press("space")
    await c.press("m")
    await until(c.pilot, lambda: isinstance(c.app.screen, BulkScreen))
    await c.armed()


def statuses(c: Console) -> list[BulkItemStatus]:
    (screen,) = [each for each in c.app.screen_stack if isinstance(each, BulkScreen)]
    return [item.status for item in screen.card.list.items]


async def review(c: Console) -> None:
    """Open the screen that lists everything that would be sent."""
    await c.armed()
    await c.press("ctrl+s")
    assert isinstance(c.app.screen, ConfirmModal)


async def send(c: Console, *, wait: bool = True) -> None:
    """Review, see everything, and send."""
    await review(c)
    while c.plan.send_bar.blocked:
        await c.press("pagedown")
    await c.armed()
    await (c.press if wait else c.pilot.press)("ctrl+s")


# Marking


async def test_marks_are_counted_and_offer_to_decide(console: OpenConsole) -> None:
    desk = DeskDouble(text(1), text(2), email(3))
    async with console(desk) as c:
        assert "marked" not in c.text and "Decide" not in c.text
        await c.press("m")
        assert isinstance(c.app.screen, InboxScreen)
        await c.press("space", "space")
        assert "2 marked" in c.text and "Decide" in c.text
        desk.items = desk.items[1:]
        desk.publish()
        await until(c.pilot, lambda: "1 marked" in c.text)
        await c.press("u")
        assert "marked" not in c.text and "Decide" not in c.text


async def test_all_listed_items_of_a_kind_are_marked(console: OpenConsole) -> None:
    stuck = interrupt("find", n=9, minutes=9, task_error="boom")
    desk = DeskDouble(text(1, "find"), text(2, "find"), text(3), email(4, to="find"), stuck, stop())
    async with console(desk) as c:
        await c.press("slash")
        await c.type("find")
        await c.press("enter", "asterisk")
        assert c.app.home.marks.items == (desk.items[0], desk.items[1])  # type: ignore[attr-defined]
        await c.press("u", "end", "asterisk")
        assert "This item can only be decided on its own." in c.text and "marked" not in c.text


# What is offered


async def test_all_items_are_listed_and_nothing_is_chosen(console: OpenConsole) -> None:
    desk = DeskDouble(email(1), email(2, to="bob"), email(3))
    async with console(desk) as c:
        await mark(c, 0, 1, 2)
        assert "Decide on 3 items  ·  2 different payloads" in c.text
        assert c.text.count("tool_agent ▸ human_node …456789ab  send_email(") == 3
        assert "a approve  r reject  j JSON" in c.text
        assert "not p: item 1, tool_agent: send_email does not allow it." in c.text
        await c.press("ctrl+s")
        assert desk.sent == [] and "Choose a decision for all items" in c.text
        await c.press("a")
        assert c.text.count('→ send_email: approve  {"decisions": [{"type": "approve"}]}') == 3
        assert "Will send  to each of 3" in c.text


async def test_an_item_that_prevents_a_decision_is_named_and_can_be_removed(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(email(1), text(2), email(3, allowed=("approve", "respond")))
    async with console(desk) as c:
        await mark(c, 0, 1, 2)
        assert "No decision fits all of them." in c.text
        await c.press("down", "space")
        assert statuses(c) == [
            BulkItemStatus.WAITING,
            BulkItemStatus.EXCLUDED,
            BulkItemStatus.WAITING,
        ]
        assert "a approve  j JSON" in c.text and "Decide on 2 items" in c.text
        assert "not r: item 3, tool_agent: send_email does not allow it." in c.text
        await c.press("up", "space")
        assert "a approve" not in c.text
        await c.armed()
        await c.press("a")
        await until(c.pilot, lambda: "Not offered: item 2, revise" in c.text)
        await c.press("up", "space", "escape")
        assert "2 marked" in c.text


async def test_an_item_can_be_shown_in_full(console: OpenConsole) -> None:
    desk = DeskDouble(text(1, "x" * 3000 + "the end"), text(2))
    async with console(desk, (100, 60)) as c:
        await mark(c, 0, 1)
        await c.press("t")
        await c.type("new")
        await c.press("escape", "enter")
        assert isinstance(c.app.screen, TextModal)
        assert "the end" in c.app.screen.text.text
        assert 'What is sent\n"new"' in c.app.screen.text.text
        await c.press("escape")
        assert isinstance(c.app.screen, BulkScreen)


# What is sent


async def test_each_item_gets_its_own_decision(console: OpenConsole) -> None:
    desk = DeskDouble(email(1), email(2), email(3), text(4))
    async with console(desk) as c:
        await mark(c, 0, 1, 2)
        await c.press("r")
        await c.type("not now")
        await send(c)
        rejected = {"decisions": [{"type": "reject", "message": "not now"}]}
        assert desk.sent == [("answer", rejected)] * 3
        assert "3 applied  ·  of 3 items" in c.text and c.text.count("✓ applied") == 3
        await c.press("escape")
        assert "1 waiting" in c.text and "marked" not in c.text


@pytest.mark.parametrize(
    ("items", "keys", "sent"),
    [
        ((text(1), text(2)), ("j", *"null"), None),
        ((interrupt({"options": ["a", "b"]}, n=1), interrupt({"options": ["a", "b"]}, n=2)),
         ("c", "2"), "b"),
        ((interrupt({"type": "approval_request"}, n=1), interrupt({"type": "approval_request"}, n=2)),
         ("c", "down", "enter", "tab", *"no"), {"approved": False, "reason": "no"}),
    ],
)  # fmt: skip
async def test_one_text_one_choice_or_one_json_for_all(
    console: OpenConsole, items: tuple[Interrupt, ...], keys: tuple[str, ...], sent: object
) -> None:
    desk = DeskDouble(*items)
    async with console(desk) as c:
        await mark(c, 0, 1)
        await c.press(*keys)
        await send(c)
        assert desk.sent == [("answer", sent)] * 2


async def test_a_form_is_filled_in_once_and_checked_for_all(console: OpenConsole) -> None:
    properties: JsonObject = {
        "ok": {"type": "boolean"},
        "note": {"type": "string", "default": "-"},
    }
    schema: JsonObject = {"type": "object", "properties": properties, "required": ["ok"]}
    asked = [interrupt({"title": n}, n=n, response_schema=schema) for n in (1, 2)]
    desk = DeskDouble(*asked)
    async with console(desk) as c:
        await mark(c, 0, 1)
        await c.press("f")
        assert '"note": "-"' in c.text and "2 of 2 cannot take this." in c.text
        await c.armed()
        await c.press("ctrl+s")
        assert isinstance(c.app.screen, BulkScreen)
        await c.press("f7", "backspace")
        await c.type('{"ok": true}')
        await send(c)
        assert desk.sent == [("answer", {"ok": True})] * 2


# A decision of its own


async def test_one_item_is_decided_alone_and_the_others_together(console: OpenConsole) -> None:
    desk = DeskDouble(email(1), email(2), email(3))
    async with console(desk) as c:
        await mark(c, 0, 1, 2)
        await c.press("a", "down", "o")
        assert "Item 2 alone:" in c.text and "●" not in c.text.replace("● connected", "")
        await c.armed()
        await c.press("r")
        assert "Reason, for item 2 alone" in c.text
        await c.type("not bob")
        await c.press("escape", "escape")
        assert "All others:  ● a approve" in c.text
        assert (
            "Decide on 3 items  ·  1 different payload  ·  1 with a decision of its own" in c.text
        )
        assert c.text.count("◆ → send_email: reject, “not bob”") == 1
        await send(c)
        approved = ("answer", APPROVED)
        rejected = {"decisions": [{"type": "reject", "message": "not bob"}]}
        assert sorted(desk.sent, key=str) == [approved, approved, ("answer", rejected)]


async def test_items_that_nothing_fits_together_are_decided_alone(console: OpenConsole) -> None:
    desk = DeskDouble(email(1), text(2))
    async with console(desk) as c:
        await mark(c, 0, 1)
        assert "o decides on one alone" in c.text
        await c.press("down", "o")
        await c.armed()
        await c.press("t")
        await c.type("new")
        await c.press("escape", "o")
        await c.armed()
        await c.press("a")
        await send(c)
        assert sorted(desk.sent, key=str) == [("answer", "new"), ("answer", APPROVED)]


async def test_a_decision_of_its_own_can_be_taken_away_and_is_kept_until_then(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(email(1), email(2), email(3))
    async with console(desk) as c:
        await mark(c, 0, 1)
        await c.press("o")
        await c.armed()
        await c.press("r", "escape", "escape", "escape")
        assert isinstance(c.app.screen, InboxScreen)
        await mark(c, 2)
        assert c.text.count("◆") == 1
        await c.press("a", "backspace")
        assert "◆" not in c.text and "All others" not in c.text
        assert c.text.count("→ send_email: approve") == 3


async def test_typed_json_is_read_once_for_each_key_and_shows_the_mistake_of_its_own_text(
    console: OpenConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = DeskDouble(interrupt({"any": 1}, n=1), interrupt({"any": 2}, n=2))
    async with console(desk) as c:
        await mark(c, 0, 1)
        await c.press("j", *"[1")
        read = Mock(wraps=read_json)
        monkeypatch.setattr(typed_json, "read_json", read)
        await c.press(",")
        assert [call.args for call in read.call_args_list] == [("[1,",)]
        editor = c.app.screen.card.answer.json  # type: ignore[attr-defined]
        assert "Line 1" in str(editor.border_title)
        await c.press("escape", "down", "o")
        await c.armed()
        await c.press("j", "7")
        assert "Line 1" not in str(editor.border_title)
        await c.press("escape", "escape")
        assert editor.text == "[1," and "Line 1" in str(editor.border_title)
        await c.press("o")
        assert editor.text == "7" and "Line 1" not in str(editor.border_title)


# The review of everything that is sent


def two_calls(n: int, path: str) -> Interrupt:
    """Two calls; the second has more argument text than a row of the list shows."""
    calls: list[ToolCall] = [
        ("send_email", {"to": f"user-{n}@example.org"}, "", ("approve", "reject")),
        ("delete_files", {"path": path, "script": "cd /tmp\nrm -rf *"}, "", ("approve", "reject")),
    ]
    return interrupt(tool_request(*calls), n=n, graph="tool_agent", minutes=n)


async def test_every_call_of_every_item_is_listed_before_anything_is_sent(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(*(two_calls(n, f"/srv/{'x' * 300}/{n}") for n in range(1, 16)))
    async with console(desk, (80, 24)) as c:
        await c.press("asterisk", "m")
        await c.armed()
        await c.press("a")
        await review(c)
        listed = c.plan.text.view.text
        for n in range(1, 16):
            assert f"user-{n}@example.org" in listed and f"/srv/{'x' * 300}/{n}" in listed
        assert listed.count("  send_email: approve\n") == 15
        assert listed.count("  delete_files: approve\n") == 15
        assert listed.count("rm -rf *") == 15
        assert "approve: 15 calls of delete_files" in listed
        assert listed.count('sends {"decisions": [{"type": "approve"}, {"type": "approve"}]}') == 15


async def test_the_list_has_the_notes_of_each_question(console: OpenConsole) -> None:
    """JSON cannot carry NaN, so the listed arguments alone would not be what runs."""
    place = ("action_requests", 0, "args", "to")
    asked = [
        replace(two_calls(n, "/srv"), exact_values=(ExactValue(place, "NaN"),)) for n in (1, 2)
    ]
    desk = DeskDouble(*asked)
    async with console(desk, (80, 24)) as c:
        await c.press("asterisk", "m")
        await c.armed()
        await c.press("a")
        await review(c)
        assert c.plan.text.view.text.count("note: $.action_requests[0].args.to is NaN in") == 2


async def test_all_of_the_list_was_on_the_screen_before_it_is_sent(console: OpenConsole) -> None:
    desk = DeskDouble(*(two_calls(n, "/srv") for n in range(1, 6)))
    async with console(desk, (80, 24)) as c:
        await c.press("asterisk", "m")
        await c.armed()
        await c.press("a")
        await review(c)
        await c.press("end")
        await c.armed()
        await c.press("ctrl+s")
        assert desk.sent == [] and "rows unseen: scroll through them" in c.text
        await c.press("home", *["pagedown"] * 5)
        await until(c.pilot, lambda: "to 5 items, a decision each" in c.text)
        await c.armed()
        await c.press("ctrl+s")
        assert len(desk.sent) == 5 and desk.unseen == [0] * 5


async def test_what_was_jumped_over_in_the_list_is_told_of_each_item(console: OpenConsole) -> None:
    desk = DeskDouble(*(two_calls(n, "/srv") for n in range(1, 6)))
    async with console(desk, (80, 24)) as c:
        await c.press("asterisk", "m")
        await c.armed()
        await c.press("a")
        await review(c)
        lines = c.plan.text.view.text.split("\n")
        of_the_last = len(lines) - next(
            n for n, line in enumerate(lines) if line.startswith("5 of 5")
        )
        await c.press("ctrl+end")
        await c.armed()
        await c.press("ctrl+s")
        assert len(desk.unseen) == 5 and 0 in desk.unseen and max(desk.unseen) == of_the_last


async def test_drafts_that_are_not_sent_are_named(console: OpenConsole) -> None:
    desk = DeskDouble(text(1), text(2), text(3))
    async with console(desk) as c:
        await desk.drafts.save(desk.reviews.question(text(2)), {"text": "my careful words"})
        await mark(c, 0, 1, 2)
        await c.press("t")
        await c.type("all the same")
        await review(c)
        assert "! Your draft for item 2 is not sent." in c.text
        assert "! Item 2: your draft of" in c.text
        assert "item 1" not in c.text and "item 3" not in c.text


async def test_a_review_that_is_closed_sends_nothing_and_keeps_the_choice(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(text(1), text(2))
    async with console(desk) as c:
        await mark(c, 0, 1)
        await c.press("t")
        await c.type("half")
        await review(c)
        await c.press("escape")
        assert isinstance(c.app.screen, BulkScreen) and desk.sent == []
        await send(c)
        assert desk.sent == [("answer", "half")] * 2


async def test_an_item_that_goes_while_the_list_is_read_is_not_sent(console: OpenConsole) -> None:
    desk = DeskDouble(email(1), email(2), email(3))
    async with console(desk) as c:
        await mark(c, 0, 1, 2)
        await c.press("a")
        await review(c)
        desk.items = desk.items[1:]
        desk.publish()
        await until(c.pilot, lambda: BulkItemStatus.GONE in statuses(c))
        await c.press("ctrl+end")
        await c.armed()
        await c.press("ctrl+s")
        assert len(desk.sent) == 2
        assert "2 applied  ·  of 2 items" in c.text and "no longer waits" in c.text


async def test_breakpoints_are_stepped_past_together(console: OpenConsole) -> None:
    desk = DeskDouble(stop(n=1), stop(n=2, error="It failed."), text(3))
    async with console(desk) as c:
        await mark(c, 0, 1)
        assert "s step" in c.text and "■ before, next: send" in c.text
        await c.press("s")
        assert c.text.count("! The last step did not end") == 1
        assert c.text.count("→ step past send, with no input") == 2
        await send(c)
        assert desk.sent == [("step", None)] * 2


async def test_a_refusal_and_an_unknown_outcome_stop_no_other_item(console: OpenConsole) -> None:
    desk = DeskDouble(*(email(n) for n in range(1, 5)))
    unknown = Outcome(OutcomeKind.UNKNOWN, "The line broke.", None, thread_id="x")
    desk.script = [None, NoLongerWaits("It was answered meanwhile."), unknown, None]
    async with console(desk) as c:
        await mark(c, 0, 1, 2, 3)
        await c.press("a")
        await send(c)
        assert "2 applied, 1 refused, 1 unknown" in c.text
        assert "✕ refused: It was answered meanwhile." in c.text
        assert "? unknown: The line broke." in c.text
        await c.press("escape")
        assert "2 marked" in c.text
        await c.press("m")
        assert "Decide on 2 items" in c.text and "applied" not in c.text


async def test_a_mismatch_is_shown_in_its_row(console: OpenConsole) -> None:
    """S36, B24."""
    desk = DeskDouble(email(1), email(2))
    said = ("send_email: rejected, but it ran.",)
    view = ThreadView("x", "revise", ThreadStatus.DONE, {}, (), (), "c", None)
    taken = Outcome(OutcomeKind.APPLIED, "Taken.", view, mismatches=said, thread_id="x")
    desk.script = [taken, None]
    async with console(desk) as c:
        await mark(c, 0, 1)
        await c.press("r")
        await send(c)
        assert "1 applied, 1 not as decided" in c.text
        assert "! applied, but not as decided: send_email: rejected, but it ran." in c.text
        assert "enter on a row shows what" in c.text and "stays marked" not in c.text


async def test_all_are_taken_back_with_one_key_before_they_are_sent(console: OpenConsole) -> None:
    desk = DeskDouble(email(1), email(2), email(3))
    async with console(desk) as c:
        c.app.session.grace = 60
        await mark(c, 0, 1)
        await c.press("a")
        await send(c, wait=False)
        await until(c.pilot, lambda: "Sending: 2 decisions on marked items" in c.text)
        assert c.app.session.outbox.left_of(desk.items) == 1
        await c.press("u")
        assert desk.sent == [] and not c.app.session.outbox.all
        assert len(desk.withdrawn) == 2
        assert statuses(c) == [BulkItemStatus.WAITING] * 2 and "● a approve" in c.text
        c.app.session.grace = 0.01
        await send(c)
        assert len(desk.sent) == 2 and "✓ Applied: 2 decisions" in c.text


@pytest.mark.parametrize(
    ("asked", "keys", "shown"),
    [
        (email(1), ("r", *"not now"), "not now"),
        pytest.param(text(1), ("t", *"another"), "another", marks=pytest.mark.hardening),
        pytest.param(
            interrupt({"options": ["a", "b"]}), ("c", "2"), "● 2  b", marks=pytest.mark.hardening
        ),
        pytest.param(interrupt({"any": 1}), ("j", *"[1]"), "[1]", marks=pytest.mark.hardening),
    ],
)
async def test_what_is_not_sent_yet_is_kept_as_a_draft_of_each_item(
    console: OpenConsole, asked: Interrupt, keys: tuple[str, ...], shown: str
) -> None:
    mine = replace(asked, thread_id="00000009-7a2b-4c11-9d55-0123456789ab", interrupt_id="9")
    desk = DeskDouble(asked, mine)
    async with console(desk) as c:
        c.app.session.grace = 60
        words: JsonObject = {"way": "JSON", "json": "typed before"}
        await desk.drafts.save(desk.reviews.question(mine), words)
        await mark(c, 0, 1)
        await c.press(*keys)
        await send(c, wait=False)
        await until(c.pilot, lambda: "Sending: 2 decisions" in c.text)
        assert len(desk.drafts.kept) == 2
        await c.press("u", "escape", "escape", "escape")
        c.app.home.list.select(asked)  # type: ignore[attr-defined]  # the inbox is home
        await c.press("enter")
        await c.armed()
        assert shown in c.text and "draft" in c.text
        await c.press("escape")
        c.app.home.list.select(mine)  # type: ignore[attr-defined]
        await c.press("enter")
        await c.armed()
        assert "typed before" in c.text


async def test_what_was_only_chosen_for_many_is_not_told_as_a_draft(console: OpenConsole) -> None:
    desk = DeskDouble(text(1), text(2))
    async with console(desk) as c:
        c.app.session.grace = 60
        await mark(c, 0, 1)
        await c.press("t", *"first")
        await send(c, wait=False)
        await until(c.pilot, lambda: "Sending: 2 decisions" in c.text)
        await c.press("u")
        await review(c)
        assert "draft" not in c.plan.text.view.text


async def test_what_cannot_be_written_down_is_not_sent(console: OpenConsole) -> None:
    desk = DeskDouble(email(1), email(2))
    desk.refuses = JournalFailed("The disk is full.", kept="Nothing was sent.")
    async with console(desk) as c:
        await mark(c, 0, 1)
        await c.press("a")
        await send(c)
        assert desk.sent == [] and "2 refused" in c.text
        assert "✕ refused: The disk is full." in c.text


async def test_a_target_that_refuses_holds_up_no_other() -> None:
    one, two = DeskDouble(), DeskDouble()
    two.refuses = JournalFailed("The disk is full.")
    desks = Desks({"one": one, "two": two}.get)  # type: ignore[arg-type]  # doubles
    items = [
        desks.reviews.item(replace(email(n), target=target))
        for n, target in enumerate(("two", "one", "two", "one"))
    ]
    queued = await desks.bulk.queue(desks.bulk.plan(items, Approve()), wait=timedelta())
    ended: dict[int, object] = {}
    await desks.bulk.send(
        queued,
        lambda _: None,
        on_begun=lambda _: None,
        on_ended=ended.__setitem__,
        stopped=lambda: False,
    )
    assert ended[0] is ended[2] is two.refuses
    assert one.sent == [("answer", APPROVED)] * 2 and two.sent == []


async def test_a_stop_leaves_the_rest_unsent_and_marked(console: OpenConsole) -> None:
    desk = DeskDouble(*(email(n) for n in range(1, 8)))
    desk.hold = asyncio.Event()
    async with console(desk) as c:
        await mark(c, *range(7))
        await c.press("a")
        await send(c, wait=False)
        await until(c.pilot, lambda: c.text.count("▶ running") == 4)
        assert "Sending: 0 of 7" in c.text
        await c.pilot.press("x")
        desk.hold.set()
        await settle(c.pilot)
        assert "4 applied, 3 not sent" in c.text
        assert len(desk.sent) == 4
        assert statuses(c)[4:] == [BulkItemStatus.UNSENT] * 3
        await c.press("escape")
        assert "3 marked" in c.text


async def test_quitting_while_it_sends_asks_and_leaves_the_rest_unsent(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(*(email(n) for n in range(1, 8)))
    desk.hold = asyncio.Event()
    async with console(desk) as c:
        await mark(c, *range(7))
        await c.press("a")
        await send(c, wait=False)
        await until(c.pilot, lambda: len(desk.sent) == 4)
        await c.pilot.press("ctrl+q")
        await until(c.pilot, lambda: isinstance(c.app.screen, UnsentModal))
        assert "Not all is sent yet: 7 decisions on marked items." in c.text
        assert "Send and quit" not in c.text
        await c.pilot.press("s", "escape")
        await until(c.pilot, lambda: not isinstance(c.app.screen, UnsentModal))
        await c.pilot.press("ctrl+q")
        await until(c.pilot, lambda: isinstance(c.app.screen, UnsentModal))
        await c.pilot.press("k")
        desk.hold.set()
        await until(c.pilot, lambda: c.app._exit)
        assert len(desk.sent) == 4


async def test_the_screen_can_be_left_while_it_sends(console: OpenConsole) -> None:
    desk = DeskDouble(email(1), email(2), text(3))
    desk.hold = asyncio.Event()
    async with console(desk) as c:
        await mark(c, 0, 1)
        await c.press("a")
        await send(c, wait=False)
        await until(c.pilot, lambda: len(desk.sent) == 2)
        await c.pilot.press("escape")
        await until(c.pilot, lambda: "Sending: 0 of 2" in c.text)
        desk.hold.set()
        await until(c.pilot, lambda: "Decided together: 2 applied." in c.text)
        await c.press("m")
        assert c.text.count("✓ applied") == 2
        await c.press("escape", "m")
        assert isinstance(c.app.screen, InboxScreen)


async def test_what_was_typed_is_kept_until_it_is_sent(console: OpenConsole) -> None:
    desk = DeskDouble(text(1), text(2))
    async with console(desk) as c:
        await mark(c, 0, 1)
        await c.press("t")
        await c.type("half")
        await c.press("escape", "escape")
        assert isinstance(c.app.screen, InboxScreen)
        await c.press("m")
        await c.armed()
        await c.press("t")
        await send(c)
        assert desk.sent == [("answer", "half")] * 2


async def test_keys_that_are_pressed_too_early_are_ignored(
    console: OpenConsole, real_guard: None
) -> None:
    desk = DeskDouble(email(1), email(2))
    async with console(desk) as c:
        await c.press("space", "space", "m", "a", "ctrl+s")
        assert desk.sent == [] and "●" not in c.text.replace("● connected", "")
        await c.armed()
        await c.press("a", "ctrl+s")  # the choice has to be in view first
        assert isinstance(c.app.screen, BulkScreen)
        await c.armed()
        await c.press("ctrl+s", "ctrl+s")  # the list of what is sent has to be in view too
        assert isinstance(c.app.screen, ConfirmModal) and desk.sent == []
        await c.armed()
        await c.press("ctrl+s")
        assert len(desk.sent) == 2


async def test_an_item_that_no_longer_waits_is_removed(console: OpenConsole) -> None:
    desk = DeskDouble(email(1), email(2), email(3))
    async with console(desk) as c:
        await mark(c, 0, 1, 2)
        await c.press("a")
        desk.items = (desk.items[0], desk.items[2])
        desk.publish()
        await until(c.pilot, lambda: "no longer waits" in c.text)
        await send(c)
        assert len(desk.sent) == 2


async def test_a_failure_of_the_console_is_shown(console: OpenConsole) -> None:
    desk = DeskDouble(email(1), email(2))
    desk.script = [ZeroDivisionError("boom"), None]
    async with console(desk) as c:
        await mark(c, 0, 1)
        await c.press("a")
        await send(c)
        await until(c.pilot, lambda: isinstance(c.app.screen, TextModal))
        await c.press("escape")
        assert statuses(c) == [BulkItemStatus.UNKNOWN, BulkItemStatus.APPLIED]


@pytest.mark.usefixtures("without_net")
async def test_hostile_texts_are_shown_as_visible_text(console: OpenConsole) -> None:
    items = (interrupt(words, n=n, graph=str(words)) for n, words in enumerate(HOSTILE))
    async with console(DeskDouble(*items), (40, 12)) as c:
        await c.press("asterisk", "m")
        await c.armed()
        await c.press("a", "j")
        await c.type('"x"')
        await c.press("escape", "enter")
        shown = c.app.export_screenshot()
        assert "\x1b" not in shown and "\u202e" not in shown
