"""Arguments as they are shown: the form of each, and that nothing is lost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hitl_engine.model import JsonObject
from hitl_engine.visible import decode, json_text
from hitl_tui.text.argument_changes import change_lines, changed_names
from hitl_tui.text.argument_line import ArgumentLine
from hitl_tui.text.argument_lines import json_lines, lines_of, lines_of_change
from hitl_tui.text.arguments import Change, LongText, Short, Tree, arguments_of, language_of
from hitl_tui.text.diff import aligned
from hitl_tui.text.difference_lines import difference_lines
from hitl_tui.text.highlight import LANGUAGES, spans_of
from hitl_tui.text.two_columns import in_two_columns
from tests.hidden import hidden_in
from tests.json_values import JSON

from .hostile import HOSTILE, ODD

LONG = "word " * 40


# The form of each argument


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"n": 5, "s": "5"}, (Short("n", 5), Short("s", "5"))),
        (
            {"x": None, "y": [1, "a"], "z": {}},
            (Short("x", None), Short("y", [1, "a"]), Short("z", {})),
        ),
        ({"a": "one\ntwo"}, (LongText("a", "one\ntwo"),)),
        ({"a": LONG}, (LongText("a", LONG),)),
        ({"a": {"b": 1}}, (Tree("a", {"b": 1}),)),
        ({"command": "rm -rf x"}, (LongText("command", "rm -rf x", "shell"),)),
        ({"command": "view"}, (Short("command", "view"),)),
        (
            {"old_string": "a", "p": 1, "new_string": "b"},
            (Change("old_string", "new_string", "a", "b"), Short("p", 1)),
        ),
        ({"old_str": "a", "new_str": 5}, (Short("old_str", "a"), Short("new_str", 5))),
        (
            {"after": "2026-01-01", "before": "2026-02-01"},
            (Short("after", "2026-01-01"), Short("before", "2026-02-01")),
        ),
        ({"before": "a\n", "after": "b"}, (Change("before", "after", "a\n", "b"),)),
        (
            {"edits": [{"oldText": "a", "newText": "b"}, {"oldText": "c", "newText": "d", "n": 2}]},
            (
                Change("edits[0].oldText", "edits[0].newText", "a", "b"),
                Change("edits[1].oldText", "edits[1].newText", "c", "d"),
                Short("edits[1].n", 2),
            ),
        ),
        ({"edits": [{"oldText": "a", "newText": "b"}, 5]}, None),
    ],
)
def test_each_argument_gets_the_form_of_its_value(args: JsonObject, expected: object) -> None:
    found = arguments_of(args)
    assert found == expected if expected else isinstance(found[0], Tree)


@pytest.mark.parametrize(
    ("args", "language"),
    [
        ({"command": "ls | wc -l"}, "shell"),
        ({"query": "SELECT 1 FROM x"}, "sql"),
        ({"query": "-- why\n-- not\nselect a\nfrom b where c"}, "sql"),
        ({"query": "Select the best restaurants in Rome"}, ""),
        ({"query": "delete from my memory"}, "sql"),
        ({"code": "import os\nos.remove('x')"}, "python"),
        ({"code": "x = 1", "language": "Python"}, "python"),
        ({"code": "const a = 1;"}, "javascript"),
        ({"code": "E11.9"}, ""),
        ({"script": "#!/bin/sh\nrm x"}, "shell"),
        ({"script": "#!/usr/bin/env python3\n1"}, "python"),
        ({"content": "x = 1\n", "file_path": "/a/b.PY"}, "python"),
        ({"content": "x = 1\n", "path": "notes.md"}, ""),
        ({"content": "x = 1\n"}, ""),
        ({"patch": "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y"}, "diff"),
        ({"body": "import os\n"}, ""),
    ],
)
def test_languages_are_recognised_by_name_and_content(args: JsonObject, language: str) -> None:
    name, value = next(iter(args.items()))
    assert isinstance(value, str)
    assert language_of(name, value, args) == language


# Lines


def texts(lines: list[ArgumentLine]) -> list[str]:
    return [line.text for line in lines]


def test_numbers_and_texts_differ_and_names_are_aligned() -> None:
    assert texts(lines_of({"to": 5, "amount": "5"})) == ["  to      5", '  amount  "5"']


def test_tabs_and_trailing_spaces_are_shown() -> None:
    _, one, two = lines_of({"body": "a\tb \n \x1b"})
    assert (one.text, two.text) == ("a→   b·", " \\u{1B}")
    assert [one.text[start:end] for start, end, _ in one.spans] == ["→   ", "·"]


def test_a_folded_branch_shows_how_much_it_contains() -> None:
    lines = lines_of({"f": {"a": {"b": [1, 2]}, "c": "{"}})
    assert texts(lines) == [
        "▾ f  {",
        '  ▾ "a": {',
        '    ▾ "b": [',
        "        1,",
        "        2",
        "      ]",
        "    },",
        '    "c": "{"',
        "  }",
    ]
    assert [(line.folded, line.holds, line.inside) for line in lines if line.inside] == [
        ("▸ f  {…}", "2 keys, 7 lines", 8),
        ('  ▸ "a": {…},', "1 key, 4 lines", 5),
        ('    ▸ "b": […]', "2 items", 3),
    ]


def test_small_trees_are_open_and_large_branches_are_folded() -> None:
    small: JsonObject = {str(n): {"a": n} for n in range(5)}
    large: JsonObject = {str(n): {str(k): k for k in range(20)} for n in range(5)}
    assert not any(line.starts_folded for line in lines_of({"x": small}))
    assert [line.inside for line in lines_of({"x": large}) if line.starts_folded] == [21] * 5


def test_a_long_argument_before_others_starts_folded() -> None:
    many = "\n".join("abc")
    assert not any(line.starts_folded for line in lines_of({"text": "x\n" * 500}))
    first, *_ = lines_of({"text": "x\n" * 500, "path": many})
    assert first.starts_folded and "501 lines" in first.folded


def test_a_change_shows_every_line_of_both_sides() -> None:
    lines = lines_of({"old_string": "a\nb\nc", "new_string": "a\nB\nc"})
    assert [(line.gutter.strip(), line.text, line.base) for line in lines[1:]] == [
        ("", "a", ""),
        ("-", "b", "removed"),
        ("+", "B", "added"),
        ("", "c", ""),
    ]


def test_a_change_of_a_file_has_the_colours_of_its_language_and_marks_the_words() -> None:
    lines = lines_of({"path": "a.py", "old_string": "\treturn 1", "new_string": "\treturn 2"})
    removed, added = lines[-2:]
    assert (removed.text, removed.base) == ("→   return 1", "removed-code")
    assert {(added.text[a:b], colour) for a, b, colour in added.spans} >= {
        ("return", "keyword"),
        ("2", "number"),
        ("2", "added-words"),
    }


def test_the_two_sides_of_a_change_are_beside_each_other_where_there_is_room() -> None:
    args: JsonObject = {
        "old_string": f"a\nb b b\ngone\n{'long ' * 20}\nz",
        "new_string": f"a\nb B b\n{'long ' * 21}\nz",
    }
    rows = texts(lines_of(args, 123))[1:]
    assert {cell_len(row) for row in rows} == {123}
    halves = [tuple(half.rstrip() for half in row.split(" │ ")) for row in rows]
    assert halves[:3] == [
        ("  a", "  a"),
        ("- b b b", "+ b B b"),
        ("- gone", f"+ {'long ' * 11}".rstrip()),
    ]
    assert halves[-1] == ("  z", "  z") and len(halves) == 7
    assert texts(lines_of(args, 109)) == texts(lines_of(args))


def test_a_difference_with_several_places_keeps_their_order() -> None:
    lines = ["@@ one @@", "-a\u202e", "@@ two @@", " same", "-b", "+c"]
    narrow = [line.gutter + line.text for line in difference_lines(lines, 0)]
    assert narrow == ["@@ one @@", "  - a\\u{202E}", "@@ two @@", "    same", "  - b", "  + c"]
    assert difference_lines(lines[:-1], 120) == difference_lines(lines[:-1], 0)
    wide = [line.text.split() for line in difference_lines(lines, 120)]
    assert wide == [
        ["@@", "one", "@@"],
        ["-", "a\\u{202E}", "│"],
        ["@@", "two", "@@"],
        ["same", "│", "same"],
        ["-", "b", "│", "+", "c"],
    ]


@given(st.text("ab \t\n漢"), st.text("ab \t\n漢"))
def test_two_columns_contain_both_texts(before: str, after: str) -> None:
    one = [line.text for line in lines_of_change(aligned(before, after), "python")]
    rows = in_two_columns(lines_of_change(aligned(before, after), "python"), 120)
    assert all(cell_len(row.text) == 2 * (58 + 0) + 3 for row in rows)
    shown = "".join(row.text.replace(" ", "") for row in rows)
    assert all(line.replace(" ", "") in shown for line in one)
    assert all(last <= len(row.text) for row in rows for _, last, _ in row.spans)


@given(st.text("ab\n"), st.text("ab\n"), st.sampled_from([0, 2, 1500]))
def test_aligned_texts_contain_both_texts(before: str, after: str, most: int) -> None:
    lines = aligned(before, after, most_lines=most)
    assert "\n".join(line[1:] for line in lines if line[0] in " -") == before
    assert "\n".join(line[1:] for line in lines if line[0] in " +") == after


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_all_arguments_are_shown_in_visible_text(args: JsonObject) -> None:
    lines = lines_of(args)
    shown = "\n".join(texts(lines))
    assert not hidden_in(shown.replace("\n", ""))
    for line in lines:
        assert all(0 <= start <= end for start, end, _ in line.spans)
    for argument in arguments_of(args):
        match argument:
            case LongText(text=text):
                plain = shown.replace("→   ", "\t").replace("·", " ")
                assert text.replace("→   ", "\t").replace("·", " ") in decode(plain)
            case Short(value=value):
                assert json_text(value, indent=None) in shown
            case Tree(value=value):
                assert json_text(value).split("\n")[-2].strip() in shown
    shown = "\n".join(texts(json_lines(args))).replace("\\u{27E8}", "⟨")
    assert json.loads(shown) == args


@pytest.mark.parametrize("value", [*HOSTILE, *ODD], ids=lambda value: repr(value)[:20])
def test_hostile_arguments_become_lines(value: object) -> None:
    args = {"command": value, "code": value, str(value): value, "old_str": value, "new_str": "x"}
    for line in (*lines_of(args), *json_lines(args)):  # type: ignore[arg-type]  # any value
        assert not hidden_in(line.text + line.gutter + line.folded + line.holds)


# Colours


def test_colours_have_the_positions_of_the_tokens() -> None:
    lines = spans_of("if x: # no\n  y = '''a\nb''' + 5", "python")
    assert lines[0] == [(0, 2, "keyword"), (4, 5, "operator"), (6, 10, "comment")]
    assert lines[1][-1] == (6, 10, "string")
    assert lines[2] == [(0, 4, "string"), (5, 6, "operator"), (7, 8, "number")]
    assert spans_of("+a\n-b\n c", "diff") == [[(0, 2, "added")], [(0, 2, "removed")], []]
    assert spans_of("if", "cobol") == [[]]


@given(st.text("a'\"`/*-#\\\n$ 5{(;"), st.sampled_from(sorted(LANGUAGES)))
def test_colours_are_within_the_text(text: str, language: str) -> None:
    lines = text.split("\n")
    for line, spans in zip(lines, spans_of(text, language), strict=True):
        ends = [0, *(edge for start, end, _ in spans for edge in (start, end)), len(line)]
        assert ends == sorted(ends)


# What an edit changes


def test_a_difference_names_and_shows_what_differs() -> None:
    before: JsonObject = {"a": 1, "b": "x\ny", "c": {"d": 1, "e": 2}, "f": 5, "same": [1]}
    after: JsonObject = {"same": [1], "c": {"e": 2, "d": 1}, "a": 1.0, "b": "x\nz", "g g": None}
    assert changed_names(before, after) == ("a", "b", "f", "g g")
    assert change_lines(before, after) == [
        "-a: 1",
        "+a: 1.0",
        "@@ b @@",
        " x",
        "-y",
        "+z",
        "-f: 5",
        '+"g g": null',
    ]
    assert change_lines(before, dict(before)) == []
