"""The assistants and the store of a server, looked at and changed in the console."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hitl_tui.screens.assistants import AssistantsScreen
from hitl_tui.screens.new_run import NewRunScreen
from hitl_tui.screens.store import StoreScreen
from hitl_tui.screens.store_edit import StoreEditModal
from hitl_tui.screens.store_item import StoreItemScreen
from tests.console.conftest import until
from tests.server.processes import Served

from .piloted import piloted

pytestmark = pytest.mark.usefixtures("short_guard")


@pytest.fixture
async def assistant(local_server: Served) -> AsyncIterator[dict[str, Any]]:
    """An assistant with two versions; the newer one is the latest."""
    async with local_server.client() as http:
        body = {"graph_id": "revise", "name": "careful", "context": {"tone": "calm"}}
        made = (await http.post("/assistants", json=body)).json()
        path = f"/assistants/{made['assistant_id']}"
        (await http.patch(path, json={"context": {"tone": "bold"}})).raise_for_status()
        yield made
        (await http.delete(path)).raise_for_status()


async def test_an_assistant_is_looked_at_and_another_version_chosen(
    local_server: Served, assistant: dict[str, Any], tmp_path: Path
) -> None:
    async with piloted(local_server, tmp_path, (120, 40)) as console:
        await console.press("t", "a")
        await console.press("slash", *"careful", "enter")
        await console.shows("1 of ", "v2", '"tone": "bold"')
        await console.press("enter")
        await console.shows("latest: v2", "schemas", assistant["assistant_id"])
        await console.press("down")
        await console.shows("calm")
        await console.press("m")
        await console.shows("start with version 1 from then on", "bold", "calm")
        await console.confirm()
        await console.shows("Version 1 is the latest now.", "latest: v1")
        async with local_server.client() as http:
            now = (await http.get(f"/assistants/{assistant['assistant_id']}")).json()
        assert (now["version"], now["context"]) == (1, {"tone": "calm"})
        assert (await console.desk.log())[0].event == "assistant"


async def test_a_run_is_started_with_an_assistant(
    local_server: Served, assistant: dict[str, Any], tmp_path: Path
) -> None:
    async with piloted(local_server, tmp_path) as console:
        await console.press("t", "a", "slash", *"careful", "enter", "n")
        screen = console.app.screen
        assert isinstance(screen, NewRunScreen)
        await until(console.pilot, lambda: screen.form is not None)
        assert screen.form is not None
        assert screen.form.input_form.graph.assistant_id == assistant["assistant_id"]
        await console.press("escape")
        assert isinstance(console.app.screen, AssistantsScreen)


async def test_an_item_is_stored_found_changed_and_deleted(
    local_server: Served, tmp_path: Path
) -> None:
    async with local_server.client() as http:
        items = [
            {"namespace": ["many", "below"], "key": f"item{n}", "value": {"even": n % 2 == 0}}
            for n in range(130)
        ]
        await asyncio.gather(*(http.put("/store/items", json=item) for item in items))
    async with piloted(local_server, tmp_path, (80, 24)) as console:
        await console.press("t", "s")
        await console.shows("all items")
        screen = console.app.screen
        assert isinstance(screen, StoreScreen)
        await until(console.pilot, lambda: ("many", "below") in screen.namespaces.rows)

        place = screen.namespaces.rows.index(("many", "below"))  # other tests store items too
        await console.press("home", *["down"] * place, "enter")
        await console.shows("100 items, and more in many.below")
        await console.press("end")
        await until(console.pilot, lambda: len(screen.items.rows) == 130)
        await console.press("slash", *"even=true", "space", *"12")
        await console.shows("7 of all 65 items in many.below")
        await console.press("enter", "escape")

        await console.press("n")
        await console.press(*"first", "tab", "end", "left", *'{"a": 1}')
        await console.press("ctrl+s")
        await console.shows("Not taken")
        modal = console.app.screen
        assert isinstance(modal, StoreEditModal)
        await console.press("escape")
        await console.shows("Nothing is stored. Press esc again to discard what you typed.")
        assert modal.key.value == "first", "what was typed is kept"
        modal.json.show_source('{"text": "a value"}')
        await console.press("ctrl+s")
        await console.shows("Store many.below ▸ first?", "a value")
        await console.confirm()
        await console.shows("The item is in the store.")

        await console.press("slash", *"first", "enter")
        await console.shows("1 of all 131 items")
        await console.press("enter")
        assert isinstance(console.app.screen, StoreItemScreen)
        await console.shows("many.below ▸ first", "a value")
        await console.press("e")
        editor = console.app.screen
        assert isinstance(editor, StoreEditModal)
        editor.json.show_source('{"text": "another"}')
        await console.press("ctrl+s")
        await console.shows('-$.text: "a value"', '+$.text: "another"')
        await console.confirm()
        await console.shows("another")
        assert (await console.desk.store.get(("many", "below"), "first")).value == {
            "text": "another"
        }

        await console.press("d")
        await console.shows("will be deleted", "another")
        await console.confirm()
        await console.shows("The item is deleted.")
        assert isinstance(console.app.screen, StoreScreen)
        await console.shows("0 of all 130 items")
        events = [entry.decision.split()[0] for entry in await console.desk.log()]
        assert events == ["delete", "put", "put"]
