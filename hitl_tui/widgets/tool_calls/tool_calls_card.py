"""The card for tool calls that wait for approval: arguments first, then the agent's own story."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from hitl_engine.model import (
    Decision,
    DecisionKind,
    Fault,
    JsonObject,
    Question,
    ToolCall,
    ToolCalls,
    Verdicts,
)
from hitl_engine.visible import one_line
from hitl_tui.state.call_answer import KEYS, CallAnswer, word
from hitl_tui.state.request_answer import RequestAnswer
from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.question_card import AnswerOf, QuestionCard
from hitl_tui.widgets.tool_calls.call_edit import CallEdit
from hitl_tui.widgets.tool_calls.call_parts import CallStrip, Choice
from hitl_tui.widgets.tool_calls.call_view import CallView
from hitl_tui.widgets.tool_calls.held_keys import RestingKeys
from hitl_tui.widgets.tool_calls.verdict_fields import VerdictFields
from hitl_tui.widgets.tool_calls.verdict_line import VerdictLine, why_not

CautionsOf = Callable[[Question, Decision], tuple[str, ...]]


def no_cautions(question: Question, decision: Decision) -> tuple[str, ...]:
    """Nothing has to be confirmed."""
    return ()


class ToolCallsCard(QuestionCard):
    """Shows each call whole, one at a time; every call needs a verdict before anything is sent."""

    DEFAULT_CSS = """
    ToolCallsCard #tool { height: 1; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "a",
            "verdict('approve')",
            "Approve",
            show=False,
            tooltip="Let the call run as shown",
            id="card.approve",
        ),
        Binding(
            "e",
            "verdict('edit')",
            "Edit",
            show=False,
            tooltip="Let it run with other arguments",
            id="card.edit",
        ),
        Binding(
            "r",
            "verdict('reject')",
            "Reject",
            show=False,
            tooltip="Do not let it run, and say why",
            id="card.reject",
        ),
        Binding(
            "p",
            "verdict('respond')",
            "Respond",
            show=False,
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
            "A",
            "rest('approve')",
            "Approve rest",
            tooltip="Approve every call that is undecided, where that is allowed",
            id="card.approve_rest",
        ),
        Binding(
            "R",
            "rest('reject')",
            "Reject rest",
            tooltip="Reject every call that is undecided, with one reason for all",
            id="card.reject_rest",
        ),
        Binding(
            "j",
            "arguments_json",
            "JSON",
            tooltip="Show the arguments as the JSON that they are, or each in its own form",
            id="card.arguments_json",
        ),
        Binding(
            "plus",
            "fold(False)",
            "Unfold",
            show=False,
            tooltip="Unfold everything in the arguments",
            id="card.unfold",
        ),
        Binding(
            "minus",
            "fold(True)",
            "Fold",
            show=False,
            tooltip="Fold everything in the arguments",
            id="card.fold",
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
    **Arguments** are what runs; the description is the agent's own story about them. Give every
    call a verdict with **a**, **e**, **r** or **p**, then send them together with **ctrl+s**.
    **n** and **b** turn to other calls; **A** approves and **R** rejects all that are undecided.
    **j** shows the arguments as JSON, **+** unfolds them. The body of the tool is not inspected.
    """
    REST: ClassVar[float] = 2.5
    """How many times the guard the keys must rest after a call came into view by itself.

    Together longer than the delay before a key that is held down begins to repeat.
    """

    WAYS: ClassVar[tuple[Way, ...]] = (Way.FORM, Way.JSON)

    shown: reactive[int] = reactive(0, bindings=True)
    """Index of the call in view."""

    def __init__(
        self,
        question: Question,
        answer_of: AnswerOf,
        typed: JsonObject | None = None,
        cautions_of: CautionsOf = no_cautions,
    ) -> None:
        super().__init__(question, answer_of, typed)
        assert isinstance(question.review, ToolCalls), "a tool card is for tool calls"
        self.review = question.review
        self.calls = question.review.calls
        self.request = RequestAnswer(self.calls)
        self._cautions_of = cautions_of
        self._opening = False  # a text field is about to take the keys
        self.verdict_keys = RestingKeys(self, self._say_why_not)
        self.strip = CallStrip(self.calls)
        self.tool = Static(id="tool", markup=False)
        self.view = CallView()
        self.verdicts = VerdictLine()
        self.fields = VerdictFields()

    def compose_form(self) -> ComposeResult:
        """Put the call first, then its verdict and what that is filled in with."""
        if len(self.calls) > 1:
            yield self.strip
        yield self.tool
        yield self.view
        yield self.verdicts
        yield self.fields

    @property
    def call(self) -> ToolCall:
        """The call in view."""
        return self.calls[self.shown]

    @property
    def its_answer(self) -> CallAnswer:
        """What was decided and typed for the call in view."""
        return self.request.answers[self.shown]

    @property
    def writing(self) -> bool:
        """Whether the keys belong to something that is filled in: fields of a form take letters."""
        focused = self.screen.focused
        filling = focused is not None and self.fields in focused.ancestors
        return self._opening or filling or super().writing

    # What was typed

    def load(self) -> None:
        """Show the first call."""
        self._show_call()

    def restore(self, typed: JsonObject) -> None:
        """Take up the verdicts and texts."""
        super().restore(typed)
        self.request = RequestAnswer(self.calls, typed.get("calls"))
        self._show_verdict()

    def form_content(self) -> JsonObject:
        """Return the verdicts and texts of all calls."""
        return {"calls": self.request.record()}

    @on(CallEdit.Changed)
    def hear_edit(self, event: CallEdit.Changed) -> None:
        """Show what would be sent now."""
        event.stop()
        self.changed()

    def changed(self) -> None:
        """Keep what was typed with the call it was typed for."""
        self.fields.keep()
        self.strip.show(self.request.answers, self.shown)
        super().changed()

    def size_of_form(self) -> int:
        """Return how long the edited arguments are."""
        return self.fields.edit.size_of_text

    # Calls

    def watch_shown(self) -> None:
        """Show another call; its verdict keys are dead until it has been in view."""
        if self.is_mounted:
            self._show_call()
            self.guard.restart()
            self.take_focus()
            self.scroll_home(animate=False)

    def _show_call(self) -> None:
        self.view.show(self.call, self.review.extra)
        self._show_verdict()

    def _show_verdict(self, together: Iterable[int] = ()) -> None:
        answer = self.its_answer
        self._show_tool()
        self.verdicts.show(answer)
        self.view.make_room(edited=answer.verdict is DecisionKind.EDIT)
        self.strip.show(self.request.answers, self.shown)
        self.fields.show(answer, tuple(self.request.answers[index] for index in together))

    def _show_tool(self) -> None:
        count, open_ones = len(self.calls), len(self.request.undecided)
        place = f"call {self.shown + 1} of {count}, {open_ones} undecided" if count > 1 else ""
        self.tool.update(
            Content.assemble(
                ("tool  ", "$foreground 60%"),
                (one_line(self.call.name, 200), "bold $text-accent"),
                (f"   {place}", "$foreground 60%"),
            )
        )

    @on(CallStrip.Picked)
    def show_picked(self, event: CallStrip.Picked) -> None:
        """Show the call that was clicked."""
        self._turn_to(event.index)

    def action_turn(self, by: int) -> None:
        """Show the next call or the one before."""
        self._turn_to(max(0, min(self.shown + by, len(self.calls) - 1)))

    def _turn_to(self, index: int) -> None:
        """Show a call because somebody wants to: another key than a verdict's ends its repeating."""
        self.fields.keep()
        self.fields.part()
        self.verdict_keys.wake()
        self.shown = index

    # Why something is not offered

    def _say_why_not(self, *, asked: bool = False) -> None:
        self.verdicts.say(why_not(self.call), asked=asked)

    def on_key(self, event: events.Key) -> None:
        """Say why a verdict is not offered; wait longer while a key from the call before repeats."""
        kind = next((kind for kind, key in KEYS.items() if key == event.key), None)
        if kind is None or self.check_action("verdict", (kind.value,)) is not None:
            return
        if kind not in self.call.allowed:
            self._say_why_not(asked=True)
        elif not self.verdict_keys.rested:
            words = "Too soon after the call before: look at this one first."
            self.verdicts.say(words, asked=True)
            self._rest()

    # Verdicts

    def action_verdict(self, kind: str) -> None:
        """Set the verdict of the call in view, and ask for its text."""
        if self.check_action("verdict", (kind,)) is not True:
            return
        self.fields.keep()
        self.its_answer.verdict = DecisionKind(kind)
        self._verdict_given()
        following = self.request.next_undecided(self.shown)
        if not self.its_answer.takes_text and following is not None:
            self.shown = following
            self._rest()

    def _verdict_given(self, together: Iterable[int] = ()) -> None:
        self._show_verdict(together)
        self.changed()
        self.refresh_bindings()
        self._opening = self.its_answer.takes_text
        if self._opening:
            self.fields.take_focus()

    def on_descendant_focus(self) -> None:
        """The field that was opened has the keys, or another one has."""
        self._opening = False
        self.refresh_bindings()

    def _rest(self) -> None:
        """Let no verdict be given until the keys have rested: one may be held down."""
        self.verdict_keys.rest(self.guard.SECONDS * self.REST)

    def action_rest(self, kind: str) -> None:
        """Give every undecided call the same verdict; name those that do not allow it."""
        if self.check_action("rest", (kind,)) is not True:
            return
        self.fields.keep()
        verdict = DecisionKind(kind)
        given = self.request.give_rest(verdict)
        left = self.request.undecided
        together = given if verdict is DecisionKind.REJECT else []
        self.shown = (together or left or [self.shown])[0]
        self.guard.restart()
        if given:
            self._verdict_given(together)
        if left:
            said = word(self.calls[left[0]], verdict)
            which = f"{said} is not allowed there: {self.request.named(left)}."
            self.verdicts.say(f"Still undecided, {which}", asked=True)

    @on(Choice.Picked)
    def choose(self, event: Choice.Picked) -> None:
        """A click does what the key does."""
        if event.kind not in self.call.allowed:
            self._say_why_not(asked=True)
        self.action_verdict(event.kind.value)

    def action_leave_field(self) -> None:
        """Give the keys back to the call."""
        self._opening = False
        self._show_verdict()
        self.first_field().focus()

    def action_arguments_json(self) -> None:
        """Show the arguments as JSON, or each in its own form."""
        self.view.arguments.toggle_json()

    def action_fold(self, folded: bool) -> None:
        """Fold or unfold all arguments."""
        self.view.arguments.fold_all(folded=folded)

    def first_field(self) -> Widget:
        """Begin with what runs; on a short screen all scrolls together, from the tool's name on."""
        return self if self.screen.has_class("-short") else self.view.arguments

    # What will be sent

    def show_answer(self) -> None:
        """Show what an edit changes, and what about it has to be confirmed."""
        if self.its_answer.verdict is DecisionKind.EDIT:
            self.fields.edit.show_difference(self.call, self._cautions())
        super().show_answer()

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """Show what is wrong with the edited arguments, each at its field."""
        if self.its_answer.verdict is not DecisionKind.EDIT:
            return
        of_this_call = (
            Fault(fault.argument[1], fault.words)
            for fault in faults
            if fault.argument is not None and fault.argument[0] == self.shown
        )
        self.fields.edit.show_faults(tuple(of_this_call))

    def touch_all(self) -> None:
        """Say what is wrong with every field, from now on."""
        self.fields.edit.touch_all()

    def _cautions(self) -> tuple[str, ...]:
        """Return what the edit in view will have to be confirmed for."""
        edited = self.request.decision_on(self.shown)
        return self._cautions_of(self.question, edited) if edited else ()

    def note(self) -> str:
        """Say so when an edit changes nothing."""
        return self.request.unchanged()

    def decision(self) -> Verdicts:
        """Return one verdict for each call. Raises NotReady, naming the first that lacks one."""
        self.fields.keep()
        return self.request.decision()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what this call allows, outside text fields, in time, and only once."""
        match action:
            case "verdict":
                if self.answered or not self.in_form or self.writing:
                    return False
                allowed = parameters[0] in {kind.value for kind in self.call.allowed}
                return True if allowed and self.armed and self.verdict_keys.rested else None
            case "rest":
                if self.answered or not self.in_form or self.writing or len(self.calls) == 1:
                    return False
                offered = self.request.can_give_rest(DecisionKind(str(parameters[0])))
                return True if offered and self.armed and self.verdict_keys.rested else None
            case "turn":
                return len(self.calls) > 1 and not self.writing and self.in_form
            case "arguments_json" | "fold":
                return not self.writing and self.in_form
            case "leave_field":
                return self.writing
            case _:
                return super().check_action(action, parameters)
