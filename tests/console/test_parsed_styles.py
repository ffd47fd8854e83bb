"""The styles of a kind of widget are parsed once, and again when the theme changes."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.parse import parse
from textual.css.stylesheet import Stylesheet

from hitl_tui.themes import THEMES

from .conftest import OpenConsole, parse_rules, settle
from .desk_double import DeskDouble, interrupt


async def test_each_is_parsed_once(console: OpenConsole, monkeypatch: pytest.MonkeyPatch) -> None:
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
