"""What `config.toml` sets for the console: its theme, its keys, and named views."""

from pathlib import Path

import pytest

from hitl_engine.configuration import Configuration, read
from hitl_engine.configuration.config_file import parse
from hitl_engine.errors import BadConfiguration
from hitl_tui.app import ConsoleApp
from hitl_tui.configured_console import configured_grace
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.settings import Settings
from hitl_tui.state.setting_rows import setting_rows

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


def test_a_target_has_a_grace_of_its_own_or_that_of_all() -> None:
    text = "grace = 10\n[targets.prod]\nurl = 'http://127.0.0.1:9'\ngrace = 0"
    assert configured_grace(configured(text), "prod") == 0
    assert configured_grace(configured(text), "other") == 10
    assert configured_grace(Configuration(), "") == 3


async def test_common_settings_are_changed_on_a_screen(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('# mine\n[targets.prod]  # careful\nurl = "http://127.0.0.1:9"\n')
    made = ConsoleApp(DeskDouble().open, None, read(path))  # type: ignore[arg-type]  # a double
    async with made.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        made.open_settings()
        await until(pilot, lambda: "targets.prod.read_only = false (default)" in screen_text(made))
        names = [row.name for row in setting_rows(read(path), ["one"])]
        await pilot.press(*["down"] * names.index("targets.prod.read_only"))
        await until(pilot, lambda: "only looked at" in screen_text(made))
        await pilot.press("enter", "down", "enter")
        await until(pilot, lambda: "targets.prod.read_only = true" in screen_text(made))
        assert "from its next start" in screen_text(made)
        await pilot.press("home", "enter", "home", "enter")
        await until(pilot, lambda: "theme = " in screen_text(made))
        assert made.theme == min(made.available_themes)
        await pilot.press("escape")
        assert isinstance(made.screen, InboxScreen)
    text = path.read_text()
    assert text.startswith(f'theme = "{made.theme}"\n')
    assert "# mine\n[targets.prod]  # careful\n" in text
    assert "read_only = true" in text
