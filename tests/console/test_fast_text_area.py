"""The fast text area looks and works as Textual's own; only its speed differs."""

import hashlib
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import _wrap
from textual._wrap import compute_wrap_offsets
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.document import _document, _document_navigator, _edit, _wrapped_document
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import TextArea, _text_area
from textual.widgets.text_area import Selection

from hitl_tui.text.rows import cut_at_words
from hitl_tui.widgets.fast_text_area import FastTextArea

from .conftest import card_shown

WIDTH = 24
TEXTS = {
    "empty": "",
    "short": "one\n\ntwo words\n",
    "wrapped": "a sentence that is longer than a row, with words   and spaces \n  indented\n\nend",
    "one word": "x" * 100 + " y",
    "wide": "漢字かな交じり文を書く。" * 6 + "\nça va, e\u0301te\u0301 " * 3,
    "tabs": "\tone\ttwo\n" + "word\tand\ttabs\t" * 5,
    "brackets": '{"a": [1, (2), {"b": "' + "c" * 60 + '"}]}',
}
ACTIONS = {
    "typing": "+x +_ +y cursor_left +z",
    "lines": "cursor_down cursor_line_end +\n +a +b cursor_up cursor_line_start delete_left",
    "far": "cursor_page_down cursor_page_up cursor_page_down +x select_all delete_right",
    "words": "cursor_word_right cursor_word_right delete_word_left cursor_word_left delete_word_right",
    "lines away": "cursor_down delete_line delete_to_end_of_line cursor_right delete_to_start_of_line",
    "selected": "cursor_down(True) cursor_down(True) cursor_right(True) +q",
    "marked": "cursor_down cursor_down(True) cursor_down(True) cursor_line_end(True)",
    "undone": "+x +\n +y cursor_down +z undo undo undo redo redo",
    "pasted": "select_line cut cursor_down paste paste undo",
    "on a bracket": "cursor_page_down cursor_line_end cursor_left",
}


class Pair(App[None]):
    """Textual's text area next to the fast one."""

    CSS = "TextArea { width: 1fr; border: none; }"

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stock = TextArea(highlight_cursor_line=False, placeholder="Type here")
        self.fast = FastTextArea(placeholder="Type here")
        self.text = text

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self.stock
            yield self.fast

    def on_mount(self) -> None:
        self.stock.load_text(self.text)
        self.fast.load_text(self.text)


def drawn(area: TextArea) -> list[Strip]:
    """Return the rows on screen, with their styles."""
    return [strip.simplify() for strip in area.render_lines(area.size.region)]


async def done_in(pilot: Pilot[None], area: TextArea, actions: str) -> list[object]:
    """Run these actions; return the state after each, and the drawing at the end."""
    area.focus()
    area.selection = Selection.cursor((0, min(len(area.document[0]), 3)))
    moments: list[object] = []
    for action in actions.split(" "):
        if action.startswith("+"):
            area.replace(action[1:], *area.selection, maintain_selection_offset=False)
        else:
            await pilot.app.run_action(action, default_namespace=area)
        moments.append((action, area.text, area.selection, area.virtual_size.height))
    await pilot.pause()
    return [*moments, area.scroll_offset, drawn(area)]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_it_behaves_and_looks_like_textuals_text_area(text: str) -> None:
    app = Pair(text)
    async with app.run_test(size=(2 * (WIDTH + 5), 8)) as pilot:
        for actions in ACTIONS.values():
            stock, fast = [await done_in(pilot, area, actions) for area in (app.stock, app.fast)]
            assert fast == stock
            for area in (app.stock, app.fast):
                area.load_text(text)


@given(st.text("ab \u3000漢é", max_size=80), st.integers(2, 20))
def test_words_are_wrapped_as_textual_does(line: str, width: int) -> None:
    assert list(cut_at_words(line, width)) == compute_wrap_offsets(line, width, 4)


async def test_a_bracket_far_away_is_not_searched() -> None:
    area = FastTextArea()
    async with card_shown(area):
        for far in ("x" * 300_000, "x\n" * 100_000):
            area.load_text(f"[{far}]")
            end = area.document.end
            assert area.find_matching_bracket("[", (0, 0)) is None
            assert area.find_matching_bracket("]", (end[0], end[1] - 1)) is None


def test_the_parts_of_textual_that_the_fast_text_area_uses_are_unchanged() -> None:
    """When this fails: read what changed, adapt `fast_text_area.py`, and only then the digest."""
    built_on = [_text_area, _wrapped_document, _document_navigator, _document, _edit, _wrap]
    source = "".join(inspect.getsource(module) for module in built_on)
    assert hashlib.sha256(source.encode()).hexdigest()[:16] == "c352e05b4761fccd"
