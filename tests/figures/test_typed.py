"""A short version of the figure `typing`, and that it counts what is lost."""

from pathlib import Path

import pytest

from tests.figures import typed
from tests.figures.typed import Typed, figure_of, typed_until_killed


def test_a_killed_console_keeps_what_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in {"MOST_LOST": 4.0, "_SHORTEST": 6.0, "_LONGEST": 7.0}.items():
        monkeypatch.setattr(typed, name, seconds)  # the machine may be busy
    (figure,) = figure_of(typed_until_killed(tmp_path, 2, 3))
    assert (figure.tried, figure.wrong) == (2, 0), figure.first


@pytest.mark.parametrize(
    ("draft", "lost"),
    [
        ("The text: abc", 0.0),
        ("The text: ab", 0.5),
        ("The text: a", 1.5),
        (None, 2.0),
        ("The text: axc", float("inf")),
    ],
)
def test_what_is_lost_is_measured(draft: str | None, lost: float) -> None:
    each = Typed("abc", (2.0, 1.5, 0.5), draft)
    assert each.lost == lost
    (figure,) = figure_of([each])
    assert figure.wrong == (lost > 1) and bool(figure.first) == (lost > 1)
