"""Every attack and every known bug is shown by tests, which exist; what fails is counted."""

from pathlib import Path

import pytest

from tests.figures.proofs import ATTACKS, BUGS
from tests.figures.proven import proven, without_test

PASSES = "tests/engine/test_rivals.py::test_the_branch_of_the_newest_checkpoint_counts"
GONE = "tests/engine/test_rivals.py::test_that_does_not_exist"


@pytest.mark.parametrize(("shown", "letter"), [(ATTACKS, "A"), (BUGS, "B")], ids=["A", "B"])
def test_each_has_tests(shown: dict[str, tuple[str, ...]], letter: str) -> None:
    assert list(shown) == [f"{letter}{number}" for number in range(1, 25)]
    assert without_test(shown) == []


def test_what_has_no_test_or_one_that_fails_is_counted(tmp_path: Path) -> None:
    failing = tmp_path / "test_failing.py"
    failing.write_text("def test_it():\n    assert False\n")
    table = {"1": (PASSES,), "2": (PASSES, GONE), "3": (f"{failing}::test_it",), "4": ()}
    assert without_test(table) == [GONE, "4"]
    (figure,) = proven(table, "", tmp_path, 4, 1)
    assert (figure.tried, figure.wrong) == (4, 3)
    assert figure.first.startswith(f"2: {GONE}; 3: ")
