"""The fast stylesheet parses and styles as little as it can, and comes to what Textual's comes to."""

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.css.model import RuleSet
from textual.css.parse import parse
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widgets import Input, OptionList, TextArea, Tree

from hitl_tui.stylesheet import FastStylesheet
from hitl_tui.themes import THEMES

from .conftest import OpenConsole, parse_rules, settle
from .desk_double import DeskDouble, interrupt

SEED = 20261130


async def test_the_styles_of_a_kind_of_widget_are_parsed_once(
    console: OpenConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = Counter[tuple[object, ...]]()

    def counted(scope: str, css: str, read_from: tuple[str, str], **how: Any) -> Iterable[RuleSet]:
        parsed[scope, css, read_from, how["tie_breaker"]] += 1
        return parse(scope, css, read_from, **how)

    monkeypatch.setattr(Stylesheet, "_parse_rules", parse_rules)
    monkeypatch.setattr("textual.css.stylesheet.parse", counted)
    async with console(DeskDouble(interrupt({"text_to_revise": "x"}))) as c:
        parsed.clear()  # the theme is set while it starts
        await c.press("l", "escape", "n", "escape")
        await c.open()
        for view in range(1, 7):
            await c.press(f"alt+{view}")
        kinds = len(c.app.stylesheet.source)
        assert kinds > 64, "Textual keeps as many as the console has"
        assert set(parsed.values()) == {1}
        parsed.clear()
        c.app.theme = THEMES[1].name
        await settle(c.pilot)
        assert len(parsed) == kinds and set(parsed.values()) == {1}


class Several(App[None]):
    """Widgets whose component classes depend on the focus, on classes, and on the theme."""

    def __init__(self) -> None:
        super().__init__()
        self.stylesheet = FastStylesheet(self.get_css_variables())

    def compose(self) -> ComposeResult:
        yield OptionList("one", "two")
        yield TextArea("a text")
        yield Input("a line")
        yield Tree("a tree")


def component_styles(app: App[None]) -> dict[tuple[str, str], object]:
    """Return the rules of each component class of all widgets."""
    return {
        (type(node).__name__, name): dict(node._component_styles[name].base._rules)
        for node in app.screen.walk_children()
        for name in sorted(node._component_styles)
    }


async def change_something(app: App[None], chance: random.Random) -> None:
    """Move the focus, disable or enable a widget, change a class or the theme."""
    widget = chance.choice([*app.screen.query("OptionList, TextArea, Input, Tree")])
    match chance.randrange(5):
        case 0 | 1:
            widget.focus()
        case 2:
            widget.disabled = not widget.disabled
        case 3:
            widget.toggle_class(chance.choice(("-read-only", "-textual-compact", "-of-no-rule")))
        case _:
            app.theme = chance.choice(("textual-dark", "textual-light"))


async def test_component_classes_have_the_styles_that_textual_gives() -> None:
    """After each change, styling all once more by Textual's own way changes nothing."""
    chance = random.Random(SEED)
    different = set()
    app = Several()
    async with app.run_test() as pilot:
        for _ in range(60):
            await change_something(app, chance)
            await pilot.pause()
            fast = component_styles(app)
            different.add(repr(fast))
            for node in app.screen.walk_children():
                Stylesheet._process_component_classes(app.stylesheet, node)
            assert component_styles(app) == fast
    assert len(different) > 5


async def test_what_has_not_changed_is_not_styled_again(
    console: OpenConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    styled = []
    process = Stylesheet._process_component_classes

    def counted(self: Stylesheet, node: DOMNode) -> None:
        styled.append(node)
        process(self, node)

    async with console(DeskDouble(interrupt({"text_to_revise": "x"}))) as c:
        await c.open()
        c.app.screen.toggle_class("-of-no-rule")  # each is styled with the rules of all widgets
        monkeypatch.setattr(Stylesheet, "_process_component_classes", counted)
        c.app.screen.toggle_class("-of-no-rule")
        await settle(c.pilot)
        assert styled == []
