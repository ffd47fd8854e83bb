"""The console in a real terminal: a run from its form, and tool calls."""

import re
from typing import Any

from tests.any_server.console import Console
from tests.journeys.test_journeys import eventually, press, quit_console, wait_until_ready
from tests.terminal import Terminal

HELLO = '{"messages": [{"role": "user", "content": "hi"}]}'


def test_a_run_is_started_from_its_form(console: Console) -> None:
    with console.open(rows=40) as terminal:
        terminal.wait_for("connected")
        press(terminal, "n")
        select_graph(terminal, "parallel")
        terminal.wait_for("(?i)proposal ")
        press(terminal, "enter", *"hello")
        terminal.wait_for(r'"proposal": "hello"')
        press(terminal, "ctrl+s")
        eventually(lambda: "hello" in proposals(console), seconds=60)
        quit_console(terminal)


def test_tool_calls_are_approved(console: Console) -> None:
    thread_id = console.run("run", "tool_agent", "--input", HELLO)["thread_id"]
    with console.open(columns=120, rows=40) as terminal:
        open_thread(terminal, thread_id)
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


def proposals(console: Console) -> list[Any]:
    """Return the proposals about which something is asked."""
    payloads = [each.get("payload") for each in console.run("list")]
    return [each["proposal"] for each in payloads if isinstance(each, dict) and "proposal" in each]


def open_thread(terminal: Terminal, thread_id: str) -> None:
    """Open a thread from the inbox, where it is the newest."""
    terminal.wait_for(f"▸ .*{thread_id[-8:]}")
    press(terminal, "enter")


def select_graph(terminal: Terminal, graph_id: str) -> None:
    """Go down the list of graphs to this one."""
    selected = re.compile(r"New run ▸ (\w+)")
    terminal.wait_for(selected.pattern)
    while (found := selected.search(terminal.text)) and found[1] != graph_id:
        press(terminal, "down")
        terminal.wait_for(rf"New run ▸ (?!{found[1]}\b)")
