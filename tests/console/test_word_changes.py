"""Which words differ between two lines."""

import time

import pytest

from hitl_tui.text import word_changes
from hitl_tui.text.word_changes import words_of_difference


def parts(old: str, new: str) -> tuple[list[str], list[str]]:
    lines = f"-{old}", f"+{new}"
    found = words_of_difference(lines)
    removed, added = ([lines[n][a:b] for a, b in found[n]] for n in (0, 1))
    return removed, added


def test_the_words_that_differ_are_found() -> None:
    assert parts("pay 100 to Ada", "pay 900 to Ada") == (["100"], ["900"])
    assert parts("return total", "return total + tax") == ([], [" + tax"])
    assert parts("a (b) c", "a [b] c") == (["(", ")"], ["[", "]"])


def test_lines_that_have_little_in_common_are_not_compared() -> None:
    assert parts("import os", "The quick brown fox jumps") == ([], [])
    assert parts("", "new") == ([], [])


def test_removed_and_added_lines_of_one_place_are_paired_in_order() -> None:
    lines = [
        " same",
        "-x = 1",
        "-y = 2",
        "+x = 3",
        "+y = 2 + z",
        " same",
        "+alone = 1",
        "-last = 1",
    ]
    assert words_of_difference(lines) == {
        1: [(5, 6)],
        3: [(5, 6)],
        2: [],
        4: [(6, 10)],
    }


def test_a_hostile_difference_costs_little() -> None:
    old, new = "a b " * 490, "b a " * 490
    began = time.process_time()
    words_of_difference([*[f"-{old}"] * 20, *[f"+{new}"] * 20])
    words_of_difference([f"-{'a ' * 500_000}", f"+{'b ' * 500_000}"])
    words_of_difference([*["-x"] * 100_000, *["+y"] * 100_000])
    assert time.process_time() - began < 2


def test_each_line_is_split_into_words_once(monkeypatch: pytest.MonkeyPatch) -> None:
    split: list[str] = []
    words = word_changes._words

    def counted(line: str) -> list[str]:
        split.append(line)
        return words(line)

    monkeypatch.setattr(word_changes, "_words", counted)
    words_of_difference(["-pay 100", "-to Ada", "+pay 900", "+to Bob"])
    assert sorted(split) == ["pay 100", "pay 900", "to Ada", "to Bob"]
