"""The console in a real terminal: a run from the form, breakpoints to its end, and tool calls."""

import pytest

from tests.any_server.console import Console
from tests.journeys.test_journeys import choose, press, quit_console, wait_until_ready


@pytest.mark.hardening
def test_a_run_is_started_from_the_form_and_stepped_to_its_end(console: Console) -> None:
    with console.open(columns=120, rows=40) as terminal:
        terminal.wait_for("connected")
        press(terminal, "n")
        choose(terminal, "breakpoints")
        terminal.wait_for("New run ▸ breakpoints")
        press(terminal, "enter", "ctrl+t", "ctrl+s")
        for stop in ("after draft", "before publish"):
            terminal.wait_for(f"Stopped {stop}")
            wait_until_ready(terminal, "s Step")
            press(terminal, "s")
        terminal.wait_for("Done: the final state")
        terminal.wait_for("announced")
        quit_console(terminal)
    [entry] = [each for each in console.run("log") if each["event"] == "start"]
    assert entry["outcome"] == "applied"


@pytest.mark.hardening
def test_tool_calls_are_approved(console: Console) -> None:
    hello = '{"messages": [{"role": "user", "content": "hi"}]}'
    thread_id = console.run("run", "tool_agent", "--input", hello)["thread_id"]
    with console.open(columns=120, rows=40) as terminal:
        terminal.wait_for("1 waiting.*newest first")
        press(terminal, "enter")
        terminal.wait_for('subject +"Monday"')
        wait_until_ready(terminal)
        press(terminal, "a", "right")
        terminal.wait_for("DELETE FROM reminders")
        wait_until_ready(terminal)
        press(terminal, "a", "ctrl+s")
        terminal.wait_for("2  execute_sql: approve")
        wait_until_ready(terminal, "^s Do it")
        press(terminal, "ctrl+s")
        terminal.wait_for("done")
        quit_console(terminal)
    said = console.run("show", thread_id)["values"]["messages"][-1]["content"]
    assert "send_email: done" in said and "execute_sql: done" in said
