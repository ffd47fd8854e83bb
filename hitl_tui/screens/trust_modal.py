"""The modal that asks whether a project's code may run, before anything of it does."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from hitl_engine.code_to_run import ProjectCode
from hitl_tui.screens.framed_modal import FramedModal
from hitl_tui.screens.pane_selection import PaneSelection
from hitl_tui.text.code_lines import code_lines
from hitl_tui.widgets.cards.guard import Guard
from hitl_tui.widgets.cards.plan_text import ConfirmedText
from hitl_tui.widgets.cards.question_part import JUMP_KEY, unseen_words
from hitl_tui.widgets.keeps_seen import KeepsSeen

_AGREE = "t"
_LONG = 14
"""More lines get all of the screen."""


class CodeText(ConfirmedText):
    """Shows what the project would run."""

    HELP = """\
    ### What the project would run
    Nothing of it has run yet. All of the list has to be on the screen: arrow keys and page down
    scroll it, **ctrl+end** jumps to its end and marks all of it as seen. Then **t** lets the project
    run until one of these files changes, and **escape** does not.
    """

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines

    def on_mount(self) -> None:
        """Show the lines."""
        self.show_lines(self._lines)


class TrustModal(PaneSelection, FramedModal[bool]):
    """Shows what a project would run; dismissed with True if the user agrees.

    That is possible after all of it was on the screen; keys that came before agree to nothing.
    """

    DEFAULT_CSS = """
    TrustModal {
        & > Vertical { max-width: 110; padding: 0 1; }
        CodeText { max-height: 16; padding: 1 0 0 0; }
        #why { height: auto; color: $foreground 70%; }
        &.-short > Vertical { max-height: 100%; }
        &.-short CodeText { max-height: 4; padding: 0; }
        &.-long {
            & > Vertical { height: 100%; max-height: 100%; }
            CodeText { height: 1fr; max-height: 100%; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            _AGREE,
            "trust",
            "Trust",
            tooltip="Let this project run until one of its files changes",
            id="trust.agree",
        ),
        Binding("escape", "refuse", "Do not", tooltip="Run nothing of it", id="trust.refuse"),
        Binding(
            JUMP_KEY,
            "jump_to_end",
            "Mark as seen",
            tooltip="Show the end and mark all of it as seen",
            id="trust.jump_to_end",
        ),
    ]
    AUTO_FOCUS = "CodeText"

    def __init__(self, code: ProjectCode, *, refuse: str = "Quit") -> None:
        """`refuse` is the name of the other button."""
        super().__init__()
        lines = code_lines(code)
        self.text = CodeText(lines)
        self.why = Static(id="why", markup=False)
        self.button = Button(
            f"Trust this project  {_AGREE}", id="trust", compact=True, disabled=True
        )
        self._refuse = refuse
        self._guard = Guard(self, self._show_state)
        self.set_class(len(lines) > _LONG, "-long")

    def compose(self) -> ComposeResult:
        """Put the list above the buttons."""
        frame = Vertical()
        frame.border_title = Content("Run the code of this project?")
        with frame:
            yield self.text
            yield self.why
            with Horizontal(id="buttons"):
                yield self.button
                yield Button(f"{self._refuse}  esc", id="refuse", compact=True)

    def on_mount(self) -> None:
        """Wait until the list was in view."""
        self._show_state()
        self._guard.restart()

    def on_key(self, event: events.Key) -> None:
        """Wait again: a key that is held down was not meant for this question."""
        if not self._guard.armed and event.key == _AGREE:
            self._guard.restart()

    @on(KeepsSeen.Seen)
    def rows_seen(self) -> None:
        """Wait a moment once all of the list was on the screen."""
        if self.button.disabled and not self.text.view.unseen:
            self._guard.restart()
        self._show_state()

    @property
    def _may_agree(self) -> bool:
        return self._guard.armed and not self.text.view.unseen

    def _show_state(self) -> None:
        self.button.disabled = not self._may_agree
        unseen = self.text.view.unseen
        self.why.update(unseen_words(unseen) if unseen else "Nothing of it has run yet.")
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible now."""
        if action == "trust":
            return True if self._may_agree else None
        if action == "jump_to_end":
            return self.text.view.unseen > 0
        return super().check_action(action, parameters)

    @on(Button.Pressed, "#trust")
    def action_trust(self) -> None:
        """Close: the user agrees."""
        if self._may_agree:
            self.dismiss(True)

    @on(Button.Pressed, "#refuse")
    def action_refuse(self) -> None:
        """Close: nothing of the project runs."""
        self.dismiss(False)

    def action_jump_to_end(self) -> None:
        """Show the end of the list, and count all of it as seen."""
        self.text.jump_to_end()
