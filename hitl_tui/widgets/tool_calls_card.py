"""The card for tool calls that wait for approval: arguments first, then the agent's own story."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static, TextArea

from engine.model import (
    DecisionKind,
    JsonObject,
    Question,
    ToolCall,
    ToolCalls,
    Verdicts,
)
from engine.visible import one_line
from hitl_tui.widgets.call_answer import CallAnswer
from hitl_tui.widgets.call_parts import CallStrip, Choice
from hitl_tui.widgets.editor import Editor, JsonEditor
from hitl_tui.widgets.question_card import AnswerOf, QuestionCard
from hitl_tui.widgets.text_view import TextPane
from hitl_tui.widgets.ways import Way

_FIELD_TITLES = {
    DecisionKind.REJECT: "Reason (may be empty)",
    DecisionKind.RESPOND: "Respond in the tool's place",
}


class ToolCallsCard(QuestionCard):
    """Shows each call whole, one at a time; every call needs a verdict before anything is sent."""

    DEFAULT_CSS = """
    ToolCallsCard {
        #tool { height: 1; padding: 0 1; }
        #arguments { height: 2fr; min-height: 3; }
        #story { height: auto; max-height: 6; min-height: 2; }
        #story.-none { display: none; }
        #ways { height: 1; margin-top: 1; }
        #edited { display: none; height: 2fr; min-height: 4; }
        #words { display: none; height: 4; }
        &.-edit #edited { display: block; }
        &.-reject #words, &.-respond #words { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "a",
            "verdict('approve')",
            "Approve",
            tooltip="Let the call run as shown",
            id="card.approve",
        ),
        Binding(
            "e",
            "verdict('edit')",
            "Edit",
            tooltip="Let it run with other arguments",
            id="card.edit",
        ),
        Binding(
            "r",
            "verdict('reject')",
            "Reject",
            tooltip="Do not let it run, and say why",
            id="card.reject",
        ),
        Binding(
            "p",
            "verdict('respond')",
            "Respond",
            tooltip="Answer in the tool's place; it does not run",
            id="card.respond",
        ),
        Binding("n", "turn(1)", "Next call", tooltip="Show the next call", id="card.next_call"),
        Binding(
            "right",
            "turn(1)",
            "Next call",
            show=False,
            tooltip="Show the next call",
            id="card.right",
        ),
        Binding(
            "b,left",
            "turn(-1)",
            "Call before",
            show=False,
            tooltip="Show the call before",
            id="card.previous_call",
        ),
        Binding(
            "escape",
            "leave_field",
            "To the call",
            tooltip="Leave the text field",
            id="card.leave_field",
        ),
    ]
    HELP = """\
    ### Tool calls to approve
    **Arguments** are what runs. The description is the agent's own story about them.
    Give every call a verdict with **a**, **e**, **r** or **p**, then send them together with
    **ctrl+s**. The body of the tool is not inspected.
    """

    WAYS: ClassVar[tuple[Way, ...]] = (Way.FORM, Way.JSON)

    shown: reactive[int] = reactive(0, bindings=True)
    """Index of the call in view."""

    def __init__(
        self, question: Question, answer_of: AnswerOf, typed: JsonObject | None = None
    ) -> None:
        super().__init__(question, answer_of, typed)
        assert isinstance(question.review, ToolCalls), "a tool card is for tool calls"
        self.calls = question.review.calls
        self.answers = [CallAnswer.restored(None, call) for call in self.calls]
        self.strip = CallStrip(self.calls)
        self.tool = Static(id="tool", markup=False)
        self.arguments = TextPane("Arguments: this is what runs", numbered=True, id="arguments")
        self.story = TextPane("Described by the agent as", id="story")
        self.ways = [Choice(kind) for kind in DecisionKind]
        self.edited = JsonEditor("Arguments to run instead", id="edited")
        self.field = Editor(id="words")

    def compose_form(self) -> ComposeResult:
        """Put the arguments first, then the story, then the verdict and its text."""
        if len(self.calls) > 1:
            yield self.strip
        yield self.tool
        yield self.arguments
        yield self.story
        with Horizontal(id="ways"):
            yield from self.ways
        yield self.edited
        yield self.field

    @property
    def call(self) -> ToolCall:
        """The call in view."""
        return self.calls[self.shown]

    @property
    def its_answer(self) -> CallAnswer:
        """What was decided and typed for the call in view."""
        return self.answers[self.shown]

    # What was typed

    def load(self) -> None:
        """Show the first call."""
        self._show_call()

    def restore(self, typed: JsonObject) -> None:
        """Take up the verdicts and texts."""
        super().restore(typed)
        records = typed.get("calls")
        if isinstance(records, list) and len(records) == len(self.calls):
            self.answers = [
                CallAnswer.restored(record, call)
                for record, call in zip(records, self.calls, strict=True)
            ]
        self._show_call()

    def form_content(self) -> JsonObject:
        """Return the verdicts and texts of all calls."""
        return {"calls": [answer.record() for answer in self.answers]}

    def changed(self) -> None:
        """Keep what was typed with the call it was typed for."""
        self._keep()
        super().changed()

    def _keep(self) -> None:
        answer = self.its_answer
        if answer.verdict is DecisionKind.EDIT:
            answer.args = self.edited.text
        elif answer.verdict is DecisionKind.REJECT:
            answer.reason = self.field.value
        elif answer.verdict is DecisionKind.RESPOND:
            answer.message = self.field.value

    def size_of_form(self) -> int:
        """Return how long the edited arguments are."""
        return len(self.edited.text)

    # Calls

    def watch_shown(self) -> None:
        """Show another call; its verdict keys are dead until it has been in view."""
        if self.is_mounted:
            self._show_call()
            self.guard()
            self.focus()

    def _show_call(self) -> None:
        call = self.call
        number = f"call {self.shown + 1} of {len(self.calls)}" if len(self.calls) > 1 else ""
        self.tool.update(
            Content.assemble(
                ("tool  ", "$foreground 60%"),
                (one_line(call.name, 200), "bold $text-accent"),
                (f"   {number}", "$foreground 60%"),
            )
        )
        self.arguments.show_json(call.args)
        count = _count(len(call.args), "argument")
        self.arguments.entitle("Arguments: this is what runs", count)
        self.story.show_text(call.description)
        self.story.set_class(not call.description.strip(), "-none")
        self._show_verdict()

    def _show_verdict(self) -> None:
        answer = self.its_answer
        for way in self.ways:
            way.show(offered=way.kind in self.call.allowed, chosen=way.kind is answer.verdict)
        for kind in DecisionKind:
            self.set_class(kind is answer.verdict, f"-{kind.value}")
        self.strip.shown = self.shown
        self.strip.set_verdicts(tuple(each.verdict for each in self.answers))
        with self.prevent(TextArea.Changed):
            self._load_field(answer)

    def _load_field(self, answer: CallAnswer) -> None:
        match answer.verdict:
            case DecisionKind.EDIT:
                self.edited.show_source(answer.args)
            case DecisionKind.REJECT | DecisionKind.RESPOND as kind:
                self.field.entitle(_FIELD_TITLES[kind])
                rejected = kind is DecisionKind.REJECT
                self.field.show(answer.reason if rejected else answer.message)

    @on(CallStrip.Picked)
    def show_picked(self, event: CallStrip.Picked) -> None:
        """Show the call that was clicked."""
        self._keep()
        self.shown = event.index

    def action_turn(self, by: int) -> None:
        """Show the next call or the one before."""
        self._keep()
        self.shown = max(0, min(self.shown + by, len(self.calls) - 1))

    # Verdicts

    def action_verdict(self, kind: str) -> None:
        """Set the verdict of the call in view, and ask for its text."""
        if self.check_action("verdict", (kind,)) is not True:
            return
        self._keep()
        self.its_answer.verdict = DecisionKind(kind)
        self._show_verdict()
        self.changed()
        self.refresh_bindings()
        if self.its_answer.verdict is DecisionKind.EDIT:
            self.call_after_refresh(self.edited.focus)  # which scrolls to where it is by then
        elif self.its_answer.verdict is not DecisionKind.APPROVE:
            self.call_after_refresh(self.field.focus)

    @on(Choice.Picked)
    def choose(self, event: Choice.Picked) -> None:
        """A click does what the key does."""
        self.action_verdict(event.kind.value)

    def action_leave_field(self) -> None:
        """Give the keys back to the call."""
        self.focus()

    def show_answer(self) -> None:
        """Mark the first mistake in the arguments too."""
        if self.its_answer.verdict is DecisionKind.EDIT:
            self.edited.check()
        super().show_answer()

    def decision(self) -> Verdicts:
        """Return one verdict for each call. Raises NotReady, naming the first that lacks one."""
        self._keep()
        several = len(self.calls) > 1
        return Verdicts(
            tuple(
                answer.decision(
                    call, f"Call {index + 1}, {one_line(call.name, 60)}: " if several else ""
                )
                for index, (call, answer) in enumerate(zip(self.calls, self.answers, strict=True))
            )
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what this call allows, outside text fields, in time, and only once."""
        if action == "verdict":
            if self.answered or not self.in_form or self.writing:
                return False
            allowed = parameters[0] in {kind.value for kind in self.call.allowed}
            return True if allowed and self.armed else None
        if action == "turn":
            return len(self.calls) > 1 and not self.writing and self.in_form
        if action == "leave_field":
            return self.writing
        return super().check_action(action, parameters)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
