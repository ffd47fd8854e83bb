"""The views of a thread, and which of them are displayed: what the user chose last comes first."""

from collections.abc import Sequence
from enum import Enum


class ViewName(Enum):
    """A view of a thread: its identifier and its title."""

    QUESTION = ("question", "Question")
    CONVERSATION = ("conversation", "Conversation")
    STATE = ("state", "State")
    HISTORY = ("history", "History")
    GRAPH = ("graph", "Graph")
    RUNS = ("runs", "Runs")

    def __init__(self, identifier: str, title: str) -> None:
        self.identifier = identifier
        self.title = title

    @classmethod
    def of(cls, identifier: str) -> "ViewName":
        """Return the view with this identifier. Raises StopIteration for an unknown one."""
        return next(view for view in cls if view.identifier == identifier)

    @property
    def number(self) -> int:
        """The digit of its key, from 1."""
        return list(ViewName).index(self) + 1


class ChosenViews:
    """What the user chose, for all threads of a console. The question is displayed where two fit."""

    def __init__(self, chosen: Sequence[ViewName] = ()) -> None:
        self._chosen = list(chosen)
        """Views beside the question, the newest choice first."""

    @classmethod
    def kept_as(cls, kept: object) -> "ChosenViews":
        """Return the choice that was kept as `identifiers`; what is not known is left out."""
        names = kept if isinstance(kept, list) else []
        known = {view.identifier: view for view in ViewName if view is not ViewName.QUESTION}
        return cls([known[name] for name in names if isinstance(name, str) and name in known])

    @property
    def identifiers(self) -> list[str]:
        """The choice as it is kept."""
        return [view.identifier for view in self._chosen]

    @property
    def chosen(self) -> tuple[ViewName, ...]:
        """The views that the user chose to see beside the question, the newest first."""
        return tuple(self._chosen)

    def choose(self, view: ViewName) -> None:
        """Display this view from now on."""
        if view in self._chosen:
            self._chosen.remove(view)
        self._chosen.insert(0, view)

    def beside_question(
        self, places: int, proposed: Sequence[ViewName], current: ViewName
    ) -> tuple[ViewName, ...]:
        """Return the views for this many places beside the question, in the order of their numbers.

        The current view has a place; then come the views that were chosen, then the proposed ones.
        """
        wanted = [view for view in (current, *self._chosen, *proposed) if view is not _QUESTION]
        found = tuple(dict.fromkeys(wanted))[:places]
        return tuple(sorted(found, key=lambda view: view.number))


_QUESTION = ViewName.QUESTION
