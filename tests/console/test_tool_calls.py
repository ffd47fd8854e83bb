"""The card for tool calls: what it shows, what it lets one decide, and what it sends."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import Mock

import pytest
from textual.pilot import Pilot

from hitl_engine import payloads
from hitl_engine.model import (
    Approve,
    Edit,
    JsonObject,
    JsonValue,
    Question,
    Reject,
    Respond,
    Verdicts,
)
from hitl_engine.strict_json import read_json
from hitl_tui.messages import Decided, Typed
from hitl_tui.state import typed_json
from hitl_tui.state.plan import verdict_lines
from hitl_tui.widgets.cards.card_for import card_for
from hitl_tui.widgets.cards.question_card import QuestionCard
from hitl_tui.widgets.tool_calls.tool_calls_part import ToolCallsPart

from .conftest import OpenConsole, card_shown, heard, screen_text, settle, until
from .desk_double import DeskDouble, interrupt, tool_request

ALL = ("approve", "edit", "reject", "respond")
KEYS = {" ": "space", '"': "quotation_mark", "\n": "enter"}
OLDER: JsonObject = {
    "action_request": {"action": "send_email", "args": {"to": "a@example.org", "body": "Hi"}},
    "config": {"allow_ignore": True, "allow_respond": False, "allow_edit": True, "allow_accept": True},
    "description": "Please review the e-mail.",
}  # fmt: skip
CAMEL: JsonObject = {
    "actionRequests": [{"name": "a", "args": {"someKey": 1}}, {"name": "b", "args": {"x": 1}}],
    "reviewConfigs": [
        {"actionName": "a", "allowedDecisions": ["approve", "edit", "reject"]},
        {"actionName": "b", "allowedDecisions": ["approve", "edit", "reject"]},
    ],
}
PER_CALL: JsonObject = {
    "type": "tool_approval",
    "tool_call_id": "call-77",
    "name": "write_file",
    "args": {"path": "a", "size": 1},
    "description": "Writes a file.",
}
PER_CALL_SCHEMA: JsonObject = {
    "oneOf": [
        {"type": "object", "properties": {"type": {"const": "approve"}}, "required": ["type"]},
        {
            "type": "object",
            "properties": {
                "type": {"const": "edit"},
                "edited_action": {
                    "type": "object",
                    "properties": {
                        "name": {"const": "write_file"},
                        "args": {
                            "type": "object",
                            "properties": {
                                "path": {"type": "string"},
                                "size": {"type": "integer", "maximum": 100},
                            },
                            "required": ["path", "size"],
                        },
                    },
                    "required": ["name", "args"],
                },
            },
            "required": ["type", "edited_action"],
        },
    ],
}


def call(
    *allowed: str, **args: JsonValue
) -> tuple[str, dict[str, JsonValue], str, tuple[str, ...]]:
    return "send", dict(args), "the story", allowed


@dataclass
class ThreadPane:
    """A card on a pane of its own."""

    card: QuestionCard
    part: ToolCallsPart
    pilot: Pilot[None]
    said: list[Any]

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other, each when the card is ready for it."""
        for key in keys:
            await until(self.pilot, lambda: self.card.armed and not self.part.pause.active)
            await self.pilot.press(key)
            await settle(self.pilot)

    async def type(self, text: str) -> None:
        await self.pilot.press(*(KEYS.get(char, char) for char in text))
        await settle(self.pilot)

    @property
    def text(self) -> str:
        return screen_text(self.pilot.app)

    @property
    def decisions(self) -> list[object]:
        return [message.decision for message in heard(self.said, Decided)]


@asynccontextmanager
async def opened(
    payload: JsonValue,
    schema: JsonObject | None = None,
    *,
    typed: JsonObject | None = None,
    size: tuple[int, int] = (90, 40),
) -> AsyncIterator[ThreadPane]:
    asked = interrupt(payload, response_schema=schema)
    question = Question(asked, payloads.recognise(payload, schema), "print")
    card = card_for(
        question,
        lambda q, decision: payloads.encode(q.interrupt.payload, decision, schema),
        typed,
        lambda q, decision: payloads.cautions(q.review, decision),
    )
    assert isinstance(card.part, ToolCallsPart)
    async with card_shown(card, size) as (pilot, said):
        await settle(pilot)
        card.take_focus()
        yield ThreadPane(card, card.part, pilot, said)


# What is shown


async def test_arguments_come_before_the_story_and_are_whole() -> None:
    async with opened(tool_request(call("approve", to="bob", body="b" * 300)), size=(60, 30)) as s:
        assert s.text.index("Arguments: this is what runs") < s.text.index("Described by the agent")
        assert s.text.count("b") >= 300


async def test_all_that_the_request_says_besides_is_shown() -> None:
    async with opened(PER_CALL, PER_CALL_SCHEMA) as s:
        assert "The request also contains" in s.text and "tool_call_id: call-77" in s.text
    beside: Any = {**tool_request(call(*ALL)), "id": "of all"}
    beside["action_requests"][0]["id"] = "of one"
    async with opened(beside) as s:
        said = s.part.panel.view.extra.view.text
        assert '"id": "of all"' in said and '"id": "of one"' in said


async def test_hidden_characters_are_counted_in_the_titles() -> None:
    request = tool_request(("send", {"to": "a\u200bb\u3164"}, "se\u200bnd", ALL))
    async with opened(request) as seat:
        view = seat.part.panel.view
        assert "1 argument, 2 hidden characters" in str(view.arguments.border_title)
        assert "1 hidden character" in str(view.description.border_title)


async def test_what_looks_like_something_else_is_told_and_coloured() -> None:
    request = tool_request(call(*ALL, to="bob", url="https://p\u0430ypal.com"))
    async with opened(request) as s:
        assert "“p\u0430ypal” resembles “paypal”" in " ".join(s.text.split())
        view = s.part.panel.view.arguments.view
        warning = view.colour("escaped").color
        coloured = "".join(
            segment.text
            for y in range(view.row_count)
            for segment in view.render_line(y)
            if segment.style and segment.style.color == warning
        )
        assert coloured == "p\u0430ypal.com"


async def test_prose_without_arguments_is_called_so() -> None:
    async with opened(tool_request(call(*ALL))) as s:
        assert "it has no arguments, only this" in s.text
        assert "no arguments" in s.text


async def test_folded_arguments_are_counted_and_unfold_by_key_and_mouse() -> None:
    tree: JsonObject = {str(n): {str(k): "deep" for k in range(20)} for n in range(5)}
    async with opened(tool_request(call(*ALL, tree=tree))) as s:
        assert "105 lines folded: + unfolds" in s.text and "deep" not in s.text
        assert '▸ "0": {…},  20 keys' in s.text
        await s.press("down", "enter")
        assert "84 lines folded" in s.text and s.text.count("deep") == 20
        await s.press("enter")
        assert "deep" not in s.text
        await s.pilot.click("#arguments ArgumentsView", offset=(5, 1))
        await settle(s.pilot)
        assert s.text.count("deep") == 20
        await s.press("plus")
        assert "folded" not in s.text
        await s.press("minus")
        assert "▸ tree  {…}  5 keys" in s.text


async def test_the_arguments_can_be_seen_as_json() -> None:
    async with opened(tool_request(call(*ALL, body="a\nb\t"))) as s:
        assert '"a\\nb\\t"' not in s.text
        await s.press("j")
        assert '"body": "a\\nb\\t"' in s.text and "as JSON" in s.text
        await s.press("j")
        assert '"a\\nb\\t"' not in s.text


@pytest.mark.parametrize(
    "args",
    [
        {"text": "word " * 200_000},
        {f"argument {n}": {"a": [n, "line\n" * 20]} for n in range(300)},
    ],
    ids=["one line of a megabyte", "many arguments"],
)
async def test_only_what_is_on_the_screen_is_drawn(args: JsonObject) -> None:
    async with opened(tool_request(call(*ALL, **args))) as s:
        view = s.part.panel.view.arguments.view
        drawn: list[int] = []
        draw = view._draw
        view._draw = lambda y: drawn.append(y) or draw(y)  # type: ignore[method-assign, func-returns-value]
        await s.press("plus", "end", "home", "pagedown")
        assert view.row_count > 1_000
        assert len(drawn) < 200


# Once, and only what is allowed


async def test_what_is_not_allowed_is_never_decided_and_the_reason_is_said() -> None:
    async with opened(tool_request(call("reject"))) as s:
        why = "Approve, Edit, Respond: not allowed. The request allows reject."
        assert why in s.text and "(a Approve)" in s.text
        await s.press("e")
        assert s.part.panel.verdicts.why.has_class("-emphasized")
        await s.press("a", "p", "ctrl+s")
        assert s.decisions == []
        await s.pilot.click("VerdictChip")
        await settle(s.pilot)
        assert s.part.answer.verdict is None


async def test_a_verdict_alone_sends_nothing() -> None:
    async with opened(tool_request(call(*ALL))) as s:
        await s.press("a", "enter", "escape", "space")
        assert s.decisions == []


async def test_the_keys_work_wherever_on_the_card_the_focus_is() -> None:
    async with opened(tool_request(call(*ALL, n=1), call(*ALL, n=2))) as s:
        s.card.send_bar.pane.focus()
        await s.press("a")
        assert s.part.request.answers[0].verdict == "approve"
        await s.press("f2")
        s.card.payload.focus()
        await s.press("a", "ctrl+s")
        assert s.decisions == [Verdicts((Approve(), Approve()))]


async def test_letters_typed_into_a_reason_decide_nothing() -> None:
    async with opened(tool_request(call(*ALL))) as s:
        await s.press("r")
        await s.type("yes ape")
        await s.press("ctrl+s")
        assert s.decisions == [Verdicts((Reject("yes ape"),))]


async def test_letters_typed_before_the_field_is_there_decide_nothing() -> None:
    async with opened(tool_request(call(*ALL, to="bob"), call(*ALL))) as s:
        await s.press("down")
        await s.pilot.press("r", "a")
        await settle(s.pilot)
        assert [answer.verdict for answer in s.part.request.answers] == ["reject", None]


async def test_a_rejection_needs_no_reason_and_a_response_needs_a_text() -> None:
    async with opened(tool_request(call(*ALL))) as s:
        await s.press("p", "ctrl+s")
        assert s.decisions == []
        await s.press("escape", "r", "ctrl+s")
        assert s.decisions == [Verdicts((Reject(None),))]


async def test_a_convention_s_own_words_are_used_everywhere() -> None:
    async with opened(OLDER) as s:
        assert "a Accept" in s.text and "r Ignore" in s.text
        assert "Approve" not in s.text and "Reject" not in s.text
        await s.press("r")
        assert not s.part.panel.fields.reply.display, "the graph would never see a reason"
        await s.press("ctrl+s")
        assert s.decisions == [Verdicts((Reject(None),))]


async def test_where_nothing_can_be_decided_it_is_said_what_can_be_done() -> None:
    async with opened([OLDER, OLDER]) as s:
        assert "no agreed answer" in s.text and "ctrl+t" in s.text
        assert not s.part.panel.verdicts.row.display
        await s.press("a", "A", "R", "ctrl+s")
        assert s.decisions == []


async def test_escape_leaves_a_field_and_then_the_thread_and_json_at_once(
    console: OpenConsole,
) -> None:
    async with console(DeskDouble(interrupt(tool_request(call(*ALL, n=1))))) as c:
        await c.open()
        await c.press("r")
        assert "esc To the call" in c.text
        await c.press("escape", "ctrl+t")
        assert "esc Back" in c.text
        await c.press("escape")
        assert not c.app.screen.query("QuestionCard")


# What was on the screen


PADDED: JsonObject = {"command": "ls -la" + "\n#" * 200 + "\nrm -rf /"}
LONG: tuple[JsonObject, ...] = (
    PADDED,
    {"command": "x " * 15_000},
    {"command": "x" * 30_000},
    {f"argument {n}": n for n in range(202)},
    {"tree": {str(n): {str(k): "deep" for k in range(20)} for n in range(5)}},
)


@pytest.mark.parametrize(
    ("args", "size"),
    [*((args, (80, 24)) for args in LONG), (PADDED, (40, 10)), (PADDED, (120, 40))],
    ids=["lines", "words", "one word", "many", "folded", "small", "large"],
)
async def test_what_was_not_on_the_screen_is_not_approved(
    args: JsonObject, size: tuple[int, int]
) -> None:
    async with opened(tool_request(call(*ALL, **args)), size=size) as s:
        assert " unseen" in str(s.part.panel.view.arguments.border_title)
        await s.press("a")
        assert s.part.answer.verdict is None
        assert "unseen: scroll through them, or ctrl+end" in str(s.part.panel.verdicts.why.content)
        await s.press("ctrl+s", "ctrl+end", "a", "ctrl+s")
        assert s.decisions == [Verdicts((Approve(),))]
        (message,) = heard(s.said, Decided)
        assert message.unseen > 5


async def test_what_was_scrolled_through_is_approved_without_a_jump() -> None:
    async with opened(tool_request(call(*ALL, **PADDED)), size=(80, 24)) as s:
        for _ in range(30):
            await s.pilot.press("pagedown")
        await until(s.pilot, lambda: not s.part.unseen)
        assert "unseen" not in s.text
        await s.press("a", "ctrl+s")
        (message,) = heard(s.said, Decided)
        assert message.decision == Verdicts((Approve(),)) and message.unseen == 0


async def test_the_last_row_alone_is_not_all() -> None:
    async with opened(tool_request(call(*ALL, **PADDED)), size=(80, 24)) as s:
        await s.press("end")
        assert "rm -rf /" in s.text
        await s.press("a")
        assert s.part.answer.verdict is None


async def test_a_call_that_was_seen_stays_seen_at_another_width_and_as_json() -> None:
    async with opened(tool_request(call(*ALL, n=1), call(*ALL, **PADDED)), size=(80, 24)) as s:
        await s.press("n", "ctrl+end", "b", "n", "j", "a")
        assert s.part.request.answers[1].verdict == "approve"


async def test_calls_that_were_not_in_view_are_not_approved_with_the_rest() -> None:
    async with opened(tool_request(*(call(*ALL, n=n) for n in range(5)))) as s:
        await s.press("n", "A")
        assert s.part.request.undecided == [2, 3, 4]
        assert "Not seen yet: 3 send, 4 send, 5 send" in s.text
        await s.press("ctrl+end", "A", "ctrl+s")
        (message,) = heard(s.said, Decided)
        assert message.unseen == 2  # with a verdict, the third came into view


async def test_an_edit_that_changes_nothing_does_not_approve_what_was_not_seen() -> None:
    async with opened(tool_request(call(*ALL, **PADDED)), size=(80, 24)) as s:
        await s.press("e", "ctrl+s")
        assert s.decisions == [] and "approves what was not seen" in s.text


async def test_a_rejection_needs_no_look() -> None:
    async with opened(tool_request(call(*ALL, **PADDED)), size=(80, 24)) as s:
        await s.press("r", "escape", "ctrl+s")
        assert s.decisions == [Verdicts((Reject(None),))]


# Several calls


async def test_after_a_verdict_the_next_undecided_call_comes_into_view() -> None:
    async with opened(tool_request(call(*ALL, n=1), call(*ALL, n=2), call("approve", n=3))) as s:
        await s.press("right", "a")
        assert s.part.shown == 2
        await s.press("a")
        assert s.part.shown == 0
        await s.press("p")
        await s.type("rain")
        await s.press("ctrl+s")
        assert s.decisions == [Verdicts((Respond("rain"), Approve(), Approve()))]


@pytest.mark.usefixtures("real_guard")
async def test_a_key_that_is_held_down_decides_on_one_call() -> None:
    async with opened(tool_request(*(call(*ALL, n=n) for n in range(3)))) as s:
        await until(s.pilot, lambda: s.card.armed)
        await s.pilot.press("a", "a", "a")
        await until(s.pilot, lambda: s.card.armed)
        await s.pilot.press("a", "A", "a", "ctrl+s")
        await settle(s.pilot)
        assert "Too soon" in s.text
        assert [answer.verdict for answer in s.part.request.answers] == ["approve", None, None]
        assert s.decisions == []


@pytest.mark.usefixtures("real_guard")
async def test_a_call_that_was_turned_to_waits_for_the_guard_alone() -> None:
    async with opened(tool_request(call(*ALL, n=1), call(*ALL, n=2))) as s:
        await until(s.pilot, lambda: s.card.armed)
        await s.pilot.press("a", "b")
        assert s.part.shown == 0 and not s.part.pause.active and not s.card.armed


async def test_each_of_several_calls_needs_its_own_verdict() -> None:
    async with opened(tool_request(call(*ALL, n=1), call(*ALL, n=2))) as s:
        await s.press("a", "ctrl+s")
        assert s.decisions == []
        assert "1 of 2 calls undecided." in s.text


async def test_a_name_that_the_list_of_calls_shows_whole_is_not_repeated() -> None:
    longer = "delete_" * 6
    one = call(*ALL)
    async with opened(tool_request(one, (longer, {}, "", ALL))) as s:
        assert "tool  send" not in s.text
        await s.press("n")
        assert f"tool  {longer}   call 2 of 2, 2 undecided" in s.text
    async with opened(tool_request(one)) as s:
        assert "tool  send" in s.text and "No verdict yet." in s.text


async def test_the_rest_is_approved_where_that_is_allowed() -> None:
    calls = (call(*ALL, n=1), call("reject", n=2), call(*ALL, n=3), call(*ALL, n=4))
    async with opened(tool_request(*calls)) as s:
        await s.press("r", "escape", "ctrl+end", "A")
        assert [answer.verdict for answer in s.part.request.answers] == [
            "reject",
            None,
            "approve",
            "approve",
        ]
        assert s.part.shown == 1
        assert "Still undecided, Approve is not allowed there: 2 send." in s.text


async def test_the_rest_is_rejected_with_one_reason() -> None:
    calls = (call(*ALL, n=1), call("approve", n=2), call(*ALL, n=3), call(*ALL, n=4))
    async with opened(tool_request(*calls)) as s:
        await s.press("a", "R")
        assert "Reject: the reason of 2 calls" in s.text
        await s.type("not today")
        await s.press("escape", "right", "r")
        await s.type("!")
        await s.press("escape")
        assert [answer.reason for answer in s.part.request.answers] == [
            "",
            "",
            "not today",
            "!not today",
        ]
        s.part.shown = 1
        await s.press("a", "ctrl+s")
        expected = (Approve(), Approve(), Reject("not today"), Reject("!not today"))
        assert s.decisions == [Verdicts(expected)]


async def test_fifty_calls_scroll_and_say_their_verdicts() -> None:
    async with opened(tool_request(*(call(*ALL, n=n) for n in range(50))), size=(80, 24)) as s:
        await s.press("ctrl+end", "A")
        assert "✓ Approve" in s.text and "Will send" in s.text and "undecided" not in s.text
        for _ in range(20):
            await s.pilot.press("n")
        await s.press("r")
        await s.type("no")
        assert "21/50" in s.text and "✗ Reject, “no”" in s.text
        await s.press("ctrl+s")
        (decision,) = s.decisions
        assert isinstance(decision, Verdicts) and len(decision.verdicts) == 50
        assert decision.verdicts[20] == Reject("no")


def test_a_summary_tells_what_differs_by_type_too() -> None:
    payload = tool_request(call(*ALL, to="a", n=1, x=None), call(*ALL, n=1))
    question = Question(interrupt(payload), payloads.recognise(payload), "print")
    verdicts = (Edit({"to": "a", "n": 1.0}), Edit({"n": 1}, "other\x1b"))
    assert verdict_lines(question, Verdicts(verdicts)) == (
        "send: edit: n, x",
        "send: edit to the tool other\\u{1B}: nothing is changed",
    )


# Edits


async def test_a_form_keeps_types_and_shows_what_differs() -> None:
    async with opened(tool_request(call(*ALL, to="bob", amount=5, tags=["a"]))) as s:
        await s.press("e")
        assert "The same arguments as in the request." in s.text
        assert "the arguments are unchanged" in s.text
        await s.type("x")
        assert '- to: "bob"' in s.text and '+ to: "bobx"' in s.text
        await s.press("tab")
        await s.type("7")
        assert "- amount: 5" in s.text and "+ amount: 57" in s.text
        await s.type("o")
        assert "amount must be a whole number" in s.text
        await s.press("ctrl+s")
        assert s.decisions == []
        await s.press("backspace", "ctrl+s")
        edit = Edit({"to": "bobx", "amount": 57, "tags": ["a"]})
        assert s.decisions == [Verdicts((edit,))]


async def test_an_edit_that_changes_nothing_sends_the_request_as_it_was() -> None:
    args: JsonObject = {"a": 1, "b": 1.0, "c": None, "d": {"e": [True, "x\n"]}, "f": "\ud800\x1b"}
    async with opened(tool_request(call(*ALL, **args))) as s:
        await s.press("e", "ctrl+s")
        (decision,) = s.decisions
        assert repr(decision) == repr(Verdicts((Edit(args),)))


async def test_the_schema_of_a_call_makes_its_form_and_rules_what_is_sent() -> None:
    async with opened(PER_CALL, PER_CALL_SCHEMA) as s:
        assert "Reject, Respond: not allowed" in s.text
        await s.press("e")
        assert "at most 100" in s.text
        await s.press("tab")
        await s.type("000")
        assert "Nothing to send yet" in s.text
        assert "✗ must be at most 100" in s.text
        await s.press("ctrl+s")
        assert s.decisions == []
        await s.press("backspace", "backspace", "ctrl+s")
        assert s.decisions == [Verdicts((Edit({"path": "a", "size": 10}),))]


async def test_edited_arguments_are_sent_whole_and_only_as_an_object() -> None:
    async with opened(tool_request(call(*ALL, to="bob"))) as s:
        await s.press("e", "f9")
        edited = s.part.panel.fields.edit.edited
        edited.show_source('{"to": "alice",}')
        await settle(s.pilot)
        assert re.search(r"Line 1, column 1[56]", s.text)  # Python 3.13 points at the comma
        await s.press("ctrl+s")
        for wrong in ("[]", '{"a": 1, "a": 2}', "NaN", ""):
            edited.show_source(wrong)
            await s.press("ctrl+s")
        assert s.decisions == []
        edited.show_source('{"to": "alice", "cc": null}')
        await settle(s.pilot)
        assert "! send: $.cc is added." in s.text
        await s.press("ctrl+s")
        assert s.decisions == [Verdicts((Edit({"to": "alice", "cc": None}),))]


async def test_form_and_json_hold_the_same() -> None:
    async with opened(tool_request(call(*ALL, to="bob", n=1))) as s:
        await s.press("e")
        await s.type("x")
        await s.press("f9")
        assert '"to": "bobx"' in s.part.panel.fields.edit.edited.text
        s.part.panel.fields.edit.edited.show_source("{")
        await settle(s.pilot)
        await s.press("f9")
        assert "stays as it is" in s.text and s.part.panel.fields.edit.edited.display
        s.part.panel.fields.edit.edited.show_source('{"to": "eve", "n": 2, "more": []}')
        await settle(s.pilot)
        await s.press("f9", "ctrl+s")
        assert s.decisions == [Verdicts((Edit({"to": "eve", "n": 2, "more": []}),))]


async def test_arguments_that_are_typed_as_json_are_read_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with opened(tool_request(call(*ALL, to="bob", n=1))) as s:
        await s.press("e", "f9")
        await settle(s.pilot)
        read = Mock(wraps=read_json)
        monkeypatch.setattr(typed_json, "read_json", read)
        s.part.panel.fields.edit.edited.show_source('{"to": "eve", "n": 2}')
        await settle(s.pilot)
        assert [each.args for each in read.call_args_list] == [('{"to": "eve", "n": 2}',)]


async def test_another_tool_is_a_deliberate_act_and_is_cautioned() -> None:
    async with opened(CAMEL) as s:
        await s.press("a", "e")
        assert "Runs another tool" not in s.text
        await s.press("f12")
        assert "Runs another tool" in s.text
        await s.type("2")
        assert "Call 2, b: another tool runs instead, b2." in s.text
        assert "✎ Edit, runs b2" in s.text
        await s.press("ctrl+s")
        assert s.decisions == [Verdicts((Approve(), Edit({"x": 1}, "b2")))]


async def test_the_tool_that_was_asked_for_comes_back() -> None:
    async with opened(tool_request(call(*ALL, x=1))) as s:
        await s.press("e", "f12")
        await s.type("2")
        await s.press("f12", "ctrl+s")
        assert s.decisions == [Verdicts((Edit({"x": 1}),))]


# What was typed


@pytest.mark.parametrize(
    "keys",
    [
        ["e", "x", "f12", "2"],
        ["e", "f9", "space", "escape", "r", "y"],
        ["a", "p", "x"],
        ["R", "x", "escape"],
    ],
    ids=" ".join,
)
async def test_what_was_typed_comes_back(keys: list[str]) -> None:
    payload = tool_request(call(*ALL, to="bob", n=1), call(*ALL, n=2))
    async with opened(payload) as s:
        await s.press(*keys)
        record = heard(s.said, Typed)[-1].content
        answer = s.card.send_bar.pane.view.text
    async with opened(payload, typed=record) as s:
        assert s.card.content() == record
        assert s.card.send_bar.pane.view.text == answer
        assert heard(s.said, Typed) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"verdict": 5, "typed": 5, "args": 5, "by_form": 5, "tool": 5, "reason": None},
        {"verdict": "edit", "by_form": True, "typed": {"fields": 5}},
        {"verdict": "edit", "by_form": False, "typed": "x", "args": "{"},
    ],
)
async def test_a_broken_record_is_no_harm(broken: JsonValue) -> None:
    async with opened(tool_request(call(*ALL, to="bob")), typed={"calls": [broken]}) as s:
        await s.press("escape", "a", "ctrl+s")
        assert s.decisions == [Verdicts((Approve(),))]


async def test_the_title_tells_whether_the_arguments_run() -> None:
    async with opened(tool_request(call(*ALL, to="bob"))) as s:
        for key, title in [
            ("a", "Arguments: this is what runs"),
            ("r", "Arguments: this does not run"),
            ("p", "Arguments: this does not run"),
            ("e", "Arguments as asked"),
        ]:
            await s.press(key)
            pane = s.part.panel.view.arguments
            assert str(pane.border_title).startswith(title)
            await s.press("escape")
        await s.press("backspace")
        assert "Arguments: this is what runs" in s.text


# Small screens


@pytest.mark.parametrize(("size", "key"), [((40, 12), "e"), ((80, 24), "R")])
async def test_it_can_be_used_on_small_screens(
    console: OpenConsole, size: tuple[int, int], key: str
) -> None:
    payload = tool_request(call(*ALL, to="bob", body="a\n" * 30), call(*ALL, n=2))
    async with console(DeskDouble(interrupt(payload)), size) as c:
        await c.open()
        assert "tool  send" not in c.text and "▸ 1/2  send" in c.text
        await c.press(key)
        focused, card = c.app.focused, c.card
        assert focused is not None and card.content_region.contains_region(focused.region)
        await c.press("escape", "j", "plus", "end", "n")
        assert "▸ 2/2" in c.text and c.desk.sent == []


async def test_a_verdict_is_taken_back_with_a_key_and_its_text_is_kept() -> None:
    async with opened(tool_request(call("approve", "reject"), call("approve", "reject"))) as s:
        await s.press("a", "n")
        await until(s.pilot, lambda: s.card.armed and not s.part.pause.active)
        await s.press("r", *"why", "escape", "backspace")
        assert s.part.request.undecided == [1] and "1 of 2 calls undecided" in s.text
        assert s.part.content()["calls"][1]["reason"] == "why"  # type: ignore[index,call-overload]
        await s.press("b", "backspace")
        assert s.part.request.undecided == [0, 1]
        await s.press("backspace", "ctrl+s")
        assert not heard(s.said, Decided)
