"""What `config.toml` sets for the console: its theme, its keys, and named views."""

from pathlib import Path

import pytest

from hitl_engine.configuration import Configuration
from hitl_engine.configuration.config_file import parse
from hitl_engine.errors import BadConfiguration
from hitl_tui.app import ConsoleApp
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.settings import Settings

from .conftest import screen_text, settle, until
from .desk_double import DeskDouble, interrupt


def app(text: str, settings: Settings | None = None) -> ConsoleApp:
    desk = DeskDouble(interrupt("one"), interrupt("two", n=2, graph="other"))
    return ConsoleApp(desk.open, settings, configured(text))  # type: ignore[arg-type]  # a double


def configured(text: str) -> Configuration:
    return parse(text, Path("config.toml"))


async def test_the_configured_theme_wins_over_the_one_that_was_chosen(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.keep("dracula", "theme")
    made = app('theme = "hitl-light"', settings)
    async with made.run_test(notifications=True) as pilot:
        await settle(pilot)
        assert made.theme == "hitl-light"
        made.theme = "nord"
        await until(pilot, lambda: "config.toml sets hitl-light" in screen_text(made))
    assert Settings(tmp_path).theme == "dracula"


async def test_an_action_gets_another_key() -> None:
    made = app('[keys]\ninbox.filter = "ctrl+f,F"')
    async with made.run_test() as pilot:
        await settle(pilot)
        await pilot.press("slash")
        assert "Filter: graph" not in screen_text(made)
        await pilot.press("F")
        await until(pilot, lambda: "Filter: graph" in screen_text(made))
        await pilot.press(*"other", "enter")
        assert "1 of 2 waiting" in screen_text(made)


async def test_a_view_lists_what_matches_its_text() -> None:
    made = app('[views]\nothers = "other"')
    async with made.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        assert isinstance(made.screen, InboxScreen)
        await pilot.press("ctrl+p", *"View others")
        await until(pilot, lambda: "View: others" in screen_text(made))
        await pilot.press("enter")
        await until(pilot, lambda: "1 of 2 waiting" in screen_text(made))


@pytest.mark.parametrize("text", ['theme = "no-such"', '[keys]\ninbox.nothing = "x"'])
def test_what_the_console_does_not_have_is_refused(text: str) -> None:
    with pytest.raises(BadConfiguration):
        app(text)
