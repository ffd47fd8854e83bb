"""What a verdict on a tool call is filled in with: other arguments, a reason, a response."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea

from hitl_engine.model import DecisionKind
from hitl_tui.state.call_answer import CallAnswer, word
from hitl_tui.widgets.editor import Editor
from hitl_tui.widgets.tool_calls.call_edit import CallEdit


class VerdictFields(Vertical):
    """Fills in the verdict of one call; what is typed is kept with the call it was typed for."""

    DEFAULT_CSS = """
    VerdictFields {
        display: none;
        height: auto;
        #reply { display: none; height: 4; }
        CallEdit { display: none; height: 1fr; }
        &.-edit { display: block; height: 3fr; min-height: 9; }
        &.-edit CallEdit { display: block; }
        &.-reply { display: block; }
        &.-reply #reply { display: block; }
    }
    .-short VerdictFields.-edit {
        height: auto;
        CallEdit { height: auto; }
        #form-seat, #edited { height: 7; }
    }
    """
    SCOPED_CSS = False  # how it gives way on small screens is said of the screen's classes

    def __init__(self) -> None:
        super().__init__()
        self._answer: CallAnswer | None = None
        self._same_reason: tuple[CallAnswer, ...] = ()
        self.edit = CallEdit()
        self.reply = Editor(id="reply")

    def compose(self) -> ComposeResult:
        """Put both in one place: one at most is in view."""
        yield self.edit
        yield self.reply

    def show(self, answer: CallAnswer, same_reason: tuple[CallAnswer, ...] = ()) -> None:
        """Show what belongs to the verdict; a reason is that of all calls that are `same_reason`."""
        self._answer, self._same_reason = answer, same_reason
        edited = answer.verdict is DecisionKind.EDIT
        self.set_class(edited, "-edit")
        self.set_class(answer.takes_text and not edited, "-reply")
        with self.prevent(TextArea.Changed):
            self._load(answer)

    def _load(self, answer: CallAnswer) -> None:
        match answer.verdict:
            case DecisionKind.EDIT:
                self.edit.show(answer)
            case DecisionKind.REJECT:
                several = (
                    f" of {len(self._same_reason)} calls" if len(self._same_reason) > 1 else ""
                )
                said = word(answer.call, DecisionKind.REJECT)
                self.reply.set_title(f"{said}: the reason{several} (may be empty)")
                self.reply.show(answer.reason)
            case DecisionKind.RESPOND:
                said = word(answer.call, DecisionKind.RESPOND)
                self.reply.set_title(f"{said} in the tool's place")
                self.reply.show(answer.message)

    def end_same_reason(self) -> None:
        """From now on a reason is that of the call in view only."""
        self._same_reason = ()

    def keep(self) -> None:
        """Keep what was typed with the calls it was typed for."""
        match self._answer:
            case CallAnswer(verdict=DecisionKind.EDIT):
                self.edit.keep()
            case CallAnswer(verdict=DecisionKind.REJECT) as answer:
                for each in self._same_reason or (answer,):
                    each.reason = self.reply.value
            case CallAnswer(verdict=DecisionKind.RESPOND) as answer:
                answer.message = self.reply.value

    def take_focus(self) -> None:
        """Give the keys to the field, once it is there: one can scroll to it then."""
        if self._answer is not None and self._answer.verdict is DecisionKind.EDIT:
            self.edit.take_focus()
        else:
            self.call_after_refresh(self.reply.focus)
