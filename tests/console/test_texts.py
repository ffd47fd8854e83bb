"""Texts for the screen: wrapped without loss, compared, read as JSON."""

import json
import re
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rich.cells import cell_len

from hitl_engine.strict_json import JsonProblem, read_json
from hitl_tui.text.diff import change_count, changes
from hitl_tui.text.json_parts import JsonParts, Part
from hitl_tui.text.rows import Cuts, Rows, cut_anywhere, cut_at_words, cut_loosely
from hitl_tui.widgets.text_view import TextView

from .conftest import card_shown


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn"])),
    st.integers(4, 60),
    st.sampled_from([cut_at_words, cut_loosely, cut_anywhere]),
)
def test_rows_contain_the_whole_line_and_fit(
    line: str, width: int, cut: Callable[[str, int], Cuts]
) -> None:
    rows = Rows([cut(line, width)])
    spans = [rows.span(0, part, len(line)) for _, part in map(rows.at, range(rows.height))]
    assert "".join(line[start:end] for start, end in spans) == line
    assert all(cell_len(line[start:end]) <= width or end - start == 1 for start, end in spans)


@given(st.lists(st.integers(0, 3), min_size=1), st.data())
def test_rows_are_found_after_lines_are_replaced(parts: list[int], data: st.DataObject) -> None:
    def cuts(many: list[int]) -> list[range]:
        return [range(count) for count in many]

    rows = Rows(cuts(parts))
    assert rows.height == sum(parts) + len(parts)
    start = data.draw(st.integers(0, len(parts)))
    stop = data.draw(st.integers(start, len(parts)))
    new = data.draw(st.lists(st.integers(0, 3), min_size=1))
    rows.replace(start, stop, cuts(new))
    parts[start:stop] = new
    found = [rows.at(row) for row in range(rows.height)]
    assert found == [(n, part) for n, count in enumerate(parts) for part in range(count + 1)]
    assert [rows.top(n) for n in range(len(parts))] == [
        found.index((n, 0)) for n in range(len(parts))
    ]


async def test_a_long_text_is_scrolled_and_never_cut() -> None:
    view = TextView(numbered=True)
    view.styles.height = "auto"
    async with card_shown(view, (40, 10)) as (pilot, _):
        view.show_text("word " * 400 + "\nlast line")
        await pilot.pause()
        assert view.size.height > 50
        rows = "".join(view.render_line(y).text[3:].rstrip("\n") for y in range(view.size.height))
        assert rows.count("word") == 400 and "last line" in rows


any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.text('\\"\n: é'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
_REFERENCE = re.compile(
    r'(?P<KEY>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<STRING>"(?:[^"\\]|\\.)*")'
    r"|(?P<NUMBER>-?\d[\d.eE+-]*|\b(?:true|false|null)\b)"
)


@given(any_json, st.integers(1, 30))
def test_the_parts_of_json_are_found_row_by_row(value: object, width: int) -> None:
    line = json.dumps(value)
    assume(len(line) <= 1_000)  # a key that is longer than that is not recognised
    expected: list[Part | None] = [None] * len(line)
    for match in _REFERENCE.finditer(line):
        expected[slice(*match.span())] = [Part[str(match.lastgroup)]] * len(match[0])
        if match[0].startswith('"'):
            for escape in re.finditer(r"\\(?:u[0-9a-f]{4}|.)", match[0]):
                start, end = (match.start() + place for place in escape.span())
                part = Part.ESCAPE if end - start == 2 else Part.HIDDEN
                expected[start:end] = [part] * (end - start)
    parts, found = JsonParts(), list[Part | None]([None] * len(line))
    for start in range(0, len(line), width):
        for first, last, part in parts.spans(0, line, start, min(start + width, len(line))):
            found[first:last] = [part] * (last - first)
    assert found == expected


def test_a_very_long_key_is_coloured_as_a_string() -> None:
    line = json.dumps({"a" * 2_000: 1})
    assert JsonParts().spans(0, line, 0, 80) == [(1, 80, Part.STRING)]
    end = len(line)
    assert JsonParts().spans(0, line, end - 80, end)[0] == (end - 80, end - 4, Part.KEY)


def test_a_part_is_found_without_reading_a_long_line_again() -> None:
    line = json.dumps({"a": "\\" * 50_001 + '"', "b": 1})
    end = len(line)
    found = JsonParts().spans(0, line, end - 8, end)
    assert found == [(end - 7, end - 4, Part.KEY), (end - 2, end - 1, Part.NUMBER)]


@given(any_json)
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
def test_a_json_mistake_is_reported_with_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(JsonProblem) as caught:
        read_json(text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_the_difference_is_short_and_complete() -> None:
    assert changes("a", "a") == []
    assert changes("a\nb", "a\nc") == ["@@ -1,2 +1,2 @@", " a", "-b", "+c"]
    assert change_count(changes("a\nb", "a\nc")) == "+1 −1"
    many = [str(n) for n in range(5000)]
    lines = changes("\n".join(many), "\n".join([*many[:2500], "new", *many[2500:]]))
    assert lines[0].startswith("@@") and lines[-1] == "+new"


@given(st.text("ab\n"), st.text("ab\n"))
def test_only_equal_texts_have_no_difference(before: str, after: str) -> None:
    assert (changes(before, after) == []) == (before == after)
