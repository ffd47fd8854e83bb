"""Graphs of the sizes that people have in the views of a thread: what is where, and how many."""

from pathlib import Path

from textual.widgets import TextArea

from hitl_engine.desk import open_desk
from hitl_engine.model import JsonObject
from hitl_tui.messages import ThreadOpened
from hitl_tui.widgets.graph.graph_list import GraphList
from tests.any_server.steps import start
from tests.server.processes import Served

from .piloted import PilotedConsole, piloted


async def open_new(
    console: PilotedConsole, served: Served, tmp_path: Path, graph: str, input: JsonObject
) -> None:
    """Run a graph to its first question, and open its thread."""
    async with open_desk(served.url, data_dir=tmp_path / "o", headers=served.headers) as desk:
        thread_id = (await start(desk, graph, input)).thread_id
    console.app.post_message(ThreadOpened(thread_id))
    await console.armed()


async def test_a_chain_of_40_nodes_opens_where_the_thread_is(
    local_server: Served, tmp_path: Path, short_guard: None
) -> None:
    async with piloted(local_server, tmp_path / "data", (80, 24)) as console:
        await open_new(console, local_server, tmp_path, "shortcuts", {"done": 0})
        await console.press("alt+5")
        await console.shows("40 nodes", "? step_20", "● step_19", "○ step_21 ┄┄┄┄╮")
        node = console.app.screen.query_one(GraphList).node
        assert node is not None
        assert node.node_id == "step_20"
        await console.press("alt+4")
        await console.shows("now · next: step_20", "? step_20 asks")


async def test_fifty_tasks_of_a_node_are_counted(
    local_server: Served, tmp_path: Path, short_guard: None
) -> None:
    async with piloted(local_server, tmp_path / "data", (120, 30)) as console:
        await open_new(console, local_server, tmp_path, "map_reduce", {})
        await console.shows("1/2 Page 12 is not readable", "2/2 Page 31 is not readable")
        await console.press("alt+5")
        await console.shows("? read_page", "48 of 50", "○ combine")
        await console.press("alt+4")
        await console.shows("next: read_page ×2")
        await console.press("escape")
        for page in (12, 31):
            await console.shows(f"Page {page} is not readable")
            await console.armed()
            console.app.screen.query_one("Card TextArea", TextArea).text = f"page {page}"
            await console.press("ctrl+s")
        await console.shows("Send all 2 answers?")
        await console.armed()
        await console.press("ctrl+s")
        await console.shows("50 pages")
        await console.press("alt+4")
        await console.shows("read_page ×50")
        await console.press("alt+5")
        await console.shows("● read_page", "×50")


async def test_a_supervisor_shows_which_agent_asks_and_who_said_what(
    local_server: Served, tmp_path: Path, short_guard: None
) -> None:
    said: JsonObject = {"messages": [{"role": "user", "content": "Pay order 1042 back."}]}
    async with piloted(local_server, tmp_path / "data", (130, 30)) as console:
        await open_new(console, local_server, tmp_path, "supervisor", said)
        await console.shows("supervisor ▸ accountant ▸", "model researcher", "model supervisor")
        await console.press("alt+4")
        await console.shows('researcher messages: [ai "')
        await console.press("alt+5")
        await console.shows("? accountant ⊞", "● researcher ⊞", "○ writer ⊞")
        await console.press("x")
        await console.shows("? accountant ▸ Human", "· researcher ▸ model", "○ writer ▸ model")
        await console.press("escape", "a")
        await console.armed()
        await console.press("ctrl+s")
        await console.shows("Done: the final state")
        await console.press("alt+2")
        await console.shows("model writer", "All is done.")
