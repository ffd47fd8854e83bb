"""The view of a thread's state: a tree that is searched, copied and watched."""

from pathlib import Path

import pytest

from hitl_engine.model import Change, ChangeKind, JsonValue, SubgraphState
from hitl_tui.settings import Settings
from hitl_tui.widgets.state_tree.state_tree import StateTree
from tests.hidden import hidden_in

from .conftest import Console, OpenConsole, card_shown, screen_text
from .desk_double import DeskDouble, interrupt
from .hostile import HOSTILE

VALUES: JsonValue = {
    "plan": {"city": "Rome", "days": 3},
    "places": [{"name": f"place {n}", "visited": n < 2} for n in range(50)],
    "notes": "First line.\nSecond line.",
    "total": 12.5,
}


def state_desk() -> DeskDouble:
    """Return a desk with a question and these values."""
    desk = DeskDouble(interrupt({"text_to_revise": "x"}))
    desk.values = VALUES
    return desk


async def open_state(c: Console) -> StateTree:
    """Open the state of the first thread; return its tree."""
    await c.open()
    await c.press("alt+3")
    return c.app.screen.query_one(StateTree)


async def test_the_state_is_a_tree(console: OpenConsole) -> None:
    """Small containers are open, large ones show their size; keys open and close."""
    async with console(state_desk(), (80, 24)) as c:
        await open_state(c)
        assert 'city  "Rome"' in c.text and "50 items" in c.text and "place 3" not in c.text
        await c.press("enter")
        assert 'city  "Rome"' not in c.text and "2 keys" in c.text
        await c.press("j", "right", "right", "right")
        assert 'name     "place 0"' in c.text
        await c.press("left", "left", "left", "left")
        assert "visited" not in c.text.replace("visited: true", "")
        await c.press("end", "k", "enter")
        assert "Second line." in c.text


async def test_what_the_last_step_changed_is_marked(console: OpenConsole) -> None:
    desk = state_desk()
    desk.state_values.changed = (
        Change(("plan", "days"), ChangeKind.REPLACED, 2, 3),
        Change(("places", 40), ChangeKind.ADDED, after=1),
        Change(("plan", "old"), ChangeKind.REMOVED, 1),
    )
    async with console(desk, (80, 24)) as c:
        tree = await open_state(c)
        assert "1 changed, 1 added, 1 removed" in c.text
        assert "●" in line_with(c, "days") and "− old" in line_with(c, "plan")
        assert line_with(c, "places").startswith("│ ·")
        await c.press("c")
        for path in (("plan", "days"), ("places", 40), ("plan", "days")):
            assert tree.node.path == path
            await c.press("c")
        assert "+" in line_with(c, "place 40")


async def test_keys_and_values_are_searched(console: OpenConsole) -> None:
    async with console(state_desk(), (80, 24)) as c:
        tree = await open_state(c)
        await c.press("slash", *"place", "space", *"3", "enter")
        assert tree.node.path == ("places", 3, "name")
        assert "match 1 of 11" in c.text
        await c.press("n")
        assert tree.node.path == ("places", 30, "name")
        await c.press("N", "N")
        assert tree.node.path == ("places", 39, "name")
        await c.press("slash", *"zzz")
        assert "No key and no value contains it." in c.text


async def test_a_value_and_its_path_are_copied(console: OpenConsole) -> None:
    async with console(state_desk(), (80, 24)) as c:
        await open_state(c)
        await c.press("j", "p")
        assert c.app.clipboard == "$.plan.city"
        await c.press("y")
        assert c.app.clipboard == "Rome"
        await c.press("k", "y")
        assert c.app.clipboard == '{\n  "city": "Rome",\n  "days": 3\n}'


async def test_watched_values_are_kept_for_the_graph(console: OpenConsole, tmp_path: Path) -> None:
    """They are on top, in all threads of the graph, and in the settings file."""
    async with console(state_desk(), (80, 24)) as c:
        c.app.session.settings = Settings(tmp_path)
        tree = await open_state(c)
        await c.press("j", "w")
        assert "$.plan.city" in c.text
        await c.press("W", *"$.places[-1].name", "enter")
        assert 'place 49"' in line_with(c, "$.places[-1]")
        await c.press("W", *"$.[", "enter")
        assert "not a JSONPath" in line_with(c, "$.[")
        kept = ["$.plan.city", "$.places[-1].name", "$.["]
        assert Settings(tmp_path).kept("watches", "revise") == kept
        await c.press("home", "w")
        assert tree.node.step == "$.places[-1].name"
        assert Settings(tmp_path).kept("watches", "revise") == kept[1:]


async def test_the_state_of_a_subgraph(console: OpenConsole) -> None:
    desk = state_desk()
    desk.state_values.inside = (
        SubgraphState("outer:1", ("outer",), {"inner key": 1}, ("a",)),
        SubgraphState("outer:1|deep:2", ("outer", "deep"), {"deepest key": 2}, ("b",)),
    )
    async with console(desk, (80, 24)) as c:
        await open_state(c)
        await c.press("s")
        assert "of outer" in c.text and "inner key" in c.text and "plan" not in c.text
        await c.press("s")
        assert "of outer ▸ deep" in c.text and "deepest key" in c.text
        await c.press("s")
        assert "plan" in c.text and "deepest key" not in c.text


async def test_a_large_state_tells_its_changes_at_once(console: OpenConsole) -> None:
    desk = state_desk()
    desk.values = {"rows": [{"text": "x" * 100} for _ in range(10_000)], "total": 1}
    desk.state_values.changed = (Change(("total",), ChangeKind.REPLACED, 0, 1),)
    desk.state_values.inside = (SubgraphState("outer:1", ("outer",), {"inner key": 1}, ("a",)),)
    async with console(desk, (80, 24)) as c:
        tree = await open_state(c)
        assert "1 changed" in c.text and "●" in line_with(c, "total")
        await c.press("c")
        assert tree.node.path == ("total",)
        await c.press("s")
        assert "of outer" in c.text and "inner key" in c.text


@pytest.mark.usefixtures("without_net")
async def test_hostile_text_is_visible() -> None:
    """In keys, values, long texts, and what was removed."""
    value: JsonValue = {str(text): [text, {str(text): text}] for text in HOSTILE}
    tree = StateTree()
    async with card_shown(tree, (60, 200)) as (pilot, _):
        tree.show(value)
        tree.show_changes([Change((str(text),), ChangeKind.REMOVED) for text in HOSTILE])
        tree.focus()
        for _ in range(3):
            await pilot.press("enter", "j")
            shown = screen_text(pilot.app)
            assert not hidden_in(shown)


def line_with(c: Console, text: str) -> str:
    """Return the first line on the screen that contains a text."""
    return next(line for line in c.text.split("\n") if text in line)
