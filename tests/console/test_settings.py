"""What the console keeps for its user, and files that cannot be read or written."""

from pathlib import Path

import pytest

from hitl_tui.app import ConsoleApp
from hitl_tui.settings import Settings
from hitl_tui.themes import THEMES

from .conftest import screen_text, settle, until
from .desk_double import DeskDouble


def app(settings: Settings) -> ConsoleApp:
    return ConsoleApp(DeskDouble().open, settings)  # type: ignore[arg-type]  # a double


def test_a_theme_is_written_and_read(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    Settings(folder).keep("dracula", "theme")
    assert Settings(folder).theme == "dracula"
    assert [path.name for path in folder.iterdir()] == ["console.json"]


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"theme": 5}', '{"theme": "no such theme"}'])
def test_a_file_without_a_known_theme_does_no_harm(tmp_path: Path, text: str) -> None:
    (tmp_path / "console.json").write_text(text)
    assert app(Settings(tmp_path)).theme == THEMES[0].name


def test_a_choice_for_a_graph_is_written_beside_those_for_others(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.keep(["a"], "breakpoints", "server", "one")
    settings.keep(["b"], "breakpoints", "server", "two")
    assert Settings(tmp_path).kept("breakpoints", "server") == {"one": ["a"], "two": ["b"]}
    assert Settings(tmp_path).kept("breakpoints", "elsewhere", "one") is None


@pytest.mark.parametrize("text", ['{"views": 5}', '{"views": ["no such view", 1]}'])
def test_views_that_are_unknown_do_no_harm(tmp_path: Path, text: str) -> None:
    (tmp_path / "console.json").write_text(text)
    assert app(Settings(tmp_path)).session.views.chosen == ()


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    made = app(Settings(tmp_path / "file" / "below"))
    async with made.run_test(notifications=True) as pilot:
        await settle(pilot)
        made.theme = "dracula"
        await until(pilot, lambda: "The theme is not kept" in screen_text(made))
        assert made.theme == "dracula"
