"""Texts on the way to the screen: wrapped whole, compared, read as JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.strict_json import JsonProblem, read_json
from hitl_tui.diff import changes, count_words
from hitl_tui.widgets.text_view import TextView, _cuts

from .conftest import on_stage


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn"])),
    st.integers(4, 60),
    st.booleans(),
)
def test_wrapping_leaves_nothing_out(line: str, room: int, at_words: bool) -> None:
    cuts = _cuts(line, room, at_words=at_words)
    assert "".join(line[start:end] for start, end in cuts) == line
    assert all(cell_len(line[start:end]) <= room or end - start == 1 for start, end in cuts)


async def test_a_long_text_is_scrolled_and_never_cut() -> None:
    view = TextView(numbered=True)
    view.styles.height = "auto"
    async with on_stage(view, (40, 10)) as (pilot, _):
        view.show_text("word " * 400 + "\nlast line")
        await pilot.pause()
        assert view.size.height > 50
        rows = "".join(view.render_line(y).text[3:].rstrip("\n") for y in range(view.size.height))
        assert rows.count("word") == 400 and "last line" in rows


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_json_is_read_as_it_was_written(value: object) -> None:
    assert read_json(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ('{"a": 1,\n "b" 2}', 2, 6),
        ('{"a": 1,\n "a": 2}', 2, 2),
        ("[1,\n NaN]", 2, 2),
        ("[-Infinity]", 1, 2),
        ("[1e999]", 1, 2),
        ("1" * 5000, 1, 1),
        ("[" * 100_000, 1, 1),
    ],
)
def test_what_is_no_json_is_told_with_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(JsonProblem) as caught:
        read_json(text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_the_difference_is_short_and_whole() -> None:
    assert changes("a", "a") == []
    assert changes("a\nb", "a\nc") == ["@@ -1,2 +1,2 @@", " a", "-b", "+c"]
    assert count_words(changes("a\nb", "a\nc")) == "+1 −1"
    many = [str(n) for n in range(5000)]
    lines = changes("\n".join(many), "\n".join([*many[:2500], "new", *many[2500:]]))
    assert lines[0].startswith("@@") and lines[-1] == "+new"


@given(st.text("ab\n"), st.text("ab\n"))
def test_only_equal_texts_have_no_difference(before: str, after: str) -> None:
    assert (changes(before, after) == []) == (before == after)
