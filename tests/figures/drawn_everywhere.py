"""Hostile texts wherever the console and the shell draw one, on a real pseudo-terminal.

A text counts for each place where it was seen, by its tag. What the program wrote meanwhile must have
no sequence that is not its own, and no character without a picture.
"""

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import httpx

from hitl_engine.local.target import data_folder, find_target
from hitl_engine.selftest.figure import Figure
from tests.figures.foreign import TAG, Foreign, HostileTexts, foreign_in
from tests.json_values import Json
from tests.server.processes import ROOT, running_server
from tests.terminal import Terminal

PROJECT = Path(__file__).parent / "hostile_project"
NAMES = 12
"""Nodes of the graph; each has a hostile name."""
_COLUMNS, _ROWS = 240, 70
_PATIENCE = 5
"""Looks at a place that shows no text yet."""
_LEAST, _MOST = 24, 3_000
"""Texts of each thread."""
_CRASHES = """
import os, sys
from hitl_tui import cli
from hitl_tui.screens.console_screen import ConsoleScreen
def fail(self): raise RuntimeError(os.environ["WORDS"])
ConsoleScreen.action_help = fail
sys.exit(cli.main())
"""
"""A console with a fault: the key for help ends it."""


def hostile_screens(
    folder: Path, count: int, seed: int, *, brief: bool = False
) -> tuple[Figure, Figure]:
    """Draw at least as many hostile texts. `brief`: once, and in some places only."""
    texts = HostileTexts(seed)
    shutil.copytree(PROJECT, folder / "project")
    names = texts.several(NAMES, without="\n:|\ud800")
    (folder / "project" / "names.json").write_text(json.dumps(names))
    config = folder / "project" / "langgraph.json"
    data = data_folder(find_target(str(config), environ={}), folder / "data")
    size = max(_LEAST, min(count // 10, _MOST))
    seen = list[tuple[str, Foreign]]()
    with (
        running_server(config, data) as served,
        httpx.Client(base_url=served.url, headers=served.headers, timeout=60) as http,
    ):
        program = _Program(config, folder)
        while sum(len(each.tags) for _, each in seen) < count:
            threads = _threads(http, texts, size)
            if brief:
                seen += program.console(1, _BRIEF_VIEWS, {})
                seen += [("shell", program.shell([("show", threads[-1])]))]
                break
            program.answer(threads[0], texts.one())
            seen += program.console(len(threads) - 2, _VIEWS, _SCREENS)
            seen += [("shell", program.shell(_commands(threads)))]
            seen += [("crash report", program.crash(texts.lines(_LEAST)))]
            for thread in threads:
                http.delete(f"/threads/{thread}").raise_for_status()
    return figures_of(seen)


def _threads(http: httpx.Client, texts: HostileTexts, size: int) -> list[str]:
    """Start a run for each way in which a graph asks or fails; return the threads."""
    few = max(4, size // 100)
    calls: Json = {
        "action_requests": [
            {
                "name": texts.one(),
                "args": {texts.one(): texts.lines(size // 8) for _ in range(4)},
                "description": texts.lines(size // 8),
            }
            for _ in range(2)
        ],
        "review_configs": [],
    }
    calls["review_configs"] = [
        {"action_name": each["name"], "allowed_decisions": ["approve", "edit", "reject"]}
        for each in calls["action_requests"]
    ]
    asked: list[Json] = [
        {"asks": texts.lines(size)},
        {"asks": {"question": texts.lines(few), "options": texts.several(few)}},
        {"asks": {texts.one(): texts.several(4) for _ in range(size // 5)}},
        {"asks": {"text_to_revise": texts.lines(size)}},
        {"asks": calls},
        {"raises": texts.lines(size // 2), "prints": texts.lines(_LEAST)},
    ]
    started = []
    for given in asked:
        made = http.post("/threads", json={"metadata": {"title": texts.one()}}).raise_for_status()
        started.append(made.json()["thread_id"])
        body = {"assistant_id": "hostile", "input": _sendable({"asks": "", **given})}
        http.post(f"/threads/{started[-1]}/runs/wait", json=body).raise_for_status()
    named = {"graph_id": "hostile", "name": texts.one(), "description": texts.lines(4)}
    http.post("/assistants", json=_sendable(named)).raise_for_status()
    return started


def _sendable(value: Json) -> Json:
    """Return the value without NUL, which the server does not store."""
    sendable: Json = json.loads(json.dumps(value).replace("\\u0000", ""))
    return sendable


class _Program:
    """The program on a server, in a terminal."""

    def __init__(self, config: Path, folder: Path) -> None:
        self._folder = folder
        self._options = (str(config), "--data-dir", str(folder / "data"))

    def _terminal(self, *command: str, **environment: str) -> Terminal:
        known = {
            "PYTHONPATH": str(ROOT),
            "HITL_TUI_CONFIG": os.devnull,
            "HITL_TUI_TRUST": "1",
        }
        return Terminal(
            [sys.executable, *command, *self._options],
            columns=_COLUMNS,
            rows=_ROWS,
            env=known | environment,
        )

    def _print(self, *command: str) -> bytes:
        """Return what a command of the shell prints."""
        with self._terminal("-m", "hitl_tui", *command, "--target") as terminal:
            terminal.wait_for_exit(60)
            return bytes(terminal.raw)

    def answer(self, thread: str, words: str) -> None:
        """Answer what a thread asks, so that there is something in the log."""
        self._print("answer", thread, "--value", json.dumps(words))

    def console(
        self, items: int, views: Mapping[str, str], screens: Mapping[str, Sequence[str]]
    ) -> list[tuple[str, Foreign]]:
        """Open each item and all views of its thread, to their ends; then the other screens."""
        seen = dict[str, list[bytes]]()
        with self._terminal("-m", "hitl_tui") as terminal:
            screen = _Screen(terminal, seen)
            terminal.wait_for("waiting")
            screen.look("list of items")
            for number in range(items):
                screen.press("home", *["j"] * number, "enter")
                for name, key in views.items():
                    screen.press(key)
                    screen.read_on(name)
                screen.press("alt+1", "f2")
                screen.read_on("payload as JSON")
                screen.press("escape", "escape", "escape")
            for name, keys in screens.items():
                screen.press(*keys)
                screen.read_on(name)
                screen.press("escape", "escape", "escape")
            terminal.press("ctrl+q")
            terminal.wait_for_exit(60)
            screen.look("title and end")
        return [(name, foreign_in(b"".join(parts))) for name, parts in seen.items()]

    def shell(self, commands: Iterable[Sequence[str]]) -> Foreign:
        """Print with commands of the shell."""
        return foreign_in(b"".join(self._print(*command) for command in commands))

    def crash(self, words: str) -> Foreign:
        """Let the console end with an error of its own."""
        with self._terminal("-c", _CRASHES, WORDS=words.replace("\x00", "")) as terminal:
            terminal.wait_for("waiting")
            terminal.press("?")
            terminal.wait_for_exit(60)
            return foreign_in(bytes(terminal.raw))


_VIEWS = {
    name: f"alt+{number}"
    for number, name in enumerate(
        ("question", "conversation", "state", "history", "graph", "runs"), start=1
    )
}
_BRIEF_VIEWS = {"question": "alt+1"}
_SCREENS = {
    "list of threads": ("t",),
    "failed thread": ("t", "home", "enter"),
    "log": ("l",),
    "graphs that cannot be imported": ("b",),
    "new run": ("n",),
    "filter and facets": ("f",),
    "marked items": ("*", "m"),
    "help": ("?",),
    "palette": ("ctrl+p",),
}
"""Other places, with the keys that lead there from the list."""


def _commands(threads: Sequence[str]) -> Iterator[tuple[str, ...]]:
    yield from (("graphs",), ("list",), ("threads",), ("log", "--others"), ("graph", "hostile"))
    for thread in threads:
        for name in ("show", "state", "messages", "history", "runs"):
            yield name, thread


_MAY_DO_NOTHING = ("home", "pagedown", "escape", "alt+1")


class _Screen:
    """What the terminal got, by the place that was on the screen."""

    def __init__(self, terminal: Terminal, seen: dict[str, list[bytes]]) -> None:
        self._terminal = terminal
        self._seen = seen
        self._looked = 0

    def press(self, *keys: str) -> None:
        """Press keys one after the other, each when the screen has changed after the one before."""
        for key in keys:
            self._terminal.press(key)
            self._terminal.read(0.5 if key in _MAY_DO_NOTHING else 3)
            self._terminal.settle(0.3, 5)

    def look(self, place: str) -> bytes:
        """Take what was written since the last look as that of a place."""
        self._terminal.settle(0.2, 10)
        fresh = bytes(self._terminal.raw[self._looked :])
        self._looked = len(self._terminal.raw)
        self._seen.setdefault(place, []).append(fresh)
        return fresh

    def read_on(self, place: str) -> None:
        """Go through a place page by page, until no other text appears."""
        tags = self._tags(place)
        for _ in range(_PATIENCE):  # until it was read
            tags = tags or self._tags(place)
        while True:
            self.press("pagedown")
            more = self._tags(place) - tags
            if not more:
                return
            tags |= more

    def _tags(self, place: str) -> set[str]:
        return set(TAG.findall(self.look(place).decode(errors="replace")))


def figures_of(seen: Iterable[tuple[str, Foreign]]) -> tuple[Figure, Figure]:
    """Return how many foreign sequences were written, and how many invisible characters."""
    tried, commands, unseen = Counter[str](), list[str](), list[str]()
    for place, found in seen:
        tried[place] += len(found.tags)
        commands += [f"{place}: {what}" for what in found.sequences]
        unseen += [f"{place}: {what}" for what in found.invisible]
    where = ", ".join(f"{place} {number:,}" for place, number in tried.items() if number)
    return (
        Figure(
            "no text of others commands the terminal",
            tried.total(),
            len(commands),
            "; ".join(commands[:3]),
            where,
        ),
        Figure(
            "no text of others is drawn as nothing",
            tried.total(),
            len(unseen),
            "; ".join(unseen[:3]),
        ),
    )
