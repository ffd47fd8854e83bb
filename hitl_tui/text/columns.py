"""A column of a list: what it shows of each row, and how much space that gets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column; the last one of a list takes the cells that are left."""

    heading: str
    text: Callable[[Row], str]
    """Returns what it shows of a row, as visible text on one line."""
    widest: int = 40
    """The most cells that it takes."""
    needs: int = 0
    """A list with fewer cells leaves it out."""
    is_muted: bool = False
