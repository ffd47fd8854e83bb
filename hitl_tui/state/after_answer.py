"""What the console shows after an answer."""

from __future__ import annotations

from enum import Enum


class AfterAnswer(Enum):
    """What is shown once an answer is on its way: its identifier in the settings, and its words."""

    NEXT = ("next", "the next waiting item")
    LIST = ("list", "the list")
    THREAD = ("thread", "the thread that was answered")

    @property
    def identifier(self) -> str:
        """The name under which the choice is kept."""
        return self.value[0]

    @property
    def words(self) -> str:
        """What is shown, in words."""
        return self.value[1]

    @classmethod
    def kept_as(cls, identifier: object) -> AfterAnswer:
        """Return the choice that was kept; the next item if none was."""
        return next((each for each in cls if each.identifier == identifier), cls.NEXT)
