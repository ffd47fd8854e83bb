"""Inbox, new run, log, connecting screen, and the app."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from textual.binding import Binding
from textual.widget import Widget

from hitl_engine.errors import BadInput, Denied, GraphBroken
from hitl_engine.model import (
    AppliedRule,
    Breakpoints,
    BrokenGraph,
    Capability,
    DecisionList,
    FormField,
    Graph,
    InputForm,
    JsonObject,
    Lack,
    LogEntry,
    OtherDecision,
    OutcomeKind,
    Progress,
    RunStatus,
)
from hitl_tui.app import ConsoleApp
from hitl_tui.messages import NewRunRequested
from hitl_tui.screens import inbox
from hitl_tui.screens.connecting import ConnectingScreen
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.screens.new_run import NewRunScreen
from hitl_tui.screens.text_modal import TextModal
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.text.output_filter import HiddenCharacterFilter

from .conftest import Console, OpenConsole, screen_text, settle, until
from .desk_double import DeskDouble, interrupt, stop, tool_request

TEXT: JsonObject = {"text_to_revise": "original text"}


# The inbox


async def test_an_empty_inbox_shows_what_to_do(console: OpenConsole) -> None:
    async with console(DeskDouble()) as c:
        assert "Press n to start a run" in c.text


async def test_an_inbox_that_was_not_read_does_not_look_empty(console: OpenConsole) -> None:
    desk = DeskDouble()
    desk.error = "The server answered 422 to POST /threads/search."
    async with console(desk) as c:
        assert "could not be read" in c.text and "answered 422" in c.text
        assert "Nothing waits" not in c.text
        desk.error, desk.unread = None, 1200
        desk.publish()
        await until(c.pilot, lambda: "1,200 threads to read" in c.text)
        assert "1,200 are left" in c.text and "Nothing waits" not in c.text
        desk.unread = 0
        desk.publish()
        await until(c.pilot, lambda: "Nothing waits for you" in c.text)


async def test_what_the_server_cannot_do_is_shown(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    lack = Lack(Capability.KEEP_REVIEWERS_APART, "This server runs both answers.")
    desk.server = replace(desk.server, lacks=(lack,))
    async with console(desk) as c:
        await until(c.pilot, lambda: lack.reason in c.text)  # when the console opens
        await c.open()
        assert f"Note: {lack.reason}" in c.text


async def test_the_list_is_updated_automatically(console: OpenConsole) -> None:
    desk = DeskDouble()
    async with console(desk) as c:
        desk.items, desk.busy = (interrupt("Your name?"), stop()), 2
        desk.publish()
        await until(c.pilot, lambda: "Your name?" in c.text)
        assert "2 waiting" in c.text and "2 running" in c.text
        desk.error = "No answer within 5 s."
        desk.publish()
        await until(c.pilot, lambda: "The list is old" in c.text)
        assert "Your name?" in c.text
        desk.error = None
        desk.publish()
        await until(c.pilot, lambda: "The list is old" not in c.text)


async def test_the_filter_narrows_the_list(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt("find me", n=1), interrupt("other", n=2))
    async with console(desk) as c:
        await c.press("slash")
        await c.type("find")
        assert "1 of 2 waiting" in c.text
        assert "other" not in c.text
        await c.press("enter", "enter")
        await c.armed()
        await c.press("escape", "slash", "escape")
        assert "2 waiting" in c.text


async def test_graphs_that_cannot_be_imported_are_shown(console: OpenConsole) -> None:
    desk = DeskDouble()
    broken = BrokenGraph("agent", "No module named 'numpy'", "Traceback\n  line\x1b[31m")
    desk.server = replace(desk.server, broken=(broken,))
    async with console(desk) as c:
        assert "agent cannot be imported" in c.text
        await c.press("b")
        await until(c.pilot, lambda: "Details" in c.text)
        assert "No module named 'numpy'" in c.text and "\\u{1B}[31m" in c.text
        await c.press("escape")
        assert "cannot be imported" not in c.text and "b Broken graphs" in c.text


async def test_a_thread_of_a_graph_that_cannot_be_imported_tells_it(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt("Go on?", graph="agent"))
    broken = BrokenGraph("agent", "No module named 'numpy'.", "Traceback")
    desk.server = replace(desk.server, broken=(broken,))
    async with console(desk) as c:
        await c.open()
        assert "cannot be imported: No module named 'numpy'. Mend its code" in " ".join(
            c.text.split()
        )
        desk.server = replace(desk.server, broken=())
        await c.press("ctrl+r")
        await until(c.pilot, lambda: "cannot be imported" not in c.text)


# Starting a run


async def test_a_run_is_started_from_the_form(console: OpenConsole) -> None:
    desk = DeskDouble()
    async with console(desk) as c:
        await c.press("n")
        await until(c.pilot, lambda: "Some text" in c.text)
        assert "Input: Some text: is needed." in c.text
        await c.press("ctrl+s")
        assert isinstance(c.app.screen, NewRunScreen)
        await c.press("enter")
        await c.type("Hello")
        await c.press("ctrl+s")
        assert desk.sent == [("start", {"some_text": "Hello", "times": 2})]
        assert isinstance(c.app.screen, ThreadScreen)
        await c.press("escape")
        assert isinstance(c.app.screen, InboxScreen)


async def started(c: Console) -> None:
    """Start a run with the text "Hello", without waiting for its end."""
    await c.press("n")
    await until(c.pilot, lambda: "Some text" in c.text)
    await c.press("enter")
    await c.type("Hello")
    await c.pilot.press("ctrl+s")
    await until(c.pilot, lambda: c.desk.sent)


async def test_after_a_run_started_the_form_opens_empty(console: OpenConsole) -> None:
    desk = DeskDouble()
    async with console(desk) as c:
        await started(c)
        await c.press("escape")
        assert isinstance(c.app.screen, InboxScreen)
        await c.press("n")
        await until(c.pilot, lambda: "Input: Some text: is needed." in c.text)
        assert "Hello" not in c.text
        await c.press("ctrl+s")
        assert len(desk.sent) == 1


async def test_a_finished_run_can_be_repeated(console: OpenConsole) -> None:
    desk = DeskDouble()
    async with console(desk, (100, 50)) as c:
        await started(c)
        await until(c.pilot, lambda: "Done: the final state" in c.text)
        await c.press("f9")
        await until(c.pilot, lambda: "filled in from the last run of thread …456789ab" in c.text)
        assert "which this one does not get" in c.text
        await until(c.pilot, lambda: '"some_text": "as before"' in c.text)
        assert "stops before b" in c.text
        await c.press("escape")
        assert "Done: the final state" in c.text
        await c.press("f9", "ctrl+s")
        assert desk.sent[1:] == [("start", {"some_text": "as before", "times": 3})]
        await c.press("escape")
        assert isinstance(c.app.screen, InboxScreen)
        await c.press("n")
        await until(c.pilot, lambda: "Input: Some text: is needed." in c.text)


async def test_the_form_follows_the_list_at_once(console: OpenConsole) -> None:
    """The form of another graph must not stay in view, or be started, until a slow server answers."""
    desk = DeskDouble()
    asked, answer = desk.input_forms, asyncio.Event()

    async def slow(graph: Graph) -> AsyncIterator[InputForm]:
        if graph.graph_id != "revise":
            await answer.wait()
        async for form in asked(graph):
            yield form

    desk.input_forms = slow  # type: ignore[method-assign]  # a slow server
    async with console(desk) as c:
        await c.press("n")
        await until(c.pilot, lambda: "Some text" in c.text)
        await c.press("enter")
        await c.type("Hello")
        await c.pilot.press("shift+tab", "down")
        await until(c.pilot, lambda: "Reading the input of this graph" in c.text)
        assert "Some text" not in c.text and "New run ▸ tool_agent" in c.text
        await c.pilot.press("ctrl+s")
        answer.set()
        await until(c.pilot, lambda: "Messages" in c.text)
        assert desk.sent == []
        await c.press("up")
        assert '"some_text": "Hello"' in c.text  # what was typed for this graph


def slowly_described(desk: DeskDouble) -> asyncio.Event:
    """Let the server describe inputs only after the event is set."""
    asked, described = desk.input_forms, asyncio.Event()

    async def slow(graph: Graph) -> AsyncIterator[InputForm]:
        async for form in asked(graph):
            if not described.is_set():
                any_json = FormField("", "", "json", required=True)
                yield replace(form, form=any_json, incomplete=True)
                await described.wait()
            yield form

    desk.input_forms = slow  # type: ignore[method-assign]  # a slow server
    return described


async def test_the_fields_of_an_input_replace_an_empty_json_editor(console: OpenConsole) -> None:
    desk = DeskDouble()
    described = slowly_described(desk)
    async with console(desk) as c:
        await c.pilot.press("n")
        await until(c.pilot, lambda: "The server still describes the input" in c.text)
        await c.pilot.press("enter")
        described.set()
        await until(c.pilot, lambda: "Some text" in c.text)
        assert "still describes" not in c.text and "Input, as JSON" not in c.text
        await c.type("Hello")
        await c.press("ctrl+s")
        assert desk.sent == [("start", {"some_text": "Hello", "times": 2})]


async def test_what_was_typed_stays_when_the_fields_of_an_input_come(console: OpenConsole) -> None:
    desk = DeskDouble()
    described = slowly_described(desk)
    async with console(desk) as c:
        await c.pilot.press("n")
        await until(c.pilot, lambda: "The server still describes the input" in c.text)
        await c.pilot.press("enter")
        await c.pilot.press(*'{"some_text":')
        described.set()
        await until(c.pilot, lambda: "ctrl+t shows them" in c.text)
        await c.type(' "typed"}')
        await c.press("ctrl+t")
        assert "Some text" in c.text
        await c.press("ctrl+t", "ctrl+s")
        assert desk.sent == [("start", {"some_text": "typed"})]


async def test_the_fields_of_an_input_are_read_again_after_another_graph(
    console: OpenConsole,
) -> None:
    desk = DeskDouble()
    described = slowly_described(desk)
    async with console(desk) as c:
        await c.pilot.press("n")
        await until(c.pilot, lambda: "The server still describes the input" in c.text)
        await c.pilot.press("down", "up")
        described.set()
        await until(c.pilot, lambda: "Some text" in c.text)


async def test_bad_json_is_marked_kept_and_not_started(console: OpenConsole) -> None:
    desk = DeskDouble()
    async with console(desk) as c:
        await c.press("n")
        await until(c.pilot, lambda: "Some text" in c.text)
        await c.press("enter", "ctrl+t")
        await c.type("{")
        await c.press("ctrl+s")
        assert "Line 1, column 2" in c.text
        assert desk.sent == []
        await c.press("escape", "n")
        assert "Line 1, column 2" in c.text  # still there


class TwinDesk(DeskDouble):
    """A desk whose server has two assistants of one name."""

    async def graphs(self) -> tuple[Graph, ...]:
        return Graph("a-1", "revise", "Twin"), Graph("a-2", "agent", "Twin"), Graph("a-3", "x", "x")


async def test_a_chat_is_begun_with_a_text(console: OpenConsole) -> None:
    desk = DeskDouble()
    async with console(desk, (120, 40)) as c:
        await c.press("n", "down")
        await until(c.pilot, lambda: "Messages" in c.text)
        await c.press("enter")
        await c.type("Hello")
        await c.press("ctrl+s")
        await until(c.pilot, lambda: bool(desk.sent))
        assert desk.sent == [("start", {"messages": [{"role": "user", "content": "Hello"}]})]


async def test_graphs_of_one_name_are_listed_with_their_ids(console: OpenConsole) -> None:
    desk = TwinDesk()
    async with console(desk, (120, 40)) as c:
        await c.press("n")
        await until(c.pilot, lambda: "New run ▸ Twin (graph revise, assistant a-1)" in c.text)
        await c.press("down")
        await until(c.pilot, lambda: "New run ▸ Twin (graph agent, assistant a-2)" in c.text)
        assert "assistant a-1" in c.text
        await c.press("down")
        await until(c.pilot, lambda: "New run ▸ x " in c.text)


async def test_a_run_that_cannot_start_returns_to_the_form(console: OpenConsole) -> None:
    desk = DeskDouble()
    desk.script = [BadInput("The graph does not take this.", hint="Change it.")]
    async with console(desk) as c:
        await c.press("n")
        await until(c.pilot, lambda: "Some text" in c.text)
        await c.press("enter")
        await c.type("Hello")
        await c.press("ctrl+s")
        await until(c.pilot, lambda: isinstance(c.app.screen, TextModal))
        assert "The graph does not take this." in c.text
        await c.press("escape")
        assert isinstance(c.app.screen, NewRunScreen)
        assert "Hello" in c.text


async def test_a_started_run_that_was_left_reports_its_end(console: OpenConsole) -> None:
    desk = DeskDouble()
    desk.hold = asyncio.Event()
    desk.progress = (Progress("", "started", "human_node"),)
    async with console(desk) as c:
        await c.press("n")
        await until(c.pilot, lambda: "Some text" in c.text)
        await c.press("enter")
        await c.type("Hello")
        await c.pilot.press("ctrl+s")
        await until(c.pilot, lambda: desk.sent)
        await c.pilot.press("escape")
        await until(c.pilot, lambda: isinstance(c.app.screen, InboxScreen))
        desk.hold.set()
        await until(c.pilot, lambda: "✓ done" in c.text)
        await until(c.pilot, lambda: not c.app.query(ThreadScreen))


async def test_a_run_that_was_left_before_its_first_event_reports_its_end(
    console: OpenConsole,
) -> None:
    desk = DeskDouble()
    desk.hold = asyncio.Event()
    async with console(desk) as c:
        await started(c)
        await c.pilot.press("escape")
        await until(c.pilot, lambda: isinstance(c.app.screen, InboxScreen))
        desk.hold.set()
        await until(c.pilot, lambda: "✓ done" in c.text)
        await until(c.pilot, lambda: not c.app.query(ThreadScreen))


async def test_a_start_that_fails_after_its_screen_was_left_is_told(console: OpenConsole) -> None:
    desk = DeskDouble()
    desk.hold = asyncio.Event()
    desk.script = [BadInput("The graph does not take this.")]
    async with console(desk) as c:
        await started(c)
        await c.pilot.press("escape")
        await until(c.pilot, lambda: isinstance(c.app.screen, InboxScreen))
        desk.hold.set()
        await until(c.pilot, lambda: "revise did not start: The graph does not" in c.text)
        assert isinstance(c.app.screen, InboxScreen)
        await c.press("n")
        await until(c.pilot, lambda: '"some_text": "Hello"' in c.text)


async def test_breakpoints_are_picked_from_the_nodes(console: OpenConsole) -> None:
    async with console(DeskDouble(), (100, 50)) as c:
        await c.press("n")
        await until(c.pilot, lambda: "Some text" in c.text)
        form = c.app.screen.form  # type: ignore[attr-defined]  # the start screen's
        form.form.load({"fields": {"some_text": "x"}, "beside": {}})
        form.stops.picker.focus()
        await c.press("space", "down", "space", "space")
        assert "stops before *, stops after a" in c.text
        assert "▲  every node" in c.text and " ▼ a" in c.text
        assert form.read()[1] == Breakpoints(("*",), ("a",))
        await c.press("space")
        assert form.read()[1] == Breakpoints(("*",))


async def test_compiled_breakpoints_are_shown_and_can_be_made_fewer(console: OpenConsole) -> None:
    desk = DeskDouble()
    desk.compiled = Breakpoints(before=("a", "b"))
    async with console(desk, (100, 50)) as c:
        await c.press("n")
        await until(c.pilot, lambda: "Some text" in c.text)
        form = c.app.screen.form  # type: ignore[attr-defined]  # the start screen's
        form.form.load({"fields": {"some_text": "x"}, "beside": {}})
        assert form.read()[1].before == ("a", "b")
        form.stops.picker.focus()
        await c.press("down", "space", "space")
        assert "stops before b" in c.text and "compiled in, not in this run" in c.text
        await c.press("down", "space")
        assert "cannot switch all of them off" in c.text


async def test_the_form_tells_that_compiled_breakpoints_are_not_known(
    console: OpenConsole,
) -> None:
    desk = DeskDouble()
    desk.compiled = None
    async with console(desk, (120, 50)) as c:
        await c.press("n")
        await until(c.pilot, lambda: "those that you name here replace them" in c.text)


# The log


async def test_the_log_shows_what_the_graph_raised(console: OpenConsole) -> None:
    desk = DeskDouble()
    entry = LogEntry(
        "id", datetime.now(UTC), "ada", "answer", "local", "revise", "t", "node", "i", "revise", 1,
        OutcomeKind.APPLIED, "It was read back.",
        error="ValueError: \x1b[31m no", traceback='Traceback:\n  File "a.py", line 1',
        rules=(AppliedRule("small", "0123456789abcdef", 2, {}),),
    )  # fmt: skip
    desk.entries = (entry, replace(entry, error="", traceback="", rules=()))
    async with console(desk) as c:
        await c.press("l")
        assert "✓ applied, then an error" in c.text and c.text.count("then an error") == 1
        assert "The run failed: ValueError: \\u{1B}[31m no" in c.text
        assert 'File "a.py", line 1' in c.text
        assert c.text.count("by rule: revise") == 1
        await c.press("tab", "end")
        assert "by rule    small (0123456789ab): 2 calls" in c.text


async def test_the_log_shows_decisions_and_what_was_printed(console: OpenConsole) -> None:
    desk = DeskDouble()
    desk.entries = (
        LogEntry(
            "id-1",
            datetime.now(UTC),
            "alice[/]",
            "answer",
            "local",
            "revise",
            "t",
            "node",
            "i",
            "revise",
            {"a": "\x1b"},
            OutcomeKind.APPLIED,
            "It was read back.",
        ),
        LogEntry(
            "id-2",
            datetime.now(UTC),
            "bob",
            "answer",
            "local",
            "revise",
            "t",
            "node",
            "i",
            "approve",
            None,
            None,
            "",
        ),
    )
    async with console(desk) as c:
        await c.press("l")
        assert "✓ applied" in c.text and "no outcome recorded" in c.text
        assert "alice[/]" in c.text and "\\u001b" in c.text
        await c.press("e")
        assert "printed by a node" in c.text
        await c.press("escape")
        assert isinstance(c.app.screen, InboxScreen)


async def test_the_log_shows_what_others_decided(console: OpenConsole) -> None:
    desk, now = DeskDouble(), datetime.now(UTC)
    theirs = OtherDecision(
        now, "eve\x1b[/]", "answer", "local", "revise", "t", "run-1", {"i": "\x1b"},
        RunStatus.FAILED, now, error="ValueError: [no]",
    )  # fmt: skip
    async with console(desk) as c:
        await c.press("l")
        desk.others = DecisionList((theirs,), "Of others, only the 100 threads were read.")
        await c.press("o")
        await until(c.pilot, lambda: "Decisions, also of others" in c.text)
        assert "Of others, only the 100" in c.text
        assert "answer by eve\\u{1B}[/]" in c.text and "↓ server: failed" in c.text
        assert "told by the server; not in the journal" in c.text
        assert "run failed: ValueError: [no]" in c.text and '"i": "\\u001b"' in c.text
        await c.press("o")
        await until(c.pilot, lambda: "No decisions yet." in c.text)
        desk.others = None
        await c.press("o")
        await until(c.pilot, lambda: "This server does not tell" in c.text)
        assert "also of others" not in c.text


# The app


class ClosedDesk(DeskDouble):
    """A desk that opens at the third attempt."""

    tries = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[DeskDouble]:
        self.tries += 1
        if self.tries < 3:
            raise GraphBroken("It raised [/].", hint="Fix it.", detail="Traceback \x1b[31m")
        yield self


async def test_a_target_that_does_not_open_can_be_tried_again() -> None:
    app = ConsoleApp(ClosedDesk().open)  # type: ignore[arg-type]  # a double
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, TextModal))
        await until(pilot, lambda: "It raised [/]." in screen_text(app))
        text = screen_text(app)
        assert "Fix it." in text and "\\u{1B}[31m" in text
        assert "not connected" in text
        await pilot.press("c")
        assert app.clipboard.startswith("Graph cannot be imported")
        assert "\x1b" not in app.clipboard
        await pilot.press("r")
        await until(pilot, lambda: app.session.connection.name == "FAILED")
        await until(pilot, lambda: isinstance(app.screen, TextModal))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))


async def test_quitting_after_a_failure_ends_with_the_code_of_the_error() -> None:
    @asynccontextmanager
    async def never() -> AsyncIterator[None]:
        raise Denied("401", knows_key=False)
        yield

    app = ConsoleApp(never)  # type: ignore[arg-type]  # a double
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, TextModal))
        await pilot.press("escape")
        await pilot.pause()
    assert app.return_code == 5


async def test_the_first_paint_does_not_wait_for_the_desk() -> None:
    @asynccontextmanager
    async def slow() -> AsyncIterator[None]:
        await asyncio.sleep(60)
        yield

    app = ConsoleApp(slow)  # type: ignore[arg-type]  # a double
    async with app.run_test(notifications=True) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, ConnectingScreen)
        assert "Connecting…" in screen_text(app)


async def test_the_desk_is_closed_before_the_console_ends() -> None:
    closed: list[bool] = []

    @asynccontextmanager
    async def opened() -> AsyncIterator[DeskDouble]:
        try:
            yield DeskDouble()
        finally:
            await asyncio.sleep(0.05)
            closed.append(True)

    app = ConsoleApp(opened)  # type: ignore[arg-type]  # a double
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: app.session.inbox is not None)
    assert closed == [True]


async def test_the_palette_offers_the_actions_of_the_keys(console: OpenConsole) -> None:
    async with console(DeskDouble(interrupt(TEXT))) as c:
        offered = {command.title for command in c.app.get_system_commands(c.app.screen)}
        assert {"Open", "Order", "New run", "Log", "Filter", "Theme"} <= offered
        await c.press("ctrl+p")
        await c.type("New run")
        await c.pilot.pause(0.3)
        await c.press("enter")
        await until(c.pilot, lambda: isinstance(c.app.screen, NewRunScreen))


async def test_the_palette_offers_each_action_once(console: OpenConsole) -> None:
    calls = tool_request(*[("send", {}, "", ("approve", "edit", "reject"))] * 2)
    async with console(DeskDouble(interrupt(calls))) as c:
        for _ in range(2):
            offered = [each.title for each in c.app.get_system_commands(c.app.screen)]
            assert sorted(offered) == sorted(set(offered)) and "Help" in offered
            await c.press("enter")
            await c.armed()


async def test_help_lists_what_a_list_is_for_before_scrolling(console: OpenConsole) -> None:
    async with console(DeskDouble(interrupt(TEXT)), (120, 70)) as c:
        await c.press("question_mark")
        await until(c.pilot, lambda: "Open the" in c.text)
        assert c.text.index("⏎ Open Open") < c.text.index("↑ k Up") < c.text.index("Scroll Left")


@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
async def test_help_is_opened_and_closed(console: OpenConsole, size: tuple[int, int]) -> None:
    async with console(DeskDouble(interrupt(TEXT)), size) as c:
        await c.press("question_mark")
        assert c.app.screen.query("HelpPanel")
        await c.press("question_mark")
        assert not c.app.screen.query("HelpPanel")


def test_every_key_has_an_id_and_a_tooltip() -> None:
    from hitl_tui.screens import log  # noqa: F401  all are known once imported
    from hitl_tui.widgets import filter_line  # noqa: F401
    from hitl_tui.widgets.cards import breakpoint_card  # noqa: F401

    ours = [kind for kind in subclasses(Widget) if kind.__module__.startswith("hitl_tui.")]
    bindings = [
        binding
        for kind in [*ours, ConsoleApp]
        for binding in vars(kind).get("BINDINGS", [])
        if isinstance(binding, Binding)
    ]
    assert len(bindings) > 30
    for binding in bindings:
        assert binding.id and binding.tooltip, binding
    priority = {binding.id for binding in bindings if binding.priority}
    assert priority == {"console.quit", "console.close_help"}


def subclasses(kind: type[Widget]) -> set[type[Widget]]:
    return {kind}.union(*(subclasses(below) for below in kind.__subclasses__()))


def test_the_output_filter_replaces_control_characters() -> None:
    from rich.segment import Segment
    from textual.color import Color

    output_filter, black = HiddenCharacterFilter(), Color(0, 0, 0)
    clean = [Segment("plain 漢字 \u00a0\u3000")]
    assert output_filter.apply(clean, black)[0].text == clean[0].text
    caught = output_filter.apply([Segment("a\x1b[31m\x9b\u202e\ud800\u200b\n")], black)[0].text
    assert caught.isprintable()


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ("ad\u200bmin", "a\ufffdmin"),
        ("漢\ufe0fb", "\ufffd\ufffdb"),
        ("\u200bab", "\ufffdb"),
        ("\u200b", "\ufffd"),
        ("a\u3164\u3164b", "\ufffdb"),
        ("\u2800x", "\ufffdx"),
        ("1\ufe0fx", "\ufffd\ufffdx"),
        ("می\u200cخواهم 👨\u200d👩 ❤\ufe0f", "می\u200cخواهم 👨\u200d👩 ❤\ufe0f"),
    ],
)
def test_the_output_filter_marks_what_has_no_width(drawn: str, expected: str) -> None:
    from rich.segment import Segment
    from textual.color import Color

    each_its_own = [Segment(char) for char in drawn]
    for segments in ([Segment(drawn)], each_its_own):
        shown = HiddenCharacterFilter().apply(segments, Color(0, 0, 0))
        assert "".join(segment.text for segment in shown) == expected


def test_a_crash_shows_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    secret = "s3cret-payload"

    class Crash(ConsoleApp):
        def on_ready(self) -> None:
            payload = json.dumps({"token": secret})
            raise RuntimeError(f"crash of {len(payload)}")

    async def run() -> None:
        app = Crash(DeskDouble().open)  # type: ignore[arg-type]  # a double
        with pytest.raises(RuntimeError):
            async with app.run_test():
                await asyncio.sleep(0.1)

    asyncio.run(run())
    printed = capsys.readouterr()
    assert secret not in printed.out + printed.err


async def test_a_screen_that_opens_without_the_terminals_focus_gets_keys_later(
    console: OpenConsole,
) -> None:
    """As in a browser, which has no focus at first, or while another window is in front."""
    async with console(DeskDouble(interrupt({"text_to_revise": "a"}))) as c:
        c.app.app_focus = False
        c.app.post_message(NewRunRequested())
        await until(c.pilot, lambda: isinstance(c.app.screen, NewRunScreen))
        await settle(c.pilot)
        assert c.app.screen.focused is None
        await c.press("down")
        assert c.app.screen.focused is not None


async def test_an_item_that_comes_to_an_empty_inbox_is_opened_with_a_key(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(interrupt({"text_to_revise": "first"}, n=1))
    async with console(desk) as c:
        desk.items = ()
        desk.publish()
        await until(c.pilot, lambda: "Nothing waits" in c.text)
        desk.items = (interrupt({"text_to_revise": "second"}, n=2),)
        desk.publish()
        await until(c.pilot, lambda: "second" in c.text)
        await settle(c.pilot)
        await c.press("enter")
        assert isinstance(c.app.screen, ThreadScreen)


async def test_what_a_console_left_that_ended_just_before_is_told_once_it_is_overdue(
    console: OpenConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_ALL_OVERDUE", 0.2)
    desk = DeskDouble(interrupt(TEXT))
    left = LogEntry(
        "id", datetime.now(UTC), "ada", "answer", "local", "revise", "t", "node", "i", "revise", 1,
        None, "",
    )  # fmt: skip
    desk.overdue = [(), (left,)]
    async with console(desk) as c:
        await until(c.pilot, lambda: "Not sent, because the console ended" in c.text)
        assert not desk.overdue
