"""The field of a verdict on a tool call: other arguments, a reason, or a response."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea

from hitl_engine.model import DecisionKind
from hitl_tui.state.call_answer import CallAnswer, verdict_name
from hitl_tui.widgets.reason_field import ReasonField, ReasonsOffered
from hitl_tui.widgets.tool_calls.call_edit import CallEdit


class VerdictFields(Vertical):
    """Takes what a verdict needs; what is typed is kept with the call that it was typed for."""

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
        #form-container, #edited { height: 7; }
    }
    """
    SCOPED_CSS = False  # the layout of small screens depends on classes of the screen

    def __init__(self, reasons: ReasonsOffered) -> None:
        super().__init__()
        self._answer: CallAnswer | None = None
        self._same_reason: tuple[CallAnswer, ...] = ()
        self.edit = CallEdit()
        self.reply_field = ReasonField(reasons, id="reply")
        self.reply = self.reply_field.editor

    def compose(self) -> ComposeResult:
        """Yield both fields; at most one is in view."""
        yield self.edit
        yield self.reply_field

    def show(self, answer: CallAnswer, same_reason: tuple[CallAnswer, ...] = ()) -> None:
        """Show the field of the verdict; a reason is that of all calls in `same_reason`."""
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
                name = verdict_name(answer.call, DecisionKind.REJECT)
                title = f"{name}: the reason{several} (may be empty)"
                self.reply_field.show(title, answer.reason, offers=True)
            case DecisionKind.RESPOND:
                name = verdict_name(answer.call, DecisionKind.RESPOND)
                self.reply_field.show(f"{name} in the tool's place", answer.message)

    def end_same_reason(self) -> None:
        """From now on a reason is that of the call in view only."""
        self._same_reason = ()

    def keep(self) -> None:
        """Keep what was typed with the calls that it was typed for."""
        match self._answer:
            case CallAnswer(verdict=DecisionKind.EDIT):
                self.edit.keep()
            case CallAnswer(verdict=DecisionKind.REJECT) as answer:
                for each in self._same_reason or (answer,):
                    each.reason = self.reply.value
            case CallAnswer(verdict=DecisionKind.RESPOND) as answer:
                answer.message = self.reply.value

    def take_focus(self) -> None:
        """Focus the field once it is laid out, so that it can be scrolled into view."""
        if self._answer is not None and self._answer.verdict is DecisionKind.EDIT:
            self.edit.take_focus()
        else:
            self.call_after_refresh(self.reply.focus)
