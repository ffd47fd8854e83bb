"""Signs in ASCII, and sixteen colours: what a terminal with less can do still shows everything."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color

from hitl_engine.characters.hidden import hide_also
from hitl_engine.visible import decode, json_text, visible
from hitl_tui.app import ConsoleApp
from hitl_tui.text.few_colours import SixteenColours
from hitl_tui.text.signs import ASCII, ASCII_SIGNS, ascii_table, escape_in_payloads
from hitl_tui.themes import THEMES, WITHOUT_SHADES
from tests.program import run_program
from tests.server.processes import Served, copied_project, running_server
from tests.terminal import Terminal

from .conftest import settle, until
from .desk_double import DeskDouble, interrupt, tool_request
from .hostile import HOSTILE
from .test_readable import SEEN, contrast

ROOT = Path(__file__).parents[2]
PAYLOADS = [text for text in HOSTILE if isinstance(text, str)]
_NOT_DRAWN = frozenset("\xa0\u1680\u2000\u200a\u202f\u205f\u3000")
"""Ranges of spaces, which are compared with what is in a payload."""


@pytest.fixture(autouse=True)
def nothing_else_hidden() -> Iterator[None]:
    yield
    hide_also(None)


def drawn_characters() -> set[str]:
    """The characters beyond ASCII in the texts of the program; its docstrings are not drawn.

    Nor are the tables of characters, and what the selftest tries.
    """
    found: set[str] = set()
    for path in [*ROOT.glob("hitl_tui/**/*.py"), *ROOT.glob("engine/hitl_engine/**/*.py")]:
        if path.parent.name in ("characters", "selftest") or path.name == "signs.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        spoken = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set() if id(node) in spoken else set(node.value)
    drawn = {char for char in found if not char.isascii() and char.isprintable() and cell_len(char)}
    return drawn - _NOT_DRAWN


def test_every_sign_of_the_program_has_an_ascii_one_of_its_width() -> None:
    missing = drawn_characters() - set(map(chr, ASCII))
    assert not missing, "hitl_tui/text/signs.py has no ASCII sign for them"
    for sign, drawn in ASCII.items():
        assert drawn.isascii()
        assert len(drawn) == cell_len(chr(sign))


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii", "euc_jp", None])
@pytest.mark.parametrize("text", [*PAYLOADS, "a → b", "Zoë … “so” ■", "日本"])
def test_a_payload_never_looks_like_one_with_other_characters(
    text: str, encoding: str | None
) -> None:
    escape_in_payloads(encoding)
    shown = visible(text)
    assert decode(shown) == text
    assert shown.translate(ascii_table(encoding)) == shown, "no sign in it is replaced"
    if encoding != "utf-8":
        assert shown.encode(encoding or "ascii").decode(encoding or "ascii") == shown


def test_what_the_encoding_has_stays() -> None:
    escape_in_payloads("latin-1")
    assert visible("Zoë → 日") == "Zoë \\u{2192} \\u{65E5}"
    assert json_text("Zoë ■") == '"Zoë \\u25a0"'
    escape_in_payloads("utf-8")
    assert visible("Zoë, “日” → ■") == "Zoë, “日” \\u{2192} \\u{25A0}"


async def test_the_console_draws_its_signs_in_ascii() -> None:
    escape_in_payloads("utf-8")
    desk = DeskDouble(interrupt(tool_request(("a→b", {"x": 1}, "", ("approve",)))))
    app = ConsoleApp(desk.open, ascii_signs=ASCII_SIGNS)  # type: ignore[arg-type]  # a double
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await until(pilot, lambda: app.session.inbox is not None)
        await settle(pilot)
        assert "+- 1 waiting" in (screen := drawn(app))
        assert "> tool" in screen
        assert "a\\u{2192}b > 1" in screen
        assert "enter Open" in screen
        await pilot.press("enter")
        await settle(pilot)
        assert not set(drawn(app)) & set(map(chr, ASCII_SIGNS))


def drawn(app: App[None]) -> str:
    """Everything on the screen, as the filters leave it."""
    width = app.size.width
    lines = []
    for strip in app.screen._compositor.render_strips():
        for each in app.get_line_filters():
            strip = strip.apply_filter(each, Color(0, 0, 0))
        lines.append("".join(segment.text for segment in strip))
        assert cell_len(lines[-1]) == width
    return "\n".join(lines)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
def test_every_text_of_a_theme_can_be_read_in_sixteen_colours(theme: str) -> None:
    made = ConsoleApp(DeskDouble().open)  # type: ignore[arg-type]  # a double
    made.theme = theme
    colours = made.get_css_variables()
    plain = [Color.parse(colours[name]) for name in ("background", "surface", "panel")]
    fronts = ("foreground", "text-muted", "text-success", "text-error", "text-warning", "accent")
    selected = plain[1].blend(Color.parse(colours["primary"]), 0.15)
    marked = [Color.parse(colours[name]) for name in ("success", "error", "warning", "primary")]
    grounds = {}
    for ground in (*plain, selected, *marked):
        for name in fronts:
            if colours[name].startswith("auto"):
                continue
            front = ground.blend(Color.parse(colours[name]), 0.6)
            style = Style(color=front.rich_color, bgcolor=ground.rich_color)
            [segment] = SixteenColours(plain).apply([Segment("text", style)], ground)
            assert contrast(segment) >= SEEN, f"{name} on {ground}"
            grounds[ground] = segment.style and segment.style.bgcolor
    assert grounds[selected] not in {grounds[ground] for ground in plain}


def test_colours_keep_their_hue() -> None:
    style = Style(color=RichColor.parse("#e5787a"), bgcolor=RichColor.parse("#12161b"))
    [segment] = SixteenColours([]).apply([Segment("refused", style)], Color(0, 0, 0))
    assert segment.style is not None and segment.style.color is not None
    red, green, blue = segment.style.color.get_truecolor()
    assert red > green == blue


def test_themes_without_shades_are_not_offered() -> None:
    made = ConsoleApp(DeskDouble().open)  # type: ignore[arg-type]  # a double
    assert not {*WITHOUT_SHADES} & {*made.available_themes}
    assert not [theme for theme in made.available_themes.values() if theme.ansi]


# On real terminals

_SIXTEEN = {"TERM": "xterm", "COLORTERM": ""}


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Served]:
    """A server of its own: on that of all tests, others have made assistants."""
    with running_server(copied_project(tmp_path / "project"), tmp_path / "server") as served:
        yield served


@pytest.mark.parametrize(
    ("option", "env"),
    [("--ascii", {"NO_COLOR": "1"}), ("", {**_SIXTEEN, "LC_ALL": "C", "PYTHONUTF8": "1"})],
)
def test_a_terminal_with_less_shows_what_is_selected(
    own_server: Served, tmp_path: Path, option: str, env: dict[str, str]
) -> None:
    options = ["--data-dir", str(tmp_path), *([option] if option else [])]
    header = f"Authorization: {own_server.headers['Authorization']}"
    command = [sys.executable, "-m", "hitl_tui", own_server.url, *options, "--header", header]
    with Terminal(command, env=env) as terminal:
        terminal.wait_for("connected")
        terminal.press("n")
        terminal.wait_for(r"\| approval")
        terminal.settle()
        assert not set(terminal.text) & set(map(chr, ASCII_SIGNS if option else ASCII))
        selected, other = (
            next(
                n
                for n, row in enumerate(terminal.text.splitlines())
                if row.startswith(f"| {graph}")
            )
            for graph in ("anything", "approval")
        )
        buffer = terminal._screen.buffer
        assert buffer[selected][3].bg != buffer[other][3].bg


def test_commands_print_signs_in_ascii_and_json_that_can_be_read(local_server: Served) -> None:
    header = f"Authorization: {local_server.headers['Authorization']}"
    shown = run_program(
        *("graph", "tool_agent", "-t", local_server.url, "--header", header),
        env={"PYTHONIOENCODING": "latin-1"},
    )
    assert shown.returncode == 0
    assert shown.stdout.isascii() and "o tools" in shown.stdout
