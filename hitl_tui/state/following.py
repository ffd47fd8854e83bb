"""The choice after another one, for keys that go through all of them."""

from enum import Enum
from typing import TypeVar

_Choice = TypeVar("_Choice", bound=Enum)


def following(choice: _Choice) -> _Choice:
    """Return the member of its enumeration after this one; after the last comes the first."""
    choices = list(type(choice))
    return choices[(choices.index(choice) + 1) % len(choices)]
