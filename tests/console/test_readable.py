"""What is selected can be read: in every theme, rows of lists and text that the mouse selected."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from rich.segment import Segment
from textual.color import Color

from hitl_engine.model import JsonObject, LogEntry, OutcomeKind
from hitl_tui.themes import THEMES

from .conftest import Console, OpenConsole, drag, until
from .desk_double import DeskDouble, interrupt, tool_request

SEEN = 2.4
"""The least contrast of a text that is drawn dim on purpose; below it a text cannot be read."""
ARGS: JsonObject = {"to": "ada@example.org", "body": "line one\nline two\nline three", "n": 3}
REQUEST = tool_request(("send", ARGS, "A description\nof two lines", ("approve", "reject")))
NAMES = [
    *(theme.name for theme in THEMES),
    *("textual-dark", "textual-light", "catppuccin-latte", "dracula"),
]


def segments(c: Console, text: str) -> Iterator[Segment]:
    """The words in the rows that contain this text; line numbers and frames are dim on purpose."""
    for strip in c.app.screen._compositor.render_strips():
        if text in strip.text:
            yield from (each for each in strip if any(map(str.isalpha, each.text)))


def contrast(segment: Segment) -> float:
    style = segment.style
    assert style is not None and style.color is not None and style.bgcolor is not None
    front, ground = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
    light, dark = sorted((_luminance(front), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    """As WCAG 2 defines it."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def unreadable(c: Console, text: str) -> list[str]:
    found = [*segments(c, text)]
    assert found, text
    return [f"{each.text!r} {each.style}" for each in found if contrast(each) < SEEN]


def entry(n: int, outcome: OutcomeKind | None) -> LogEntry:
    return LogEntry(
        decision_id=f"d{n}", at=datetime(2026, 11, 29, tzinfo=UTC), who="ada", event="answer",
        server="s", graph_id="tool_agent", thread_id="t", node="tools", interrupt_id="i",
        decision="approve", answer=None, sent_as="", outcome=outcome, why="", mismatches=(),
    )  # fmt: skip


async def test_the_selected_row_of_every_list_can_be_read(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(REQUEST), interrupt({"options": ["alpha", "beta"]}, n=2, minutes=5))
    desk.entries = tuple(entry(n, each) for n, each in enumerate((*OutcomeKind, None)))
    async with console(desk, (100, 40)) as c:
        faults: dict[str, list[str]] = {}

        async def look(place: str, text: str) -> None:
            for name in NAMES:
                c.app.theme = name
                await c.pilot.pause()
                if found := unreadable(c, text):
                    faults[f"{place}, {name}"] = found

        await look("inbox", "▶ tool")
        await c.press("l")
        for text in ("✓ applied", "✕ refused", "? unknown", "… no outcome"):
            await look("log", text)
            await c.press("down")
        await c.press("escape", "n")
        await until(c.pilot, lambda: "Some text" in c.text)
        await look("new run", "revise")
        await c.press("escape")
        await c.open(1)
        await look("choice", "alpha")
        await c.press("escape", "asterisk", "m")
        await c.armed()
        await look("marked items", "revise ▸")
        assert faults == {}, "\n".join(f"{place}: {found}" for place, found in faults.items())


def place(c: Console, text: str) -> tuple[int, int]:
    rows = c.text.split("\n")
    y = next(y for y, row in enumerate(rows) if text in row)
    return rows[y].index(text), y


@pytest.mark.parametrize(
    "pane", ["arguments", pytest.param("payload", marks=pytest.mark.hardening)]
)
async def test_selected_text_can_be_read_and_is_that_of_one_pane(
    console: OpenConsole, pane: str
) -> None:
    async with console(DeskDouble(interrupt(REQUEST)), (90, 40)) as c:
        await c.open()
        if pane == "payload":
            await c.press("f2")
        x, y = place(c, "line one")
        for name in NAMES:
            c.app.theme = name
            await drag(c.pilot, (x, y), (x + 5, y + 1))
            chosen = [each for each in segments(c, "line one") if "line" in each.text]
            assert chosen and min(map(contrast, chosen)) > SEEN, name
        bottom = place(c, "A description" if pane == "arguments" else "Approve")
        await drag(c.pilot, (x, y), (bottom[0] + 5, bottom[1] + 1))
        selected = c.app.screen.get_selected_text() or ""
        assert selected.startswith("line one") and "a Approve" not in selected
        if pane == "arguments":
            assert "description" not in selected and selected.endswith("n   3")
