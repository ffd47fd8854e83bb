"""A line or two above a card that need to be read before one goes on."""

from enum import Enum

from textual.content import Content
from textual.widgets import Static

from hitl_engine.errors import HitlError
from hitl_engine.visible import visible


class Weight(Enum):
    """How much a banner matters; the word says it, the colour only repeats it."""

    NOTE = "Note"
    WARNING = "Careful"
    ERROR = "Not sent"
    UNKNOWN = "Outcome unknown"
    STUCK = "Perhaps stuck"


class Banner(Static):
    """Shows one thing to know, until it no longer holds."""

    DEFAULT_CSS = """
    Banner {
        display: none; height: auto; max-height: 6; padding: 0 1;
        background: $surface; color: $foreground;
        &.-shown { display: block; }
        &.-warning, &.-stuck { background: $warning-muted; color: $text-warning; }
        &.-error, &.-unknown { background: $error-muted; color: $text-error; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.weight: Weight | None = None
        """How much what it says matters; None while it says nothing."""

    def show(self, weight: Weight, words: str) -> None:
        """Show these words; they may hold untrusted text."""
        self.update(Content.assemble((f"{weight.value}: ", "bold"), visible(words)))
        self._weigh(weight)

    def show_error(self, error: HitlError) -> None:
        """Show what happened, what was kept, and what to do."""
        self.show(Weight.ERROR, str(error))

    def clear(self) -> None:
        """Nothing needs to be known any more."""
        self._weigh(None)

    def _weigh(self, weight: Weight | None) -> None:
        self.weight = weight
        for each in Weight:
            self.set_class(each is weight, f"-{each.name.lower()}")
        self.set_class(weight is not None, "-shown")
