"""The console in a real pseudo-terminal, on real graphs, used with keys as a person would."""

import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hitl_engine.local.target import data_folder, find_target
from hitl_tui.themes import THEMES
from tests.program import run_program
from tests.server import processes
from tests.terminal import Terminal

ROOT = Path(__file__).parents[2]
_LONG_IN_VIEW = 1.5
"""Seconds after which a card accepts decisions, also on a busy machine."""
ACTIVE_COLOUR = THEMES[0].variables["footer-key-foreground"].removeprefix("#")
"""The colour of keys that can be pressed; those of a new card are dim until it accepts decisions."""


class Project:
    """The sample graphs, with data of their own."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(processes.SAMPLES, folder / "project")
        self.config = folder / "project" / "langgraph.json"
        self.data = folder / "data"

    def console(
        self,
        columns: int = 80,
        rows: int = 24,
        target: str | None = None,
        env: dict[str, str] | None = None,
        grace: int = 0,
    ) -> Terminal:
        """Open the console on it; answers can be taken back for `grace` seconds."""
        command = [sys.executable, "-m", "hitl_tui", target or str(self.config)]
        return Terminal(
            [*command, "--data-dir", str(self.data), "--grace", str(grace)],
            columns=columns,
            rows=rows,
            env={"PYTHONPATH": str(ROOT), **(env or {})},
        )

    def shell(self, *args: str) -> Any:
        """Run a shell command on it."""
        place = ("--target", str(self.config), "--data-dir", str(self.data))
        done = run_program(*args, "--json", *place)
        done.check_returncode()
        return json.loads(done.stdout)

    def waits(self, graph: str, input: Any = None) -> str:
        """Start a run that stops; return its thread."""
        thread = self.shell("run", graph, "--input", json.dumps(input or {}))["thread_id"]
        assert isinstance(thread, str)
        return thread


@pytest.fixture
def unserved(tmp_path: Path) -> Project:
    """A project whose local server is started by each command and each console, and ends with it."""
    return Project(tmp_path)


@pytest.fixture
def project(unserved: Project) -> Iterator[Project]:
    """A project with a running local server, which commands and consoles find."""
    target = find_target(str(unserved.config), environ={})
    with processes.running_server(unserved.config, data_folder(target, unserved.data)):
        yield unserved


def press(terminal: Terminal, *keys: str) -> None:
    """Press keys one by one, as a person does: the screen settles after each."""
    for key in keys:
        terminal.press(key)
        terminal.settle()


def wait_until_ready(terminal: Terminal, key: str = "^s Send") -> None:
    """Wait until a card accepts decisions: until this key has the colour of active keys.

    Where nothing can be sent yet the key stays dim. Then wait until nothing has changed for much
    longer than a card has to be in view.
    """
    terminal.settle()
    seen, seen_since = terminal.text, time.monotonic()
    deadline = seen_since + 30
    while (colour := terminal.key_colour(key)) != ACTIVE_COLOUR:
        terminal.read(0.05)
        if terminal.text != seen:  # a cursor that blinks changes no text
            seen, seen_since = terminal.text, time.monotonic()
        elif colour is not None and time.monotonic() > seen_since + _LONG_IN_VIEW:
            return
        assert time.monotonic() < deadline, f"{key} is {colour}"


def quit_console(terminal: Terminal) -> None:
    press(terminal, "ctrl+q")
    assert terminal.wait_for_exit() == 0


def eventually(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "the condition did not become true"
        time.sleep(0.1)


def test_a_text_is_revised(project: Project) -> None:
    project.waits("revise", {"some_text": "original text"})
    with project.console() as terminal:
        terminal.wait_for(r"¶ text +“")
        press(terminal, "enter")
        terminal.wait_for("original text")
        wait_until_ready(terminal)
        press(terminal, "end", *"!")
        screen = terminal.wait_for(r'"original text!"')
        assert re.search(r"^│ *- original text", screen, re.MULTILINE)
        assert re.search(r"^│ *\+ original text!", screen, re.MULTILINE)
        press(terminal, "ctrl+s")
        terminal.wait_for('"some_text": "original text!"')
        press(terminal, "escape")
        terminal.wait_for("Nothing waits")
        quit_console(terminal)


def test_each_tool_call_gets_a_verdict(project: Project) -> None:
    thread = project.waits("tool_agent", {"messages": [{"role": "user", "content": "hi"}]})
    with project.console(columns=100) as terminal:
        terminal.wait_for("send_email")
        press(terminal, "enter")
        terminal.wait_for('subject +"Monday"')
        wait_until_ready(terminal)
        press(terminal, "a", "right")
        terminal.wait_for("DELETE FROM reminders")
        wait_until_ready(terminal)
        press(terminal, "e")
        terminal.wait_for("not allowed")
        press(terminal, "r")
        terminal.press("no deletes")
        terminal.wait_for(r'"type": "reject", "message": "no deletes"')
        press(terminal, "ctrl+s")
        terminal.wait_for("2  execute_sql: reject, “no deletes”")
        wait_until_ready(terminal, "^s Do it")
        press(terminal, "ctrl+s")
        terminal.wait_for("done")
        quit_console(terminal)
    messages = project.shell("show", thread)["values"]["messages"]
    tools = {m["name"]: m["content"] for m in messages if m["type"] == "tool"}
    assert "no deletes" in tools["execute_sql"]
    assert "Sent 'Monday'" in tools["send_email"]


def test_breakpoints_are_stepped_past(project: Project) -> None:
    project.waits("breakpoints")
    with project.console() as terminal:
        terminal.wait_for(r"■ break +after draft")
        press(terminal, "enter")
        terminal.wait_for("polish")
        wait_until_ready(terminal, "s Step")
        press(terminal, "s")
        terminal.wait_for("publish")
        wait_until_ready(terminal, "s Step")
        press(terminal, "s")
        terminal.wait_for("done")
        quit_console(terminal)


def test_marked_items_are_decided_together(project: Project) -> None:
    asked = {"messages": [{"role": "user", "content": "hi"}]}
    threads = [project.waits("tool_agent", asked) for _ in range(2)]
    project.waits("revise", {"some_text": "original text"})
    with project.console() as terminal:
        terminal.wait_for("3 waiting")
        press(terminal, "end", "*")
        terminal.wait_for("2 marked")
        press(terminal, "m")
        terminal.wait_for("Decide on 2 items")
        wait_until_ready(terminal, "^s Review")
        press(terminal, "r")
        terminal.press("not today")
        terminal.wait_for("Will send  to each of 2")
        wait_until_ready(terminal, "^s Review")
        press(terminal, "ctrl+s")
        terminal.wait_for("Send 2 decisions?")
        terminal.wait_for("unseen: scroll through them")
        press(terminal, "ctrl+end")
        terminal.wait_for("to 2 items, a decision each")
        wait_until_ready(terminal, "^s Do it")
        press(terminal, "ctrl+s")
        terminal.wait_for("2 applied")
        press(terminal, "escape")
        terminal.wait_for("1 waiting")
        quit_console(terminal)
    for thread in threads:
        messages = project.shell("show", thread)["values"]["messages"]
        tools = [m["content"] for m in messages if m["type"] == "tool"]
        assert sum("not today" in content for content in tools) == 2


def test_a_draft_of_an_edit_is_restored_after_a_crash(unserved: Project) -> None:
    unserved.waits("revise", {"some_text": "original text"})
    with unserved.console() as terminal:
        terminal.wait_for("¶ text")
        press(terminal, "enter")
        terminal.wait_for("original text")
        wait_until_ready(terminal)
        press(terminal, "end")
        terminal.press(" half written")
        terminal.wait_for("half written")
        eventually(lambda: is_saved(unserved, b"half written"))
        terminal.kill()
    with unserved.console(columns=120, rows=40) as terminal:
        terminal.wait_for("¶ text")
        press(terminal, "enter")
        screen = terminal.wait_for("half written")
        assert "draft" in screen
        quit_console(terminal)


def is_saved(project: Project, text: bytes) -> bool:
    """Whether a journal on disk contains this text."""
    return any(text in path.read_bytes() for path in project.data.rglob("journal.sqlite*"))


def test_an_item_answered_by_another_client_leaves_the_inbox(project: Project) -> None:
    thread = project.waits("revise", {"some_text": "original text"})
    with project.console() as terminal:
        terminal.wait_for("¶ text")
        project.shell("answer", thread, "--text", "from the shell")
        terminal.wait_for("Nothing waits")
        project.waits("validate")
        terminal.wait_for("How old")
        quit_console(terminal)


def test_a_second_console_starts_the_server_again_when_the_first_ends(unserved: Project) -> None:
    unserved.waits("revise", {"some_text": "original text"})
    with unserved.console() as first:
        first.wait_for("¶ text")
        pid = running(unserved)
        assert pid is not None
        second = unserved.console()
        second.wait_for("¶ text")
        assert running(unserved) == pid
    with second:
        eventually(lambda: not alive(pid), 15)
        eventually(lambda: running(unserved) not in (None, pid), 30)
        second.wait_for("connected")
        press(second, "enter")
        second.wait_for("original text")
        wait_until_ready(second)
        press(second, "end", *"?")
        press(second, "ctrl+s")
        second.wait_for("done")
        quit_console(second)


def running(project: Project) -> int | None:
    for notice in project.data.rglob("engine.json"):
        try:
            return int(json.loads(notice.read_text())["pid"])
        except (OSError, ValueError):
            return None
    return None


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_run_is_started_from_a_form(project: Project) -> None:
    with project.console() as terminal:
        terminal.wait_for("connected")
        press(terminal, "n")
        terminal.wait_for("New run")
        choose(terminal, "revise")
        terminal.wait_for("Some Text")
        press(terminal, "enter")
        terminal.press("a fresh text")
        terminal.wait_for(r'"some_text": "a fresh text"')
        press(terminal, "ctrl+s")
        terminal.wait_for(r"\? waits")
        terminal.wait_for("a fresh text")
        press(terminal, "escape")
        terminal.wait_for("1 waiting")
        quit_console(terminal)


def test_a_paste_whose_marks_arrive_in_parts_is_the_text_alone(project: Project) -> None:
    project.waits("revise", {"some_text": ""})
    with project.console() as terminal:
        terminal.wait_for("¶ text")
        press(terminal, "enter")
        terminal.wait_for("Type here|Text to revise")
        wait_until_ready(terminal)
        for part in ("\x1b[20", "0~cut", " here\x1b[2", "01~!"):
            terminal.press(part)
            terminal.settle(quiet=0.4)  # longer than Textual waits for the rest of a key
        terminal.wait_for('"cut here!"')
        press(terminal, "ctrl+s")
        terminal.wait_for("done")
        quit_console(terminal)


def test_a_run_that_is_left_at_once_is_told(project: Project) -> None:
    with project.console(columns=120) as terminal:
        terminal.wait_for("connected")
        press(terminal, "n")
        choose(terminal, "revise")
        terminal.wait_for("Some Text")
        press(terminal, "enter")
        terminal.press("a text")
        terminal.wait_for(r'"some_text": "a text"')
        terminal.press("ctrl+s", "escape")  # without waiting for anything
        terminal.wait_for(r"\? waits for an answer")
        terminal.wait_for("1 waiting")
        quit_console(terminal)
    assert [entry["outcome"] for entry in project.shell("log")] == ["applied"]


def test_the_console_and_the_list_have_one_order(project: Project) -> None:
    for graph in ("revise", "breakpoints", "validate"):
        project.waits(graph, {"some_text": "a"} if graph == "revise" else {})
    graphs = [item["graph"] for item in project.shell("list")]
    assert graphs == ["validate", "breakpoints", "revise"]
    with project.console(columns=120) as terminal:
        terminal.wait_for("3 waiting")
        terminal.settle()
        text = terminal.text
        assert [*sorted(graphs, key=text.index)] == graphs
        quit_console(terminal)


def test_the_theme_is_kept(project: Project) -> None:
    with project.console() as terminal:
        terminal.wait_for("connected")
        press(terminal, "ctrl+p")
        terminal.press("theme")
        terminal.wait_for("Change the current theme")
        press(terminal, "enter")
        terminal.press("hitl-light")
        terminal.wait_for("hitl-light")
        press(terminal, "enter")
        quit_console(terminal)
    with project.console() as terminal:
        terminal.wait_for("connected")
        terminal.settle()
        light = THEMES[1].variables["footer-key-foreground"].removeprefix("#")
        assert terminal.key_colour("n New run") == light
        quit_console(terminal)


def test_quitting_during_a_run_names_its_thread(unserved: Project) -> None:
    with unserved.console(columns=120) as terminal:
        terminal.wait_for("connected")
        press(terminal, "n")
        choose(terminal, "slow")
        terminal.wait_for("Seconds Per Step")
        press(terminal, "enter", "ctrl+s")
        terminal.wait_for("Starting slow")
        press(terminal, "escape")
        terminal.wait_for("1 running")
        press(terminal, "ctrl+q")
        assert terminal.wait_for_exit() == 0
        assert "You quit before the run on thread" in terminal.text


def test_a_run_is_stopped_at_chosen_breakpoints(project: Project) -> None:
    with project.console(columns=120, rows=40) as terminal:
        terminal.wait_for("connected")
        press(terminal, "n")
        choose(terminal, "breakpoints")
        terminal.wait_for("Breakpoints of this run")
        press(terminal, "enter", "ctrl+t", "tab")
        terminal.wait_for("stops before publish, stops after draft")
        press(terminal, "end", " ")
        terminal.wait_for("stops before publish, announce")
        press(terminal, "ctrl+s")
        terminal.wait_for("Stopped after draft")
        wait_until_ready(terminal, "s Step")
        press(terminal, "s")
        terminal.wait_for("Stopped before publish")
        wait_until_ready(terminal, "s Step")
        press(terminal, "s")
        terminal.wait_for("Stopped before announce")
        quit_console(terminal)


def choose(terminal: Terminal, graph: str) -> None:
    """Move down the list of graphs to this one, waiting for the form of each."""
    while True:
        here = re.search(r"New run ▸ (\w+)", terminal.wait_for(r"New run ▸ \w"))
        assert here is not None
        if here[1] == graph:
            return
        press(terminal, "down")
        terminal.wait_for(rf"New run ▸ (?!{here[1]}\b)")


def test_a_graph_that_raises_on_import_is_shown(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def build():\n    raise ValueError('no')\n\nbuild()\n")
    project = Project(tmp_path)
    with project.console(target=f"{tmp_path / 'bad.py'}:graph") as terminal:
        terminal.wait_for("ValueError: no")
        terminal.wait_for("in build")
        press(terminal, "escape")
        assert terminal.wait_for_exit() == 5


def test_the_name_of_a_remote_server_is_always_shown(
    unserved: Project, langgraph_dev: processes.Served
) -> None:
    with unserved.console(target=langgraph_dev.url) as terminal:
        screen = terminal.wait_for("connected")
        assert langgraph_dev.url.removeprefix("http://") in screen
        quit_console(terminal)


def test_a_server_that_cannot_be_reached(unserved: Project) -> None:
    with unserved.console(target="http://127.0.0.1:9") as terminal:
        terminal.wait_for("cannot be reached")
        press(terminal, "escape")
        assert terminal.wait_for_exit() == 5


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (80, 24),
        *(pytest.param(*size, marks=pytest.mark.hardening) for size in ((40, 12), (120, 40))),
    ],
)
def test_control_characters_of_payloads_do_not_reach_the_terminal(
    project: Project, columns: int, rows: int
) -> None:
    hostile = "\x1b]52;c;ZXZpbA==\x07\x1b[2J[@click=app.quit]x[/] \u202e \x9b31m [/etc]"
    project.waits("revise", {"some_text": hostile})
    with project.console(columns, rows) as terminal:
        terminal.wait_for("1 waiting")
        press(terminal, "enter")
        terminal.wait_for(r"\\u\{1B\}")
        assert b"\x1b]52" not in terminal.raw
        assert "\u202e".encode() not in terminal.raw
        assert "\x9b".encode() not in terminal.raw
        quit_console(terminal)


def test_a_text_is_edited_in_an_external_editor(project: Project, tmp_path: Path) -> None:
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import pathlib, sys, termios, time\n"
        "attributes = termios.tcgetattr(0)\n"
        "attributes[0] &= ~termios.IXON\n"  # without this, ctrl+s would stop the terminal itself
        "termios.tcsetattr(0, termios.TCSANOW, attributes)\n"
        "file = pathlib.Path(sys.argv[-1])\n"
        "print('EDITING', repr(file.read_text()), flush=True)\n"
        f"while not pathlib.Path({str(tmp_path / 'go')!r}).exists(): time.sleep(0.05)\n"
        "file.write_text('another\\x1b text\\n')\n"
    )
    project.waits("revise", {"some_text": "original text"})
    with project.console(env={"VISUAL": f"{sys.executable} '{editor}'"}) as terminal:
        terminal.wait_for(r"¶ text +“")
        press(terminal, "enter")
        terminal.wait_for("original text")
        wait_until_ready(terminal)
        press(terminal, "!", "ctrl+g")
        terminal.wait_for("EDITING '!original text'")
        press(
            terminal, "ctrl+s"
        )  # the editor ignores ctrl+s; it must not send anything in the console
        (tmp_path / "go").touch()
        terminal.wait_for(r'"another\\u001b text"')
        wait_until_ready(terminal)
        press(terminal, "ctrl+z")
        terminal.wait_for(r'"!original text"')
        press(terminal, "ctrl+y", "ctrl+s")
        terminal.wait_for(r'"some_text": "another\\u001b text"')
        quit_console(terminal)
