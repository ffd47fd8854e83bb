"""The card for tool calls that wait for approval: arguments first, then the agent's own story."""

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static, TextArea

from engine.model import (
    Approve,
    Decision,
    DecisionKind,
    Fault,
    JsonObject,
    Question,
    ToolCall,
    ToolCalls,
    Verdicts,
)
from engine.visible import one_line
from hitl_tui.literal import literal
from hitl_tui.widgets.arguments_pane import ArgumentsPane
from hitl_tui.widgets.call_answer import KEYS, CallAnswer, undecided_words, word
from hitl_tui.widgets.call_edit import CallEdit
from hitl_tui.widgets.call_parts import CallStrip, Choice
from hitl_tui.widgets.editor import Editor
from hitl_tui.widgets.question_card import AnswerOf, NotReady, QuestionCard
from hitl_tui.widgets.text_view import TextPane
from hitl_tui.widgets.ways import Way

CautionsOf = Callable[[Question, Decision], tuple[str, ...]]


def no_cautions(question: Question, decision: Decision) -> tuple[str, ...]:
    """Nothing has to be confirmed."""
    return ()


class ToolCallsCard(QuestionCard):
    """Shows each call whole, one at a time; every call needs a verdict before anything is sent."""

    DEFAULT_CSS = """
    ToolCallsCard {
        #tool { height: 1; padding: 0 1; }
        #arguments { height: 2fr; min-height: 4; }
        #story { height: auto; max-height: 6; min-height: 2; }
        #beside { height: auto; max-height: 5; min-height: 2; }
        #story.-none, #beside.-none { display: none; }
        #ways { height: 1; margin-top: 1; }
        #ways.-none { display: none; }
        #why { display: none; height: auto; padding: 0 1; color: $foreground 70%; }
        #why.-some { display: block; }
        #why.-asked { color: $text-warning; text-style: bold; }
        CallEdit { display: none; }
        #reply { display: none; height: 4; }
        &.-edit CallEdit { display: block; }
        &.-edit #story, &.-edit #beside { display: none; }
        &.-reject #reply, &.-respond #reply { display: block; }
        &.-no-reason.-reject #reply { display: none; }
    }
    .-high ToolCallsCard {
        CallStrip { max-height: 4; margin-bottom: 0; }
        #story { max-height: 4; }
        #beside { max-height: 3; }
        #ways { margin-top: 0; }
        &.-edit #arguments { display: none; }
    }
    .-short ToolCallsCard {
        CallStrip { max-height: 2; }
        CallEdit { height: auto; }
        #form-seat, #edited { height: 7; }
        &.-edit #arguments { display: none; }
    }
    """
    SCOPED_CSS = False  # how it gives way on small screens is said of the screen's classes
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
    rested: reactive[bool] = reactive(True, repaint=False, bindings=True)
    """No key is held down from the call before."""

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
        self.answers = [CallAnswer.restored(None, call) for call in self.calls]
        self._cautions_of = cautions_of
        self._together: frozenset[int] = frozenset()
        self._opening = False  # a text field is about to take the keys
        self._resting_keys: Timer | None = None
        self.strip = CallStrip(self.calls)
        self.tool = Static(id="tool", markup=False)
        self.arguments = ArgumentsPane("Arguments: this is what runs", id="arguments")
        self.story = TextPane("Described by the agent as", id="story")
        self.beside = TextPane("The request also says", id="beside")
        self.ways = [Choice(kind) for kind in DecisionKind]
        self.ways_line = Horizontal(*self.ways, id="ways")
        self.why = Static(id="why", markup=False)
        self.edit = CallEdit()
        self.reply = Editor(id="reply")

    def compose_form(self) -> ComposeResult:
        """Put the arguments first, then the story, then the verdict and its text."""
        if len(self.calls) > 1:
            yield self.strip
        yield self.tool
        yield self.arguments
        yield self.story
        yield self.beside
        yield self.ways_line
        yield self.why
        yield self.edit
        yield self.reply

    @property
    def call(self) -> ToolCall:
        """The call in view."""
        return self.calls[self.shown]

    @property
    def its_answer(self) -> CallAnswer:
        """What was decided and typed for the call in view."""
        return self.answers[self.shown]

    @property
    def undecided(self) -> list[int]:
        """The calls that have no verdict yet."""
        return [index for index, answer in enumerate(self.answers) if answer.verdict is None]

    @property
    def writing(self) -> bool:
        """Whether the keys belong to something that is filled in: fields of a form take letters."""
        focused = self.screen.focused
        in_edit = focused is not None and self.edit in focused.ancestors
        return self._opening or in_edit or super().writing

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
        self._show_verdict()

    def form_content(self) -> JsonObject:
        """Return the verdicts and texts of all calls."""
        return {"calls": [answer.record() for answer in self.answers]}

    @on(CallEdit.Changed)
    def hear_edit(self, event: CallEdit.Changed) -> None:
        """Show what would be sent now."""
        event.stop()
        self.changed()

    def changed(self) -> None:
        """Keep what was typed with the call it was typed for."""
        self._keep()
        self.strip.show(self.answers, self.shown)
        super().changed()

    def _keep(self) -> None:
        match self.its_answer.verdict:
            case DecisionKind.EDIT:
                self.edit.keep()
            case DecisionKind.REJECT:
                for index in self._together or {self.shown}:
                    self.answers[index].reason = self.reply.value
            case DecisionKind.RESPOND:
                self.its_answer.message = self.reply.value

    def size_of_form(self) -> int:
        """Return how long the edited arguments are."""
        return self.edit.size_of_text

    # Calls

    def watch_shown(self) -> None:
        """Show another call; its verdict keys are dead until it has been in view."""
        if self.is_mounted:
            self._show_call()
            self.guard()
            self.take_focus()
            self.scroll_home(animate=False)

    def _show_call(self) -> None:
        call = self.call
        self.arguments.show_args(call.args)
        self.story.show_text(call.description)
        self.story.set_class(not call.description.strip(), "-none")
        self.story.entitle(
            "Described by the agent as", "" if call.args else "it brings no arguments, only this"
        )
        self._show_beside(call.beside, self.review.beside)
        self.set_class(not call.takes_reason, "-no-reason")
        self._show_verdict()

    def _show_beside(self, of_call: JsonObject, of_request: JsonObject) -> None:
        both: JsonObject = {"of this call": of_call, "of the request": of_request}
        beside = both if of_call and of_request else of_call or of_request
        self.beside.show_json(beside)
        self.beside.set_class(not beside, "-none")

    def _show_verdict(self) -> None:
        answer = self.its_answer
        self._show_tool()
        for way in self.ways:
            way.show(self.call, answer.verdict)
        self.ways_line.set_class(not self.call.allowed, "-none")
        self._say(self._why_not())
        for kind in DecisionKind:
            self.set_class(kind is answer.verdict, f"-{kind.value}")
        self.strip.show(self.answers, self.shown)
        with self.prevent(TextArea.Changed):
            self._load_field(answer)

    def _show_tool(self) -> None:
        count, open_ones = len(self.calls), len(self.undecided)
        place = f"call {self.shown + 1} of {count}, {open_ones} undecided" if count > 1 else ""
        self.tool.update(
            Content.assemble(
                ("tool  ", "$foreground 60%"),
                (one_line(self.call.name, 200), "bold $text-accent"),
                (f"   {place}", "$foreground 60%"),
            )
        )

    def _load_field(self, answer: CallAnswer) -> None:
        match answer.verdict:
            case DecisionKind.EDIT:
                self.edit.show(answer)
            case DecisionKind.REJECT:
                several = f" of {len(self._together)} calls" if len(self._together) > 1 else ""
                said = word(self.call, DecisionKind.REJECT)
                self.reply.entitle(f"{said}: the reason{several} (may be empty)")
                self.reply.show(answer.reason)
            case DecisionKind.RESPOND:
                said = word(self.call, DecisionKind.RESPOND)
                self.reply.entitle(f"{said} in the tool's place")
                self.reply.show(answer.message)

    @on(CallStrip.Picked)
    def show_picked(self, event: CallStrip.Picked) -> None:
        """Show the call that was clicked."""
        self._turn_to(event.index)

    def action_turn(self, by: int) -> None:
        """Show the next call or the one before."""
        self._turn_to(max(0, min(self.shown + by, len(self.calls) - 1)))

    def _turn_to(self, index: int) -> None:
        """Show a call because somebody wants to: another key than a verdict's ends its repeating."""
        self._keep()
        self._have_rested()
        self._together = frozenset()
        self.shown = index

    # Why something is not offered

    def _why_not(self) -> str:
        call = self.call
        if not call.allowed:
            return undecided_words(call)
        others = [word(call, kind) for kind in DecisionKind if kind not in call.allowed]
        return f"{', '.join(others)}: not allowed. {call.why_not}" if others else ""

    def _say(self, words: str, *, asked: bool = False) -> None:
        self.why.update(literal(words))
        self.why.set_class(bool(words), "-some")
        self.why.set_class(asked, "-asked")

    def on_key(self, event: events.Key) -> None:
        """Say why a verdict is not offered; wait longer while a key from the call before repeats."""
        kind = next((kind for kind, key in KEYS.items() if key == event.key), None)
        if kind is None or self.check_action("verdict", (kind.value,)) is not None:
            return
        if kind not in self.call.allowed:
            self._say(self._why_not(), asked=True)
        elif not self.rested:
            self._say("Too soon after the call before: look at this one first.", asked=True)
            self._rest()

    # Verdicts

    def action_verdict(self, kind: str) -> None:
        """Set the verdict of the call in view, and ask for its text."""
        if self.check_action("verdict", (kind,)) is not True:
            return
        self._keep()
        self._together = frozenset()
        self.its_answer.verdict = DecisionKind(kind)
        self._verdict_given()
        if not self._takes_text and (undecided := self.undecided):
            later = [index for index in undecided if index > self.shown]
            self.shown = (later or undecided)[0]
            self._rest()

    def _verdict_given(self) -> None:
        self._show_verdict()
        self.changed()
        self.refresh_bindings()
        self._opening = self._takes_text
        if self.its_answer.verdict is DecisionKind.EDIT:
            self.edit.take_focus()
        elif self._opening:
            self.call_after_refresh(self.reply.focus)  # which scrolls to where it is by then

    def on_descendant_focus(self) -> None:
        """The field that was opened has the keys, or another one has."""
        self._opening = False
        self.refresh_bindings()

    @property
    def _takes_text(self) -> bool:
        match self.its_answer.verdict:
            case DecisionKind.EDIT | DecisionKind.RESPOND:
                return True
            case DecisionKind.REJECT:
                return self.call.takes_reason
            case _:
                return False

    def _rest(self) -> None:
        """Let no verdict be given until the keys have rested: one may be held down."""
        self.rested = False
        if self._resting_keys is not None:
            self._resting_keys.stop()
        self._resting_keys = self.set_timer(self.GUARD * self.REST, self._have_rested)

    def _have_rested(self) -> None:
        if not self.rested:
            self.rested = True
            self._say(self._why_not())

    def action_rest(self, kind: str) -> None:
        """Give every undecided call the same verdict; name those that do not allow it."""
        if self.check_action("rest", (kind,)) is not True:
            return
        self._keep()
        verdict, undecided = DecisionKind(kind), self.undecided
        given = frozenset(index for index in undecided if verdict in self.calls[index].allowed)
        for index in given:
            self.answers[index].verdict = verdict
        if verdict is DecisionKind.REJECT:
            self._together = given
            for index in given:
                self.answers[index].reason = ""
        left = [index for index in undecided if index not in given]
        self.shown = min(given) if self._together else (left or [self.shown])[0]
        self.guard()
        if given:
            self._verdict_given()
        if left:
            names = ", ".join(
                f"{index + 1} {one_line(self.calls[index].name, 40)}" for index in left
            )
            said = word(self.calls[left[0]], verdict)
            self._say(f"Still undecided, {said} is not allowed there: {names}.", asked=True)

    @on(Choice.Picked)
    def choose(self, event: Choice.Picked) -> None:
        """A click does what the key does."""
        if event.kind not in self.call.allowed:
            self._say(self._why_not(), asked=True)
        self.action_verdict(event.kind.value)

    def action_leave_field(self) -> None:
        """Give the keys back to the call."""
        self._together = frozenset()
        self._opening = False
        self._show_verdict()
        self.first_field().focus()

    def action_arguments_json(self) -> None:
        """Show the arguments as JSON, or each in its own form."""
        self.arguments.toggle_json()

    def action_fold(self, folded: bool) -> None:
        """Fold or unfold all arguments."""
        self.arguments.fold_all(folded=folded)

    def first_field(self) -> Widget:
        """Begin with what runs; on a short screen all scrolls together, from the tool's name on."""
        return self if self.screen.has_class("-short") else self.arguments

    # What will be sent

    def show_answer(self) -> None:
        """Show what an edit changes, and what about it has to be confirmed."""
        if self.its_answer.verdict is DecisionKind.EDIT:
            self.edit.show_difference(self.call, self._cautions())
        super().show_answer()

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """Show what is wrong with the edited arguments, each at its field."""
        answer = self.its_answer
        if answer.verdict is not DecisionKind.EDIT or not answer.by_form:
            return
        reading = answer.reading()
        found = (
            Fault(fault.argument[1], fault.words)
            for fault in faults
            if fault.argument is not None and fault.argument[0] == self.shown
        )
        self.edit.show_faults(reading.and_then(found))

    def decide(self) -> None:
        """Say what is wrong with every field, from now on."""
        self.edit.touch_all()
        super().decide()

    def _cautions(self) -> tuple[str, ...]:
        """Return what the edit in view will have to be confirmed for."""
        try:
            verdict = self.its_answer.decision()
        except NotReady:
            return ()
        others = [Approve() for _ in self.calls]
        verdicts = (*others[: self.shown], verdict, *others[self.shown + 1 :])
        return self._cautions_of(self.question, Verdicts(verdicts))

    def note(self) -> str:
        """Say so when an edit changes nothing."""
        same = [
            str(index + 1)
            for index, answer in enumerate(self.answers)
            if answer.verdict is DecisionKind.EDIT and answer.changes_nothing
        ]
        if not same:
            return ""
        calls = "" if len(self.calls) == 1 else f"call {', '.join(same)}: "
        return f"{calls}the arguments are unchanged"

    def decision(self) -> Verdicts:
        """Return one verdict for each call. Raises NotReady, naming the first that lacks one."""
        self._keep()
        several = len(self.calls) > 1
        return Verdicts(
            tuple(
                answer.decision(
                    f"Call {index + 1}, {one_line(answer.call.name, 60)}: " if several else ""
                )
                for index, answer in enumerate(self.answers)
            )
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what this call allows, outside text fields, in time, and only once."""
        match action:
            case "verdict":
                if self.answered or not self.in_form or self.writing:
                    return False
                allowed = parameters[0] in {kind.value for kind in self.call.allowed}
                return True if allowed and self.armed and self.rested else None
            case "rest":
                if self.answered or not self.in_form or self.writing or len(self.calls) == 1:
                    return False
                kind = DecisionKind(str(parameters[0]))
                offered = any(kind in self.calls[index].allowed for index in self.undecided)
                return True if offered and self.armed and self.rested else None
            case "turn":
                return len(self.calls) > 1 and not self.writing and self.in_form
            case "arguments_json" | "fold":
                return not self.writing and self.in_form
            case "leave_field":
                return self.writing
            case _:
                return super().check_action(action, parameters)
