"""The graph of a thread in the console: what its nodes do, and breakpoints set on them."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from textual.widgets import Static

from hitl_engine.desk import open_desk
from hitl_engine.model import Breakpoints
from hitl_tui.messages import ThreadOpened
from hitl_tui.widgets.graph.graph_list import GraphList
from hitl_tui.widgets.graph.graph_view import GraphView
from hitl_tui.widgets.graph.picture_view import PictureView
from tests.any_server.steps import start, stop_of
from tests.console.conftest import until
from tests.server.processes import Served

from .piloted import PilotedConsole, piloted


async def started(served: Served, tmp_path: Path, graph: str, text: str) -> str:
    async with open_desk(served.url, data_dir=tmp_path / "o", headers=served.headers) as desk:
        return (await start(desk, graph, {"text": text})).thread_id


async def open_graph(console: PilotedConsole, thread_id: str) -> GraphList:
    console.app.post_message(ThreadOpened(thread_id))
    return await show_graph(console)


async def show_graph(console: PilotedConsole) -> GraphList:
    """Go to the graph as soon as the thread is at a stop."""
    await console.armed()
    await console.press("alt+5")
    await until(console.pilot, lambda: console.app.screen.query(GraphList))
    listed = console.app.screen.query_one(GraphList)
    await until(console.pilot, lambda: listed.rows and listed.has_focus)
    return listed


def line_of(console: PilotedConsole, words: str) -> str:
    return next(line for line in console.text.splitlines() if words in line)


async def test_the_graph_shows_what_ran_and_a_breakpoint_stops_the_next_step(
    local_server: Served, tmp_path: Path
) -> None:
    thread_id = await started(local_server, tmp_path, "breakpoints", "an early thought")
    async with piloted(local_server, tmp_path / "data") as console:
        listed = await open_graph(console, thread_id)
        await console.shows("■ draft", "▷ polish", "○ announce")
        assert "▽" in line_of(console, "■ draft")
        assert "△" in line_of(console, "○ publish")
        while listed.node is None or listed.node.node_id != "polish":
            await console.press("down")
        await console.press("b", "b")
        assert console.desk.breakpoints.of("breakpoints") == Breakpoints(after=("polish",))
        kept = console.app.session.settings.kept("breakpoints", console.desk.server.identity)
        assert kept == {"breakpoints": {"before": [], "after": ["polish"], "conditions": {}}}
        assert "▼" in line_of(console, "▷ polish")
        detail = console.app.screen.query_one("#node", Static)
        assert "after it: set here" in str(detail.content)

        await console.press("escape")
        await console.armed()
        await console.press("s")
        await console.shows("■ polish")
        stop = stop_of(await console.desk.thread(thread_id))
        assert (stop.when, stop.node) == ("after", "polish")


async def test_subgraphs_are_opened_and_copied_as_mermaid(
    local_server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk(
        local_server.url, data_dir=tmp_path / "o", headers=local_server.headers
    ) as desk:
        thread = await start(desk, "subgraph", {"order": "two desks"})
    async with piloted(local_server, tmp_path / "data", (110, 30)) as console:
        listed = await open_graph(console, thread.thread_id)
        await console.shows("? approval ⊞", "● prepare")
        await console.press("x")
        await console.shows("? approval ▸ ask")
        listed.selected = [row.node.node_id for row in listed.rows].index("approval:ask")
        await console.press("b")
        await console.shows("LangGraph stops a run only")
        assert console.desk.breakpoints.of("subgraph") == Breakpoints()
        copied: list[str] = []
        monkeypatch.setattr(console.app, "copy_to_clipboard", copied.append)
        await console.press("m")
        assert copied[0].startswith("flowchart TD")
        assert 'subgraph g1["approval"]' in copied[0]
        if find_spec("graphlay"):  # the picture is beside the list
            await console.shows("╔ approval ═", "? ask", "║")


async def test_a_thread_runs_on_to_a_node_until_a_condition_and_to_the_end(
    local_server: Served, tmp_path: Path
) -> None:
    thread_id = await started(local_server, tmp_path, "breakpoints", "an early thought")
    async with piloted(local_server, tmp_path / "data") as console:
        listed = await open_graph(console, thread_id)
        await until(console.pilot, lambda: listed.query_ancestor(GraphView).offers_run_on)
        await console.press("u", *"$.text == 'An early thought'", "enter")
        await console.shows("Runs from polish, node by node")
        await console.confirm()
        thread = await console.desk.thread(thread_id)
        assert thread.next == ("publish",)

        listed = await show_graph(console)
        await until(console.pilot, lambda: listed.query_ancestor(GraphView).offers_run_on)
        listed.selected = [row.node.node_id for row in listed.rows].index("announce")
        await console.press("t")
        await console.shows("up to before announce, past the breakpoints")
        await console.confirm()
        assert (await console.desk.thread(thread_id)).next == ("announce",)

        listed = await show_graph(console)
        await until(console.pilot, lambda: listed.query_ancestor(GraphView).offers_run_on)
        await console.press("E")
        await console.confirm()
        assert (await console.desk.thread(thread_id)).next == ()


async def test_the_picture_shows_the_same_node_and_what_it_does(
    local_server: Served, tmp_path: Path
) -> None:
    pytest.importorskip("graphlay", reason="needs graphlay, of the extra `picture`")
    thread_id = await started(local_server, tmp_path, "breakpoints", "an early thought")
    async with piloted(local_server, tmp_path / "data", (90, 30)) as console:
        listed = await open_graph(console, thread_id)
        await console.press("p")
        await console.shows("▐ ■ draft▽▌", "[△○ publish ]")
        picture = console.app.screen.query_one(PictureView)
        assert picture.has_focus
        assert not listed.display
        await console.press("down", "b")
        await console.shows("▐▲▷ polish ▌")
        assert listed.node is not None
        assert listed.node.node_id == "polish"
        await console.press("c", *"$.text == ", "enter")
        await console.shows("is not a condition")
        await console.press("end", *"'no'", "enter")
        await console.shows("▐▴▷ polish ▌", "before it where $.text == 'no': set here")
        kept = console.app.session.settings.kept("breakpoints", console.desk.server.identity)
        assert kept == {
            "breakpoints": {
                "before": ["polish"],
                "after": [],
                "conditions": {"polish": "$.text == 'no'"},
            }
        }
        await console.press("p")
        assert listed.has_focus
        assert "▴" in line_of(console, "▷ polish")
