"""The mutants of the decision core: which changes are made, and which are known to change nothing."""

import pytest

from tests.core_figures.core import source_of
from tests.core_figures.equivalent import EQUIVALENT
from tests.core_figures.mutants import code_of, mutants_of

SOURCE = '''
def first(items: list[int] | None, limit: int = 3) -> int | None:
    """Not changed."""
    for each in items or []:
        if each < limit and not each == 0:
            return each
    raise ValueError("A message is not changed.", "kind")
'''


def test_each_place_is_changed_once_and_the_rest_is_kept() -> None:
    assert [(each.line, each.change) for each in mutants_of("m", SOURCE)] == [
        (2, "3 -> 4"),
        (4, "items or [] -> items and []"),
        (5, "each < limit and (not each == 0) -> not (each < limit and (not each == 0))"),
        (5, "each < limit and (not each == 0) -> each < limit or not each == 0"),
        (5, "each < limit -> each <= limit"),
        (5, "not each == 0 -> each == 0"),
        (5, "each == 0 -> each != 0"),
        (5, "0 -> 1"),
        (6, "return each -> return None"),
        (7, "raise ValueError('A message is not changed.', 'kind') -> pass"),
        (7, "'kind' -> 'kindXX'"),
    ]


def test_a_mutant_is_the_module_with_one_change() -> None:
    for each in mutants_of("m", SOURCE):
        module: dict[str, object] = {}
        exec(code_of(each, SOURCE), module)  # noqa: S102  # the function above
        first = module["first"]
        assert callable(first)
        if each.change == "each < limit -> each <= limit":
            assert first([3]) == 3
        elif each.change == "return each -> return None":
            assert first([2]) is None
        elif each.change == "3 -> 4":
            assert first([0, 3]) == 3


def test_conditions_in_sql_are_changed() -> None:
    query = 'rows = f"SELECT a WHERE b = {c} AND d < 1"'
    assert [each.change for each in mutants_of("m", query)] == [
        "'SELECT a WHERE b = ' -> 'SELECT a WHERE b != '",
        "' AND d < 1' -> ' OR d < 1'",
        "' AND d < 1' -> ' AND d >= 1'",
    ]


@pytest.mark.parametrize("module", EQUIVALENT)
def test_mutants_that_change_nothing_are_mutants(module: str) -> None:
    made = mutants_of(module, source_of(module).read_text(encoding="utf-8"))
    assert EQUIVALENT[module].keys() <= {(each.place, each.change) for each in made}
