"""A newcomer follows docs/first-steps.md: its files and commands, in a fresh environment."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from hitl_engine.model import TextToRevise
from hitl_engine.payloads import recognise
from tests.server.ports import free_port
from tests.terminal import Terminal

PAGE = Path(__file__).parents[2] / "docs" / "first-steps.md"
_BLOCK = re.compile(
    r"```(?P<language>\w+)(?: (?P<name>\S+))?\n(?P<text>.*?)```(?:\n<!-- keys: (?P<keys>.*?) -->)?",
    re.DOTALL,
)
_KEY = re.compile(r'\*"(?P<typed>[^"]*)"|"(?P<shown>[^"]*)"|(?P<key>\S+)')


@dataclass(frozen=True)
class Step:
    """A block of the page: a file to save, or commands to run."""

    name: str
    """Of the file; empty for commands."""
    text: str
    keys: str
    """What to press in the console that the command opens, and what to wait for."""

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands."""
        lines = self.text.splitlines()
        return tuple(line.removeprefix("$ ") for line in lines if line.startswith("$ "))


def steps(page: str) -> Iterator[Step]:
    """Yield the blocks of the page, in its order."""
    for found in _BLOCK.finditer(page):
        yield Step(found["name"] or "", found["text"], found["keys"] or "")


@dataclass(frozen=True)
class Newcomer:
    """Somebody with an empty home and an empty folder."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of this machine's user, and nothing of this checkout."""
        kept = {name: os.environ[name] for name in ("LANG", "SSL_CERT_FILE") if name in os.environ}
        path = f"{self.folder / '.venv' / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {**kept, "HOME": str(self.folder / "home"), "PATH": path}

    def run(self, commands: tuple[str, ...]) -> str:
        """Run commands as a shell does, and return what they print."""
        done = subprocess.run(
            ["bash", "-e", "-c", "\n".join(commands)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"{commands}: {done.stdout}{done.stderr}"
        return done.stdout

    def use(self, command: str, keys: str) -> str:
        """Run a command in a terminal, press keys, and wait for its end; return the last screen."""
        with self._typing(command, keys) as terminal:
            assert terminal.wait_for_exit(60) == 0
            return terminal.text

    @contextmanager
    def serving(self, command: str, keys: str) -> Iterator[None]:
        """Let the server run in another terminal."""
        with self._typing(command, keys) as terminal:
            yield
            terminal.press("ctrl+c")
            assert terminal.wait_for_exit(30) == 0

    @contextmanager
    def _typing(self, command: str, keys: str) -> Iterator[Terminal]:
        clean = {name: "" for name in ("HITL_TUI_CONFIG", "PYTHONPATH", "COLORTERM")}
        without = ("-u", "HITL_TUI_CONFIG", "-u", "HITL_TUI_TRUST")
        line = ["env", "-C", str(self.folder), *without, *shlex.split(command)]
        with Terminal(line, columns=100, rows=30, env={**clean, **self.environment}) as terminal:
            for each in _KEY.finditer(keys):
                if each["shown"] is not None:
                    terminal.wait_for(re.escape(each["shown"]), 60)
                    terminal.settle(0.6)
                else:
                    terminal.press(each["typed"] or each["key"])
                    terminal.settle(0.3)  # a person waits for what a key does
            yield terminal


@pytest.mark.hardening
def test_a_newcomer_gets_to_the_end_of_the_page(tmp_path: Path, wheel: str) -> None:
    newcomer = Newcomer(tmp_path)
    (tmp_path / "home").mkdir()
    page = PAGE.read_text(encoding="utf-8").replace("2024", str(free_port()))
    page = page.replace("'hitl-tui[local]'", f"'{wheel}[local]'")
    said = ""
    with ExitStack() as stack:
        for step in steps(page):
            if step.name:
                (tmp_path / step.name).write_text(step.text, encoding="utf-8")
            elif step.commands[0].startswith("hitl-tui serve"):
                stack.enter_context(newcomer.serving(step.commands[0], step.keys))
            elif step.keys:
                said += newcomer.use(step.commands[0], step.keys)
            else:
                said += newcomer.run(step.commands)
    told = (tmp_path / "told.json").read_text(encoding="utf-8")
    assert '"event": "waiting"' in told
    assert "We refund 80 euros for order 4739." in said
    assert "applied" in said


def test_the_graph_of_the_page_asks_for_a_text() -> None:
    [code] = [
        each.text for each in steps(PAGE.read_text(encoding="utf-8")) if each.name[-2:] == "py"
    ]
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102  our own page
    graph = names["graph"]
    graph.checkpointer = InMemorySaver()
    config: RunnableConfig = {"configurable": {"thread_id": "t"}}
    [asked] = graph.invoke({"order": "4738", "amount": 120}, config)["__interrupt__"]
    review = recognise(asked.value, asked.response_schema)
    assert isinstance(review, TextToRevise)
    assert review.text == "We refund 120 euros for order 4738."
    assert graph.invoke(Command(resume="Sorry."), config)["message"] == "Sorry."
