"""The base of the modals in which a value is edited: what was typed is not lost by one key."""

from typing import ClassVar, Generic

from textual import on, work

from hitl_tui.messages import ExternalEditorRequested
from hitl_tui.screens.external_edit import edit_externally
from hitl_tui.screens.framed_modal import FramedModal, Result
from hitl_tui.screens.pane_selection import PaneSelection
from hitl_tui.widgets.banner import Banner, Severity


class EditingModal(PaneSelection, FramedModal[Result | None], Generic[Result]):
    """Asks before it closes without what was typed. A subclass calls `begin` once it is filled."""

    NOT_DONE: ClassVar[str]
    """What is not done with what was typed, as a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.banner = Banner()
        self._discards: tuple[str, ...] = ()
        """What the fields contained when the user was asked last, or when the modal began: the next key
        discards it."""

    def typed(self) -> tuple[str, ...]:
        """Return what all fields contain."""
        raise NotImplementedError

    def begin(self) -> None:
        """Take what the fields contain now as not typed."""
        self._discards = self.typed()

    def action_back(self) -> None:
        """Close; what was typed since `begin` is discarded only by a second press of the key."""
        typed = self.typed()
        if typed == self._discards:
            self.dismiss(None)
        else:
            self._discards = typed
            self.banner.show(
                Severity.WARNING, f"{self.NOT_DONE} Press esc again to discard what you typed."
            )

    @on(ExternalEditorRequested)
    @work(group="external", exit_on_error=False)
    async def edit_elsewhere(self, event: ExternalEditorRequested) -> None:
        """Open the user's own editor."""
        event.stop()
        await edit_externally(self.app, event.editor)
