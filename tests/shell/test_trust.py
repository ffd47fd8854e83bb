"""A project's code runs only after a person agreed: in a terminal they are asked, elsewhere not."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from hitl_tui import demo
from tests.program import run_program
from tests.server.processes import ROOT, SAMPLES
from tests.terminal import Terminal

GRAPH = """
from pathlib import Path
(Path(__file__).parent / "ran").touch()
from langgraph.graph import START, MessagesState, StateGraph
graph = StateGraph(MessagesState).add_node("node", lambda state: {}).add_edge(START, "node").compile()
"""


@dataclass(frozen=True)
class Project:
    """A project whose graph leaves a file when it is imported, and what its user keeps."""

    folder: Path

    @property
    def has_run(self) -> bool:
        """Whether its code was imported."""
        return (self.folder / "project" / "ran").exists()

    @property
    def code(self) -> Path:
        """The file of its graph."""
        return self.folder / "project" / "one.py"

    @property
    def environment(self) -> dict[str, str]:
        """A user who has agreed to nothing yet."""
        home = str(self.folder / "home")
        return {"XDG_DATA_HOME": home, "HITL_TUI_TRUST": "", "PYTHONPATH": str(ROOT)}

    @property
    def place(self) -> list[str]:
        """The options that name it."""
        config, data = self.folder / "project" / "langgraph.json", self.folder / "data"
        return ["--target", str(config), "--data-dir", str(data)]

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command without a terminal."""
        return run_program(*words, *self.place, env=self.environment)

    def terminal(self, *words: str, columns: int = 100, rows: int = 30) -> Terminal:
        """Run a command, or the console, in a terminal."""
        command = [sys.executable, "-m", "hitl_tui", *words, *self.place]
        return Terminal(command, columns=columns, rows=rows, env=self.environment)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "project").mkdir()
    config = {"graphs": {"one": "./one.py:graph"}, "env": {"MODE": "test"}}
    (tmp_path / "project" / "langgraph.json").write_text(json.dumps(config))
    made = Project(tmp_path)
    made.code.write_text(GRAPH)
    return made


@pytest.mark.parametrize(
    "command", ["graphs", "list", "show x", "run one --input {}", "review", "watch --once"]
)
def test_without_a_terminal_nothing_runs_and_nothing_is_asked(
    project: Project, command: str
) -> None:
    done = project.run(*command.split())
    assert (done.returncode, done.stdout) == (11, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("hitl-tui: Not trusted: Nobody has agreed yet to run the code of ")
    assert "Nothing of it ran." in line and "--trust" in line and "HITL_TUI_TRUST=1" in line
    assert not project.has_run


def test_serve_and_the_checks_run_nothing_either(project: Project) -> None:
    place = [project.place[1], *project.place[2:]]
    done = run_program("serve", *place, "--port", "0", env=project.environment)
    assert done.returncode == 11 and "Nothing of it ran." in done.stderr
    told = project.run("doctor", "--json")
    [trust] = [each for each in json.loads(told.stdout)["checks"] if each["name"] == "trust"]
    assert trust["status"] == "note" and "--trust" in trust["advice"]
    assert not project.has_run


def test_no_file_of_the_current_folder_runs(project: Project) -> None:
    folder = project.code.parent
    ran = f"from pathlib import Path\nPath({str(folder / 'ran')!r}).touch()\n"
    names = ("sitecustomize", "usercustomize", "conftest", "textual", "httpx", "json", "hitl_tui")
    for name in names:
        (folder / f"{name}.py").write_text(ran)
    (folder / "hitl_engine").mkdir()
    (folder / "hitl_engine" / "__init__.py").write_text(ran)
    (folder / "own.pth").write_text(f"import os; os.close(os.open({str(folder / 'ran')!r}, 64))\n")
    (folder / ".langgraph_api").mkdir()
    (folder / ".langgraph_api" / "store.pckl").write_bytes(b"cos\nabort\n(tR.")
    done = subprocess.run(
        [Path(sys.executable).with_name("hitl-tui"), "graphs", *project.place[2:]],
        cwd=folder,
        env={**os.environ, **project.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (11, ""), done.stderr
    assert not project.has_run


def test_a_person_agrees_in_a_terminal_until_the_code_changes(project: Project) -> None:
    with project.terminal("graphs") as terminal:
        screen = terminal.wait_for(r"Trust this project\? \[y/N\]")
        assert "one.py" in screen and "graph one" in screen and "MODE" in screen
        terminal.press("enter")
        assert terminal.wait_for_exit() == 11
        assert "Nothing of it ran." in terminal.text and not project.has_run
    with project.terminal("graphs") as terminal:
        terminal.wait_for(r"\[y/N\]")
        terminal.press("y", "enter")
        assert terminal.wait_for_exit(60) == 0
        assert project.has_run and "one" in terminal.text
    project.code.write_text(f"{GRAPH}\n# changed\n")
    changed = project.run("list")
    assert (
        changed.returncode == 11 and "has changed since it was agreed to: one.py" in changed.stderr
    )


def test_the_console_asks_before_anything_runs(project: Project) -> None:
    with project.terminal(columns=80, rows=24) as terminal:
        terminal.press("t")  # before the question is there
        terminal.wait_for("Quit  esc")
        terminal.wait_for("one.py")
        terminal.settle(0.6)
        assert not project.has_run
        terminal.press("escape")
        assert terminal.wait_for_exit() == 11 and not project.has_run
    with project.terminal(columns=80, rows=24) as terminal:
        terminal.wait_for("Quit  esc")
        terminal.settle(0.6)  # it was in view for long enough
        terminal.press("t")
        terminal.wait_for("Nothing waits", 60)
        assert project.has_run
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0


@pytest.mark.parametrize(
    ("place", "is_one"),
    [
        (str(SAMPLES), True),
        (str(SAMPLES / "langgraph.json"), True),
        (f"{SAMPLES / 'revise.py'}:graph", True),
        ("sample_graphs/../sample_graphs/langgraph.json", True),
        (None, False),
        (str(ROOT / "langgraph.json"), False),
        (f"{SAMPLES / 'more' / 'revise.py'}:graph", False),
        ("http://127.0.0.1:9", False),
        ("a\0b", False),
    ],
)
def test_the_samples_are_code_of_this_program(
    place: str | None, is_one: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert demo.is_sample(place) is is_one


def test_a_server_elsewhere_runs_nothing_here_and_nothing_is_asked(project: Project) -> None:
    done = run_program("list", "-t", "http://127.0.0.1:9", env=project.environment)
    assert done.returncode == 5 and "Not trusted" not in done.stderr


def test_a_project_among_several_targets_is_told_and_not_run(project: Project) -> None:
    settings = project.folder / "config.toml"
    settings.write_text(
        f'[targets.mine]\npath = "{project.place[1]}"\n[targets.far]\nurl = "http://127.0.0.1:9"\n'
    )
    environment = {**project.environment, "HITL_TUI_CONFIG": str(settings)}
    listed = run_program("list", "--all", *project.place[2:], env=environment)
    tested = run_program("targets", "test", "mine", *project.place[2:], env=environment)
    assert listed.returncode == 11 and tested.returncode != 0
    for told in (listed.stderr, tested.stdout + tested.stderr):
        assert "Nobody has agreed yet to run the code of" in told
    assert not project.has_run
