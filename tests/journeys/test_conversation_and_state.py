"""What led to a question, and what its state is, in the real console on a real server."""

from pathlib import Path

import pytest

from hitl_engine.desk import open_desk
from hitl_tui.messages import ThreadOpened
from hitl_tui.screens.new_run import NewRunScreen
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.widgets.conversation.conversation_view import ConversationView
from hitl_tui.widgets.state_tree.state_tree import StateTree
from tests.any_server.steps import start
from tests.console.conftest import until
from tests.server.processes import Served

from .piloted import PilotedConsole, piloted

pytestmark = pytest.mark.usefixtures("short_guard")


async def opened(served: Served, console: PilotedConsole, data: Path) -> str:
    """Start a conversation of two turns, and open its thread; return its id."""
    async with open_desk(served.url, data_dir=data, headers=served.headers) as desk:
        thread = await start(desk, "talking", {"turns": 2})
    console.app.post_message(ThreadOpened(thread.thread_id))
    await until(console.pilot, lambda: isinstance(console.app.screen, ThreadScreen))
    await console.shows("send_email", "Approve")
    return thread.thread_id


async def test_what_led_to_a_question_is_beside_it(local_server: Served, tmp_path: Path) -> None:
    """Without a key; with keys it is searched, unfolded, and the messages of another key shown."""
    async with piloted(local_server, tmp_path / "data", (120, 40)) as console:
        await opened(local_server, console, tmp_path / "other")
        await console.shows('? send_email(to="ada@example.org"', "image/jpeg  120.0 kB")
        await console.press("alt+2", "slash", *"stock", "enter", "N")
        await console.shows('└ {"order": 0, "status": "sent"}', "✕ look_into_stock(item=0)")
        await console.press("G", "j", "enter")
        await console.shows('"body": "It was sent on Monday.')
        await console.press("m")
        await console.shows("plan (2 of 2)", "First look, then write.")


async def test_what_led_to_a_question_is_above_it_on_a_narrow_screen(
    local_server: Served, tmp_path: Path
) -> None:
    """Its last words, until the screen has space for the conversation beside the question."""
    async with piloted(local_server, tmp_path / "data", (80, 24)) as console:
        await opened(local_server, console, tmp_path / "other")
        await console.shows("person  This is what came. Write to me", "model   The order left our")
        await console.pilot.resize_terminal(130, 40)
        await console.shows("13 messages", "? send_email(to=")
        await console.shows_no("person  This is what came.")


async def test_the_state_shows_what_the_last_step_changed(
    local_server: Served, tmp_path: Path
) -> None:
    """It is walked with the arrow keys, and a watched expression follows the next step."""
    async with piloted(local_server, tmp_path / "data", (120, 40)) as console:
        await opened(local_server, console, tmp_path / "other")
        await console.press("alt+3")
        await console.shows("1 added", "13 items")
        await console.press("c")
        tree = console.app.screen.query_one(StateTree)
        assert tree.node.path == ("messages", 12)
        await console.press("W", *"$.messages[-1].content", "enter")
        await console.shows('$.messages[-1].content  "The order')
        await console.press("alt+1", "a", "ctrl+s")
        await console.shows("Sent.", "Done")
        await console.press("alt+3")
        await console.shows('$.messages[-1].content  "Sent."', "14 items")


async def test_a_conversation_begins_with_one_box_of_text(
    local_server: Served, tmp_path: Path
) -> None:
    """What is typed is a message; the breakpoints are picked from the nodes; tokens appear."""
    async with piloted(local_server, tmp_path / "data", (120, 50)) as console:
        await console.press("n")
        await until(console.pilot, lambda: isinstance(console.app.screen, NewRunScreen))
        screen = console.app.screen
        assert isinstance(screen, NewRunScreen)
        await until(console.pilot, lambda: screen.graphs.option_count)
        labels = [str(option.prompt) for option in screen.graphs.options]
        screen.graphs.highlighted = labels.index("talking")
        await console.shows("Messages", "Breakpoints of this run", "prepare")
        await console.press("enter", *"Hello there")
        await console.shows('"content": "Hello there"')
        assert screen.form is not None and screen.form.stops.picker is not None
        screen.form.stops.picker.focus()
        await console.press("end", "space")
        await console.shows("stops before send")
        await console.press("ctrl+s")
        await console.shows("Stopped before")
        await console.press("alt+2", "g")
        await console.shows("Hello there")
        view = console.app.screen.query_one(ConversationView)
        assert view.message(0).text == "Hello there"
