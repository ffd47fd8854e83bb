"""Long runs of spaces and blank lines are counted: they could push text out of view."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_engine.model import JsonObject
from hitl_tui.text.argument_lines import json_lines, lines_of
from hitl_tui.text.blanks import count_blanks, count_spaces
from hitl_tui.text.literal import visible_lines


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("ls" + " " * 3000 + "rm", "ls⟨×3,000 spaces⟩rm"),
        ("ls" + " " * 8 + "rm", "ls" + " " * 8 + "rm"),
        ("ls" + "\u00a0\u3000" * 10 + "rm", "ls⟨×20 spaces⟩rm"),
        ("ls" + "\t" * 12, "ls⟨×12 tabs⟩"),
        ("ls" + " \t" * 12 + "rm", "ls⟨×24 spaces and tabs⟩rm"),
        (" " * 40 + "code", " " * 40 + "code"),
        (" " * 500 + "code", "⟨×500 spaces⟩code"),
        ("⟨×9 spaces⟩", "\\u{27E8}×9 spaces⟩"),
    ],
)
def test_spaces_are_counted(line: str, shown: str) -> None:
    assert count_spaces(line) == shown


def test_blank_lines_are_counted_and_numbers_stay() -> None:
    lines = ["ls -la", *[""] * 150, *["  "] * 50, "rm -rf /", "", "", "", "end"]
    assert list(count_blanks(lines)) == [
        (1, "ls -la"),
        (2, "⟨×200 blank lines⟩"),
        (202, "rm -rf /"),
        (203, ""),
        (204, ""),
        (205, ""),
        (206, "end"),
    ]


def test_a_padded_command_is_whole_on_a_small_screen() -> None:
    command = "ls -la" + "\n" * 200 + "rm -rf /"
    padded: JsonObject = {"command": command}
    for shown in (visible_lines(command), [line.text for line in lines_of(padded)]):
        assert len(shown) <= 5
        assert [line for line in shown if "rm -rf /" in line]
    spaces: JsonObject = {"command": "ls" + " " * 3000 + "rm -rf /"}
    assert [line.text for line in json_lines(spaces)][
        1
    ] == '  "command": "ls⟨×3,000 spaces⟩rm -rf /"'
    assert len(lines_of(spaces)[-1].text) < 60


@given(st.lists(st.text(" z\t")))
def test_nothing_but_blanks_is_left_out(lines: list[str]) -> None:
    shown = "".join(line for _, line in count_blanks(lines))
    assert shown.count("z") == "".join(lines).count("z")
