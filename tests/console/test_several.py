"""Several questions of one thread, plans that are confirmed, and stuck questions."""

from dataclasses import replace

import pytest

from hitl_engine.model import Interrupt, JsonValue, Outcome, OutcomeKind
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.widgets.cards.card_body import CardBody

from .conftest import Console, OpenConsole, until
from .desk_double import DeskDouble, interrupt, tool_request

THREAD = "0000abcd-7a2b-4c11-9d55-0123456789ab"
ALL = ("approve", "edit", "reject", "respond")


def asked(text: str, n: int, *, task: str = "") -> Interrupt:
    return interrupt(
        {"text_to_revise": text},
        n=n,
        minutes=n,
        thread=THREAD,
        node=text,
        task_id=task or f"task-{n}",
    )


async def decided(c: Console, tab: str) -> None:
    """Press ctrl+s, and wait until this question is decided and the next one is in view."""
    await c.press("ctrl+s")
    await until(c.pilot, lambda: f"✓ {tab}" in c.text and c.card.armed)


async def confirm(c: Console) -> None:
    """Press ctrl+s in the confirmation, as soon as it accepts the key."""
    assert isinstance(c.app.screen, ConfirmModal)
    await c.armed()
    await c.press("ctrl+s")


async def test_several_questions_are_decided_one_by_one_and_sent_together(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(asked("legal", 1), asked("finance", 2))
    async with console(desk, (100, 30)) as c:
        await c.open()
        assert "· 1/2 legal" in c.text and "^s Decide" in c.text
        await c.press("!")
        await decided(c, "1/2 legal")
        assert not desk.sent
        assert "1 of 2 decided. ^l to review and send" in c.text
        await c.press("ctrl+s")
        assert "Send all 2 answers?" in c.text
        assert "✓ 1/2 legal: the text “!legal”" in c.text
        assert f'"{1:032x}": "!legal"' in c.text  # the exact JSON
        await confirm(c)
        assert desk.sent == [("answer", "!legal"), ("answer", "finance")]
        assert "Done: the final state" in c.text


async def test_after_a_plan_is_closed_the_text_field_has_the_focus(console: OpenConsole) -> None:
    request = tool_request(*[("send", {}, "", ALL)] * 2)
    async with console(DeskDouble(interrupt(request)), (100, 30)) as c:
        await c.open()
        await c.press("R", *"no")
        await c.armed()
        await c.press("ctrl+s")
        assert isinstance(c.app.screen, ConfirmModal)
        await c.press("escape", "a")
        assert '{"type": "reject", "message": "noa"}' in c.text


async def test_a_plan_names_a_tool_once(console: OpenConsole) -> None:
    first, other = (
        interrupt(tool_request(("send", {}, "", ALL)), n=n, thread=THREAD, task_id=f"task-{n}")
        for n in (1, 2)
    )
    async with console(DeskDouble(first, other), (100, 30)) as c:
        await c.open()
        await c.press("a")
        await c.armed()
        await decided(c, "")
        await c.press("a")
        await c.armed()
        await c.press("ctrl+s")
        assert "✓ 1/2 human_node: send: approve" in c.text


async def test_questions_of_one_node_are_told_apart(console: OpenConsole) -> None:
    """By their numbers, and by what they ask: in their tabs, and in the plan."""
    desk = DeskDouble(*(replace(asked(f"Is claim {n} right?", n), node="check") for n in (1, 2, 3)))
    async with console(desk, (100, 30)) as c:
        await c.open()
        assert "· 2/3 “Is claim 2 right?”" in c.text
        await c.press("!")
        await decided(c, "1/3 “Is claim 1 right?”")
        await c.press("ctrl+l")
        assert "✓ 1/3 check: " in c.text and "asked: “Is claim 1 right?”" in c.text
        assert "· 3/3 check: not decided, not sent" in c.text


async def test_one_of_several_is_sent_alone_and_the_plan_shows_what_runs_again(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(asked("legal", 1), asked("finance", 2))
    async with console(desk, (100, 30)) as c:
        await c.open()
        await decided(c, "1/2 legal")
        await c.press("ctrl+l")
        assert "Send 1 of 2 answers?" in c.text
        assert "· 2/2 finance: not decided, not sent" in c.text
        assert "Runs again up to its question: finance" in c.text
        await confirm(c)
        assert desk.sent == [("answer", "legal")]
        await until(c.pilot, lambda: "finance" in c.text)
        assert isinstance(c.app.screen, ThreadScreen)


async def test_questions_of_one_task_are_not_answered_in_part(console: OpenConsole) -> None:
    desk = DeskDouble(asked("legal", 1, task="both"), asked("finance", 2, task="both"))
    async with console(desk, (100, 30)) as c:
        await c.open()
        await decided(c, "1/2 legal")
        await c.press("ctrl+l")
        assert "asks 2 questions together" in c.text
        await confirm(c)
        assert not desk.sent and isinstance(c.app.screen, ConfirmModal)
        await c.press("escape")
        await c.armed()
        await c.press("ctrl+s")
        await confirm(c)
        assert len(desk.sent) == 2


async def test_a_decision_can_be_changed_before_it_is_sent(console: OpenConsole) -> None:
    desk = DeskDouble(asked("legal", 1), asked("finance", 2))
    async with console(desk, (100, 30)) as c:
        await c.open()
        await decided(c, "1/2 legal")
        await c.press("ctrl+n")
        await until(c.pilot, lambda: "Note: decided, not sent" in c.text and c.card.armed)
        await c.press("?")
        await decided(c, "1/2 legal")
        await c.press("ctrl+s")
        await confirm(c)
        assert desk.sent == [("answer", "?legal"), ("answer", "finance")]


async def test_leaving_shows_how_many_decisions_are_not_sent(console: OpenConsole) -> None:
    desk = DeskDouble(asked("legal", 1), asked("finance", 2))
    async with console(desk, (100, 30)) as c:
        await c.open()
        await decided(c, "1/2 legal")
        await c.press("escape")
        assert isinstance(c.app.screen, InboxScreen)
        assert "1 decision not sent" in c.text
        assert not desk.sent


async def test_several_verdicts_are_confirmed_before_they_are_sent(console: OpenConsole) -> None:
    payload: JsonValue = tool_request(
        ("send_email", {"to": "ada"}, "story", ALL), ("execute_sql", {"query": "x"}, "story", ALL)
    )
    desk = DeskDouble(interrupt(payload))
    async with console(desk, (100, 40)) as c:
        await c.open()
        await c.press("a", "right")
        await c.armed()
        await c.press("r")
        await c.type("no")
        await c.press("ctrl+s")
        assert "1  send_email: approve" in c.text
        assert "2  execute_sql: reject, “no”" in c.text
        assert not desk.sent
        await c.press("escape")
        await c.armed()
        await c.press("ctrl+s")
        await confirm(c)
        assert [kind for kind, _ in desk.sent] == ["answer"]


async def test_the_modal_ignores_a_key_that_is_held_down(
    console: OpenConsole, real_guard: None
) -> None:
    desk = DeskDouble(asked("legal", 1), asked("finance", 2))
    async with console(desk, (100, 30)) as c:
        await c.open()
        await decided(c, "1/2 legal")
        await c.press("ctrl+s", "ctrl+s", "ctrl+s")
        assert isinstance(c.app.screen, ConfirmModal) and not desk.sent


async def test_a_stuck_question_is_reopened_after_confirmation(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt({"text_to_revise": "a"}, task_error="ValueError: bad answer"))
    async with console(desk, (100, 30)) as c:
        await c.open()
        assert "Perhaps stuck: an earlier answer made its node fail: ValueError: bad" in c.text
        await c.press("f8")
        assert "Ask this question again?" in c.text
        assert "sibling had finished and runs again" in c.text
        await confirm(c)
        assert desk.sent == [("reopen", f"{1:032x}")]


async def test_the_title_shows_the_status_once_it_is_known_again(console: OpenConsole) -> None:
    first = interrupt({"text_to_revise": "a"})
    desk = DeskDouble(first)
    view = await desk.thread(first.thread_id)
    unknown = Outcome(OutcomeKind.UNKNOWN, "No proof.", view, thread_id=first.thread_id)
    desk.script = [unknown, None]
    async with console(desk, (100, 30)) as c:
        await c.open()
        await c.press("ctrl+s")
        assert "Outcome unknown" in c.text
        await c.armed()
        await c.press("ctrl+s")
        assert "Done: the final state" in c.text and "✓ done" in c.text


async def test_reopening_is_offered_only_where_something_failed(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt({"text_to_revise": "a"}))
    async with console(desk) as c:
        await c.open()
        await c.press("f8")
        assert isinstance(c.app.screen, ThreadScreen) and not desk.sent


async def test_a_tab_shows_all_nodes_of_its_question(console: OpenConsole) -> None:
    desk = DeskDouble(asked("legal", 1), asked("finance", 2))
    desk.above = ("review",)
    async with console(desk, (100, 30)) as c:
        await c.open()
        assert "1/2 review ▸ legal" in c.text and "2/2 review ▸ finance" in c.text


async def test_what_will_be_sent_is_in_view_on_the_smallest_screen(console: OpenConsole) -> None:
    desk = DeskDouble(asked("legal", 1), asked("finance", 2))
    async with console(desk, (40, 12)) as c:
        await c.open()
        await decided(c, "1/2 legal")
        await c.press("ctrl+l")
        assert "Send 1 of 2" in c.text and "unseen: scroll through" in c.text
        await c.press("ctrl+end")
        assert "Send 1 of 2" in c.text and '{"00000000' in c.text and '"legal"}' in c.text


# What was not on the screen, on the smallest screen

ASKED = "To which environment is this release deployed, and when exactly is it due there?"


def many(payload: JsonValue) -> DeskDouble:
    """Return a desk on which fifteen questions of one thread wait."""
    return DeskDouble(
        *(
            interrupt(payload, n=n, minutes=n, thread=THREAD, node="deploy", task_id=f"task-{n}")
            for n in range(1, 16)
        )
    )


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ([f"answer {n}" for n in range(1, 7)], "2"),
        (["yes", "no"], "y"),
    ],
    ids=["a choice", "yes or no"],
)
async def test_an_answer_is_sent_only_after_the_question_and_all_answers_were_in_view(
    console: OpenConsole, options: list[str], key: str
) -> None:
    async with console(many({"question": ASKED, "options": [*options]}), (80, 24)) as c:
        await c.pilot.resize_terminal(40, 12)
        await c.open()
        seen = c.text
        await c.press(key)
        await c.armed()
        await c.press("ctrl+s")
        assert "unseen: scroll" in c.text and not c.card.answered
        for step in ("shift+tab", *["down"] * 3, "tab", *["down"] * 6):
            await c.press(step)
            seen += c.text
        for part in ("due there?", *options):
            assert part in seen
        await c.press("ctrl+s")
        await until(c.pilot, lambda: "1 of 15 decided" in c.text)


async def test_rows_that_another_widget_covers_are_unseen(console: OpenConsole) -> None:
    args: dict[str, JsonValue] = {f"argument {n}": n for n in range(9)}
    async with console(many(tool_request(("send", args, "", ALL))), (40, 12)) as c:
        await c.open()
        seen = c.text
        assert c.part.unseen == sum(f"argument {n}" not in seen for n in range(9)) > 0
        await c.press("end")
        assert c.part.unseen > 0, "what rushed past was not seen"
        for y in range(9):
            c.card.query_one(CardBody).scroll_to(y=y, animate=False)
            await c.pilot.pause()
            seen += c.text
        assert all(f"argument {n}" in seen for n in range(9)) and c.part.unseen == 0


async def test_all_choices_of_a_tall_question_are_reached_and_must_be_seen(
    console: OpenConsole,
) -> None:
    choices: list[JsonValue] = [{"value": f"choice {n}"} for n in range(1, 13)]
    question: JsonValue = {"question": ASKED, "type": "multiple_choice", "choices": choices}
    asked: JsonValue = {"type": "ask_user", "tool_call_id": "c", "questions": [question]}
    async with console(DeskDouble(interrupt(asked)), (40, 12)) as c:
        await c.open()
        assert "1  To which" in c.text and "choice 1 " in c.text, "it begins with what is asked"
        await c.press("2", "ctrl+s")
        assert "unseen:" in c.text and not c.card.answered
        for n in range(2, 13):
            await c.press("down")
            assert f"choice {n} " in c.text, "the selected choice stays in view"
        assert "Will send" in c.text
        await c.press(*["up"] * 14)
        assert "1  To which" in c.text, "above the first choice, it scrolls on"
        await c.press("ctrl+s")
        await until(c.pilot, lambda: "Applied" in c.text)


@pytest.mark.parametrize("text", ["", "one"], ids=["a reply", "a text to revise"])
async def test_what_is_asked_above_a_text_must_be_seen(console: OpenConsole, text: str) -> None:
    asked: JsonValue = {"instruction": ASKED, "text_to_revise": text}
    async with console(DeskDouble(interrupt(asked)), (40, 12)) as c:
        await c.open()
        await c.press("x", "ctrl+end", "ctrl+s")
        assert "outside the" in c.text and not c.card.answered
        await c.press("shift+tab", "down", "down", "down", "ctrl+s")
        await until(c.pilot, lambda: "Applied" in c.text)
