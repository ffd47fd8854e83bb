"""The code of a graph changes while a console is open: it is told, and takes the new code up."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from hitl_engine import desk as desk_module
from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import BadInput, Conflict, NotTrusted
from hitl_engine.model import Answer, Inbox, Interrupt, OutcomeKind, Progress, ThreadStatus
from tests.terminal import Terminal

GRAPH = """
import asyncio
from pathlib import Path
from typing import cast
from typing import TypedDict
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

class State(TypedDict, total=False):
    answer: str
    slow: bool

async def ask(state: State) -> State:
    while state.get("slow") and not (Path(__file__).parent / "go").exists():
        await asyncio.sleep(0.02)
    return {"answer": "RULE " + interrupt("Go on?")}

graph = StateGraph(State).add_node(ask).add_edge(START, "ask").compile()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of a project's only graph."""
    (tmp_path / "langgraph.json").write_text(json.dumps({"graphs": {"one": "./one.py:graph"}}))
    (tmp_path / "one.py").write_text(GRAPH)
    return tmp_path / "one.py"


@pytest.fixture
async def desk(file: Path) -> AsyncIterator[Desk]:
    """The desk of that project."""
    async with open_desk(str(file.parent / "langgraph.json"), data_dir=file.parent / "data") as it:
        yield it


def ignore(_: Progress) -> None:
    """The events of runs are not looked at."""


@asynccontextmanager
async def watched(desk: Desk) -> AsyncIterator[AsyncIterator[Inbox]]:
    """Watch the inbox, and stop at the end."""
    async with aclosing(desk.watch()) as inboxes:
        yield inboxes


async def until(inboxes: AsyncIterator[Inbox], true: Callable[[Inbox], bool]) -> Inbox:
    """Return the first inbox of which that is true."""
    async with asyncio.timeout(20):
        async for inbox in inboxes:
            if true(inbox):
                return inbox
    raise AssertionError("the inbox ended")


async def test_a_thread_goes_on_with_the_new_code(desk: Desk, file: Path) -> None:
    (graph,) = await desk.graphs()
    asked = (await desk.start(graph, {}, ignore)).thread
    assert asked is not None
    async with watched(desk) as inboxes:
        await until(inboxes, lambda inbox: bool(inbox.items))
        file.write_text(GRAPH.replace("RULE", "new rule"))
        told = await until(inboxes, lambda inbox: bool(inbox.code_changes))
        assert "one.py" in told.code_changes[0] and len(told.items) == 1
        assert "one.py" in (await desk.thread(asked.thread_id)).code_changed
        before = desk.server.url
        await desk.take_up_code()
        assert desk.server.url != before
        inbox = await until(inboxes, lambda inbox: not inbox.code_changes and not inbox.error)
    (item,) = inbox.items
    assert isinstance(item, Interrupt)
    outcome = await desk.decide(desk.reviews.question(item), Answer("yes"), ignore)
    assert outcome.kind is OutcomeKind.APPLIED and outcome.thread is not None
    assert outcome.thread.values == {"answer": "new rule yes"}


async def test_a_broken_graph_comes_back_when_it_is_mended(desk: Desk, file: Path) -> None:
    (graph,) = await desk.graphs()
    asked = (await desk.start(graph, {}, ignore)).thread
    assert asked is not None
    async with watched(desk) as inboxes:
        await until(inboxes, lambda inbox: bool(inbox.items))
        file.write_text("raise RuntimeError('half typed')")
        await until(inboxes, lambda inbox: bool(inbox.code_changes))
        await desk.take_up_code()
        (broken,) = desk.server.broken
        assert "half typed" in broken.traceback and await desk.graphs() == ()
        await until(inboxes, lambda inbox: not inbox.code_changes and not inbox.error)
        file.write_text(GRAPH)
        told = await until(inboxes, lambda inbox: bool(inbox.code_changes))
        assert "cannot use the graph" in told.code_changes[0]
        await desk.take_up_code()
    assert desk.server.broken == () and len(await desk.graphs()) == 1
    assert (await desk.thread(asked.thread_id)).status is ThreadStatus.INTERRUPTED


async def test_a_run_in_progress_is_not_cut_off(desk: Desk, file: Path) -> None:
    (graph,) = await desk.graphs()
    running = asyncio.create_task(desk.start(graph, {"slow": True}, ignore))
    async with asyncio.timeout(20):
        while not (await desk.inbox()).busy:
            await asyncio.sleep(0.02)
    with pytest.raises(Conflict, match=r"runs are in progress.*runs the old code"):
        await desk.take_up_code()
    (file.parent / "go").touch()
    assert (await running).kind is OutcomeKind.APPLIED


async def test_a_server_that_no_console_started_is_left_alone(file: Path) -> None:
    config, data = str(file.parent / "langgraph.json"), file.parent / "data"
    command = desk_module.serve_command(config, data_dir=data, port=0)
    served = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert served.stderr is not None
        assert "Serving" in await asyncio.to_thread(served.stderr.readline)
        async with open_desk(config, data_dir=data) as desk:
            assert not desk.server.started_here
            with pytest.raises(BadInput, match="Start it again where it was started"):
                await desk.take_up_code()
        assert served.poll() is None
    finally:
        served.terminate()
        await asyncio.to_thread(served.communicate)


@pytest.mark.hardening
async def test_code_that_changed_while_no_server_ran_waits_for_a_person(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HITL_TUI_TRUST")
    monkeypatch.setenv("XDG_DATA_HOME", str(file.parent / "home"))
    config, data = str(file.parent / "langgraph.json"), file.parent / "data"
    with pytest.raises(NotTrusted) as asked:
        async with open_desk(config, data_dir=data):
            pass
    assert asked.value.code is not None
    desk_module.trust_code(asked.value.code)
    async with open_desk(config, data_dir=data) as desk, watched(desk) as inboxes:
        await until(inboxes, lambda inbox: not inbox.error)
        file.write_text(GRAPH.replace("RULE", "new rule"))
        [address] = data.rglob("engine.json")
        os.kill(json.loads(address.read_text())["pid"], signal.SIGKILL)
        told = await until(inboxes, lambda inbox: "has changed" in (inbox.error or ""))
        assert "one.py" in (told.error or "") and desk.server.changed
        with pytest.raises(NotTrusted, match="press f6"):
            async with desk.keep_running():
                pass
        await desk.take_up_code()
        await until(inboxes, lambda inbox: not inbox.error)
        file.write_text(GRAPH)
        await until(inboxes, lambda inbox: bool(inbox.code_changes))
        before = desk.server.url
        with pytest.raises(NotTrusted, match="press f6"):
            await desk.take_up_code(by_itself=True)
        assert desk.server.url == before and len(await desk.graphs()) == 1


@pytest.mark.parametrize("by_itself", [False, True])
def test_the_console_takes_new_code_up_on_a_key_or_by_itself(file: Path, by_itself: bool) -> None:
    command = [sys.executable, "-m", "hitl_tui", str(file.parent / "langgraph.json")]
    options = ["--data-dir", str(file.parent / "data"), *(["--reload"] if by_itself else [])]
    with Terminal([*command, *options], columns=100, rows=24) as terminal:
        terminal.wait_for("Nothing waits for you")
        file.write_text(GRAPH.replace("Go on?", "Is the new code used?"))
        if not by_itself:
            terminal.wait_for("takes up the new code")
            terminal.press("f6")
        terminal.wait_for("runs the new code now")
        terminal.press("n")
        terminal.wait_for("Will send")
        terminal.settle()
        terminal.press("ctrl+s")
        terminal.wait_for("Is the new code used?")
        if not by_itself:
            file.write_text(GRAPH.replace("Go on?", "And again?"))
            terminal.wait_for("takes up the new code")
            assert "Is the new code used?" in terminal.text, "it is told above the open thread"
            terminal.press("f6")
            terminal.wait_for(r"(?s)\A(?!.*takes up the new code)")
