"""Every sample graph is answered in the real console, one after another.

Only keys that the screen shows are pressed. The state of the graph, read back over HTTP, proves that
the answer arrived with its type.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from hitl_engine.desk import Desk, open_desk
from hitl_engine.model import JsonObject, JsonValue, ThreadStatus
from tests.journeys.test_journeys import wait_until_ready as wait_for_key
from tests.server.processes import Served
from tests.terminal import Terminal

ROOT = Path(__file__).parents[2]
ASKED: JsonObject = {"messages": [{"role": "user", "content": "hi"}]}
HOOK = {
    "protocol_version": 1,
    "invocation_id": "0b0e4b1c-5b1a-4c1e-8a58-2f4b6a3f0a11",
    "snapshot_id": "snapshot-1",
    "decision": {"allow": False},
}


@dataclass(frozen=True)
class Press:
    """A key, pressed once the card accepts decisions, and what the screen then shows."""

    key: str
    shows: str


@dataclass(frozen=True)
class Journey:
    """What is asked, the keys that answer it, and the final state of the graph."""

    asked: str
    keys: tuple[str | Press, ...]
    """All but the last, which sends."""
    contains: tuple[str, ...]
    """Parts of the state, as JSON."""
    input: JsonValue = None


DONE = "▸ \\S+ +✓ done"
"""The status of the open thread; below, the receipt of the one before has a mark of its own."""
SENDING_KEYS = ("^s Do it", "^s Decide", "^s Send")
APPROVED = Press("a", "● a Approve")
VERDICTS = Press("ctrl+s", "(?s)Send 2 verdicts.*Do it")
SPELLED = Press("ctrl+s", "(?s)Send this answer.*Do it")
TOGETHER = Press("ctrl+s", "(?s)Send all 2 answers.*Do it")
DECIDED = Press("ctrl+s", "1 of 2 decided")
JOURNEYS: Mapping[str, Journey] = {
    "revise": Journey(
        "original text", ("end", "!"), ('"original text!"',), {"some_text": "original text"}
    ),
    "subgraph": Journey("Who approves", ("true", SPELLED), ('"approved_by": "true"',)),
    "validate": Journey(
        "How old are you", ("old", Press("ctrl+s", "is not an age"), "36", SPELLED), ('"age": 36',)
    ),
    "choice": Journey("Which plan", (Press("3", "● 3"),), ('"plan": "Not at all"',)),
    "yes_no": Journey("Should this be published", (Press("n", "● 2 n"),), ('"published": false',)),
    "price": Journey("Should we buy a desk", (Press("y", "● 1 y"),), ("price approved: match",)),
    "form": Journey(
        "Pay this expense",
        ("backspace", "5", "tab", " ", "tab", "y", "tab", "x"),
        ('{"amount": 15, "kind": "meal", "urgent": true, "reason": "x"}',),
    ),
    "typed_answer": Journey(
        "Release funds",
        (" ", "tab", "70", "tab", "right", " "),
        ('"amount": 70', '{"by": "cash", "notes": [50, 20]}', '"due": null'),
    ),
    "ask_user": Journey(
        "Which database",
        ("2", "tab", "tab", "1", "3", "tab", "Mars"),
        ('"SQLite"', '["Europe", "America", "Mars"]', '"Anything else?": ""'),
    ),
    "older_review": Journey("send_email", (Press("a", "● a Accept"),), ("'copies': 1",)),
    "js_tool_calls": Journey(
        "sendEmail",
        (Press("e", "f4 leave out"), "tab", "backspace", "2", "escape")
        + (Press("n", "▸ 2/2"), Press("r", "the reason"), "Keep them.", VERDICTS),
        ('"copies": 2', '{"type": "reject", "message": "Keep them."}'),
    ),
    "tool_agent": Journey(
        "send_email",
        ("ctrl+end", Press("A", "2/2  execute_sql   ✓"), VERDICTS),
        ("42 rows changed",),
        ASKED,
    ),
    "tool_approval": Journey(
        "this is what runs",
        (APPROVED, DECIDED, APPROVED, TOGETHER),
        ("to notes.md, mode 644.", "Deleted old.md."),
        ASKED,
    ),
    "parallel": Journey(
        "1/2",
        (Press("y", "● 1 y"), DECIDED, Press("y", "● 1 y"), TOGETHER),
        ('"finance: True"', '"legal: True"'),
    ),
    "stuck": Journey(
        "How many boxes",
        (
            "many",
            Press("ctrl+s", "Perhaps stuck"),
            Press("f8", "(?s)Ask this question again.*Do it"),
            Press("ctrl+s", "Type here"),
            "3",
            SPELLED,
        ),
        ('"boxes": 3',),
    ),
    "anything": Journey("pending_writes", ('[7, "x"]',), ('[7, "x"]', '"type": "list"')),
    "hook": Journey("hook_invocation", ("ctrl+t", json.dumps(HOOK)), ('"allow": false',)),
}
SESSIONS = {
    "texts and choices": (
        "local_server",
        ("revise", "subgraph", "validate", "choice", "yes_no", "price"),
    ),
    "forms and JSON": ("local_server", ("form", "typed_answer", "ask_user", "anything", "hook")),
    "tool calls": ("local_server", ("older_review", "js_tool_calls", "tool_agent")),
    "several, and stuck": ("local_server", ("tool_approval", "parallel", "stuck")),
    "langgraph dev": ("langgraph_dev", ("typed_answer", "tool_approval", "parallel", "stuck")),
}
"""Each is one session of the console; the last contains what depends on the server: schemas, one
question a call, several together, reopening."""
SHORT = ("forms and JSON", "several, and stuck")
"""Those that are not left to `make hardening`."""


@pytest.mark.parametrize(
    ("server", "graphs"),
    [
        pytest.param(*session, id=name, marks=() if name in SHORT else pytest.mark.hardening)
        for name, session in SESSIONS.items()
    ],
)
def test_answers_arrive_with_their_types(
    server: str, graphs: tuple[str, ...], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    served: Served = request.getfixturevalue(server)
    states = asyncio.run(answered_in_console(served, tmp_path, graphs))
    assert {graph: missing(values, graph) for graph, values in states.items()} == {
        graph: [] for graph in graphs
    }


def test_keys_that_arrive_together_act_in_their_order(local_server: Served, tmp_path: Path) -> None:
    graphs = ("revise", "form", "typed_answer", "ask_user", "hook")
    states = asyncio.run(answered_in_console(local_server, tmp_path, graphs, together=True))
    assert {graph: missing(values, graph) for graph, values in states.items()} == {
        graph: [] for graph in graphs
    }


def missing(values: JsonValue, graph: str) -> list[str]:
    state = json.dumps(values, ensure_ascii=False)
    return [part for part in JOURNEYS[graph].contains if part not in state]


def test_every_sample_is_in_a_session() -> None:
    made = [
        graph
        for server, graphs in SESSIONS.values()
        if server != "langgraph_dev"
        for graph in graphs
    ]
    assert sorted(made) == sorted(JOURNEYS)


async def answered_in_console(
    served: Served, folder: Path, graphs: Iterable[str], *, together: bool = False
) -> dict[str, JsonValue]:
    """Start a thread of each graph, answer all in one session of the console, read them back.

    `together`: the keys of an answer arrive at once.
    """
    async with open_desk(served.url, data_dir=folder / "d", headers=served.headers) as desk:
        threads = await started(desk, graphs)
    with console(served, folder / "c") as terminal:
        terminal.wait_for("connected")
        for graph, thread in threads.items():
            answer_in_console(terminal, thread, JOURNEYS[graph], together=together)
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0
    async with open_desk(served.url, data_dir=folder / "d", headers=served.headers) as desk:
        views = {graph: await desk.thread(thread) for graph, thread in threads.items()}
    assert {view.status for view in views.values()} == {ThreadStatus.DONE}
    return {graph: view.values for graph, view in views.items()}


async def started(desk: Desk, graphs: Iterable[str]) -> dict[str, str]:
    """Run each graph to its question; return the threads."""
    known = {graph.graph_id: graph for graph in await desk.graphs()}
    names = list(graphs)
    outcomes = await asyncio.gather(
        *(desk.start(known[name], JOURNEYS[name].input or {}, lambda _: None) for name in names)
    )
    return {
        name: outcome.thread.thread_id
        for name, outcome in zip(names, outcomes, strict=True)
        if outcome.thread is not None
    }


def console(served: Served, data: Path) -> Terminal:
    headers = [
        part for key, value in served.headers.items() for part in ("--header", f"{key}: {value}")
    ]
    command = [sys.executable, "-m", "hitl_tui", served.url, "--data-dir", str(data), *headers]
    command += ["--grace", "0"]
    return Terminal(command, env={"PYTHONPATH": str(ROOT)})


def answer_in_console(terminal: Terminal, thread: str, journey: Journey, *, together: bool) -> None:
    """Open a thread from the inbox, answer its question, and go back to the inbox."""
    terminal.press("/")
    terminal.wait_for("⏎ To the list")
    terminal.press(thread)
    terminal.wait_for(r"\b[1-9]\d* of \d+ waiting")
    terminal.press("enter")
    terminal.wait_for("⏎ Open")
    terminal.press("enter")
    terminal.wait_for(journey.asked)
    wait_until_ready(terminal)
    if together:
        terminal.press_together(*(key for key in journey.keys if isinstance(key, str)))
        terminal.settle()
        decide(terminal, Press("ctrl+s", DONE))
    else:
        press_in_turn(terminal, journey.keys)
    terminal.press("escape")
    terminal.wait_for("newest first")
    terminal.press("escape")
    terminal.wait_for(r"(?<!of )\b\d+ waiting|Nothing waits")


def press_in_turn(terminal: Terminal, keys: Iterable[str | Press]) -> None:
    """Press the keys of an answer, then the one that sends it."""
    last: str | Press = ""
    for key in (*keys, Press("ctrl+s", DONE)):
        if isinstance(key, Press):
            decide(terminal, key)
        else:
            if isinstance(last, Press):
                wait_until_ready(terminal)  # a key pressed before the focus has moved would be lost
            terminal.press(key)
            terminal.settle()
        last = key


def decide(terminal: Terminal, wanted: Press) -> None:
    """Press a key when the card accepts it; press it again if that was too early."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        wait_until_ready(terminal)  # not while what was pressed takes its time
        terminal.press(wanted.key)
        if shows(terminal, wanted.shows, 5):
            return
    raise AssertionError(f"{wanted.shows!r} did not appear")


def wait_until_ready(terminal: Terminal) -> None:
    """Wait until the topmost screen accepts decisions."""
    keys = "|".join(map(re.escape, SENDING_KEYS))
    while True:
        terminal.settle()
        [*_, key] = re.findall(keys, terminal.wait_for(keys))
        try:
            return wait_for_key(terminal, key)
        except AssertionError:
            if key in terminal.text:
                raise
            # another screen has come meanwhile, with a key of its own


def shows(terminal: Terminal, pattern: str, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not re.search(pattern, terminal.text):
        if time.monotonic() > deadline:
            return False
        terminal.read(0.05)
    return True
