"""The base of modals that list a few choices, of which one is picked."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList

from hitl_tui.screens.framed_modal import FramedModal
from hitl_tui.widgets.key_footer import KeyFooter

Choice = TypeVar("Choice")


class PickerModal(FramedModal[Choice | None], Generic[Choice]):
    """Lists choices with their words, which are visible text; dismissed with one of them, or None."""

    DEFAULT_CSS = """
    PickerModal {
        & > Vertical { width: 60; max-width: 94%; }
        OptionList {
            border: none; height: auto; background: $surface;
            &:focus { border: none; background-tint: $foreground 0%; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Choose nothing", id="picker.back"),
    ]
    AUTO_FOCUS = "OptionList"

    def __init__(
        self, title: str, choices: Sequence[tuple[str, Choice]], *, proposed: int = 0
    ) -> None:
        """`proposed`: the index of the choice that is highlighted first."""
        super().__init__()
        self._proposed = proposed
        self._title = title
        self.choices = choices
        self.options = OptionList(markup=False)

    def compose(self) -> ComposeResult:
        """Put the list in a frame."""
        frame = Vertical()
        frame.border_title = Content(self._title)
        with frame:
            yield self.options
            yield from self.below()
            yield KeyFooter()

    def below(self) -> Iterator[Widget]:
        """Yield what is below the list."""
        yield from ()

    def on_mount(self) -> None:
        """List the choices."""
        self.list_choices(self.choices, self._proposed)

    def list_choices(self, choices: Sequence[tuple[str, Choice]], highlighted: int) -> None:
        """List these choices in place of those before."""
        self.choices = choices
        self.options.set_options([words for words, _ in choices])
        self.options.highlighted = min(highlighted, len(choices) - 1) if choices else None

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Close: a choice is made."""
        self.dismiss(self.choices[event.option_index][1])

    def action_back(self) -> None:
        """Close without a choice."""
        self.dismiss(None)
