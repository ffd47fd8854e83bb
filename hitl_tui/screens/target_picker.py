"""The modal that asks on which of several targets something should be done."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList

from hitl_engine.visible import one_line
from hitl_tui.state.session import Session
from hitl_tui.widgets.key_footer import KeyFooter


class TargetPicker(ModalScreen[Session]):
    """Lists the targets that are connected; dismissed with the session of the chosen one, or None."""

    DEFAULT_CSS = """
    TargetPicker {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 60;
            max-width: 94%;
            height: auto;
            max-height: 94%;
            background: $surface;
            border: round $accent;
            border-title-color: $accent;
            border-title-style: bold;
        }
        OptionList {
            border: none; height: auto; background: $surface;
            &:focus { border: none; background-tint: $foreground 0%; }
        }
        KeyFooter { dock: none; background: $surface; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Choose no target", id="target.back"),
    ]
    AUTO_FOCUS = "OptionList"

    def __init__(self, title: str, sessions: Sequence[Session], proposed: Session) -> None:
        super().__init__()
        self._title = title
        self._sessions = sessions
        self._proposed = proposed

    def compose(self) -> ComposeResult:
        """Put the list in a frame."""
        frame = Vertical()
        frame.border_title = Content(self._title)
        with frame:
            yield OptionList(*(_words(each) for each in self._sessions), markup=False)
            yield KeyFooter()

    def on_mount(self) -> None:
        """Select the target of the item that is selected in the inbox."""
        if self._proposed in self._sessions:
            place = self._sessions.index(self._proposed)
            self.query_one(OptionList).highlighted = place

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Close: a target is chosen."""
        self.dismiss(self._sessions[event.option_index])

    def action_back(self) -> None:
        """Close without a target."""
        self.dismiss(None)


def _words(session: Session) -> str:
    server = session.server
    marks = "  PRODUCTION" if server is not None and server.production else ""
    label = one_line(server.label, 200) if server is not None else ""
    return f"{session.name}  {label}{marks}"
