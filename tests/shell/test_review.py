"""`hitl-tui review`: decided line by line, in a real terminal and from a pipe."""

import json
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal

from .conftest import Shell

ROOT = Path(__file__).parents[2]
_ALSO = pytest.mark.hardening
_TOOL_INPUT = {"messages": [{"role": "user", "content": "Tell Ada the meeting moved."}]}


def start(shell: Shell, graph: str, input: object = None) -> str:
    """Start a run, and return its thread."""
    return str(shell.run("run", graph, "--input", json.dumps(input or {}))["thread_id"])


def type_line(terminal: Terminal, line: str, answer: str) -> None:
    """Type a line, and wait for what is printed then."""
    before = len(terminal.raw)
    terminal.press(f"{line}\n")
    terminal.written(answer.encode(), before)


def test_a_text_is_decided_in_a_terminal_without_moving_the_cursor(
    local_shell: Shell, tmp_path: Path
) -> None:
    text = "The fox → jumps.\nTwice."
    thread = start(local_shell, "revise", {"some_text": text})
    command = [sys.executable, "-m", "hitl_tui", "review", "--graph", "revise"]
    place = ["-t", local_shell.target, "--data-dir", str(local_shell.data)]
    env = {"VISUAL": "sed -i s/fox/cat/"}
    with Terminal([*command, *place], columns=100, rows=60, env=env) as terminal:
        terminal.wait_for(r"1\. text: “The fox")  # other tests may have left items
        terminal.wait_for("q quits")
        type_line(terminal, "1\nk\ny", "b  back to the list")
        terminal.settle()
        assert "Will be sent" not in terminal.text, "it was typed before the question was there"
        type_line(terminal, "t", "a line with only a dot")
        type_line(terminal, ":e", "n  no, send nothing")
        type_line(terminal, "no", "q quits")
        assert "Nothing was sent." in terminal.text
        type_line(terminal, "", "b  back to the list")
        type_line(terminal, "t", "a line with only a dot")
        type_line(terminal, ":e", "n  no, send nothing")
        type_line(terminal, "y", "applied: ")
        terminal.settle()
        terminal.press("\x04")
        assert terminal.wait_for_exit() == 0
    assert b"\x1b" not in terminal.raw
    assert b"\r" not in terminal.raw.replace(b"\r\n", b"")
    values = local_shell.run("show", thread)["values"]
    assert values["some_text"] == "The cat → jumps.\nTwice."


@pytest.mark.parametrize(
    ("graph", "input", "typed", "sent"),
    [
        (
            "tool_agent",
            _TOOL_INPUT,
            [
                "v",
                "e",
                '{"to": "bob@example.com", "subject": "s", "body": "b"}',
                ".",
                "r",
                "Not now",
            ],
            '{"type": "reject", "message": "Not now"}',
        ),
        (
            "form",
            None,
            ["f", "ten", "12", "3", "2", "maybe", "y", "Lunch", "."],
            '"kind": "travel"',
        ),
        pytest.param("breakpoints", None, [], "Runs next: polish", marks=_ALSO),
        pytest.param("older_review", None, ["r", "y"], '"type": "ignore"', marks=_ALSO),
        pytest.param("js_tool_calls", None, ["v", "a", "a"], '"type": "approve"', marks=_ALSO),
        pytest.param("ask_user", None, ["q", "1", "1,2", "Thanks"], '"answers"', marks=_ALSO),
        pytest.param("choice", None, ["c", "9", "1"], "Small and soon", marks=_ALSO),
        pytest.param("yes_no", None, ["j", "tru", ".", "true", "."], "exactly true", marks=_ALSO),
        pytest.param("anything", None, ["t", "Some", "lines", "."], "Some\\nlines", marks=_ALSO),
    ],
)
def test_each_way_of_asking_is_answered_line_by_line(
    local_shell: Shell, graph: str, input: object, typed: list[str], sent: str
) -> None:
    thread = start(local_shell, graph, input)
    lines = ["1", *typed, "y", "q"]
    done = local_shell.raw("review", "--graph", graph, typed="\n".join([*lines, ""]))
    assert done.returncode == 0, done.stderr
    assert "applied: " in done.stdout, done.stdout
    assert sent in done.stdout
    assert done.stdout.endswith("Nothing more is sent.\n")
    [*_, entry] = local_shell.run("log", "--limit", "1")
    assert entry["thread_id"] == thread


def test_nothing_is_sent_where_the_input_ends(local_shell: Shell) -> None:
    thread = start(local_shell, "validate")
    done = local_shell.raw("review", "--graph", "validate", typed="1\nt\n30\n.\n")
    assert done.returncode == 0
    assert "Send this answer?" in done.stdout
    assert "applied" not in done.stdout
    assert local_shell.run("show", thread)["interrupts"]
