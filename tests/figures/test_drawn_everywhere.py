"""A short version of the figure `texts`, and that its oracle finds what is foreign."""

from pathlib import Path

import pytest

from tests.figures.drawn_everywhere import figures_of, hostile_screens
from tests.figures.foreign import HIDDEN, SEQUENCES, Foreign, HostileTexts, foreign_in


@pytest.mark.hardening
def test_hostile_texts_on_a_terminal(tmp_path: Path) -> None:
    for figure in hostile_screens(tmp_path, 100, 1, brief=True):
        assert figure.tried > 50, figure
        assert figure.wrong == 0, figure


@pytest.mark.parametrize("text", [*SEQUENCES, *HIDDEN], ids=ascii)
def test_each_piece_is_found_if_it_is_drawn_as_it_is(text: str) -> None:
    """Between what the program itself writes."""
    found = foreign_in(b"\x1b[1;31mabc" + f"q000001zx{text}x".encode() + b"\x1b[0m\r\n")
    commands, unseen = figures_of([("here", found)])
    assert (commands.tried, unseen.tried) == (1, 1)
    assert commands.wrong + unseen.wrong > 0


def test_what_the_program_writes_is_not_foreign() -> None:
    ours = (
        b"\x1b[?1049h\x1b[38;2;1;2;3mq000001z \\u{1B}\x1b[2;3H\x1b]2;hitl-tui\x07 \xe2\x95\xad\r\n"
    )
    found = foreign_in(ours)
    assert found == Foreign(frozenset({"q000001z"}), (), ())


def test_a_title_with_a_hostile_text_is_found() -> None:
    assert foreign_in(b"\x1b]2;hitl-tui q000001z\x07").sequences


def test_a_seed_gives_the_same_texts() -> None:
    assert HostileTexts(5).several(50) == HostileTexts(5).several(50)
