"""The part for tool calls that wait for approval: one call in view, a verdict on each."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import TextArea

from hitl_engine.model import (
    Decision,
    DecisionKind,
    Fault,
    JsonObject,
    ProjectFile,
    ToolCall,
    ToolCalls,
    Verdicts,
)
from hitl_tui.messages import FileWanted
from hitl_tui.state.call_answer import CallAnswer, verdict_name
from hitl_tui.state.not_ready import NotSeen
from hitl_tui.state.request_answer import RequestAnswer
from hitl_tui.text.arguments import Change, arguments_of
from hitl_tui.text.file_change import file_change_of
from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.card_body import CardBody
from hitl_tui.widgets.cards.question_part import JUMP_KEY, QuestionPart, unseen_words
from hitl_tui.widgets.keeps_seen import KeepsSeen
from hitl_tui.widgets.reason_field import ReasonField, ReasonsOffered
from hitl_tui.widgets.tool_calls.call_edit import CallEdit
from hitl_tui.widgets.tool_calls.call_panel import CallPanel
from hitl_tui.widgets.tool_calls.call_strip import CallStrip
from hitl_tui.widgets.tool_calls.key_pause import KeyPause

_NAMED = 3
"""How many unseen calls are named."""
CautionsAbout = Callable[[Decision], tuple[str, ...]]
"""Returns what has to be confirmed before a decision is sent."""


class ToolCallsPart(QuestionPart):
    """Shows each call in full, one at a time; nothing is sent before every call has a verdict.

    `CallKeys` has its keys.
    """

    DEFAULT_CSS = """
    ToolCallsPart.-fits CallPanel, ToolCallsPart.-fits CallView { height: auto; }
    ToolCallsPart.-fits CallView #arguments { height: auto; }
    """
    HELP = """\
    ### Tool calls to approve
    The **arguments** are what runs; the description is what the agent writes about them. Give every
    call a verdict with **a**, **e**, **r** or **p**, then send all verdicts with **ctrl+s**.
    **backspace** takes the verdict on a call back. **n** and **b** show other calls; **A** approves
    and **R** rejects all that are undecided.
    **j** shows the arguments as JSON, **+** unfolds them. The code of the tool is not inspected.
    """
    TITLE = "Tool calls"
    WAYS: ClassVar[tuple[Way, ...]] = (Way.FORM, Way.JSON)

    shown: reactive[int] = reactive(0, bindings=True)
    """The index of the call in view."""

    def __init__(
        self, review: ToolCalls, cautions_about: CautionsAbout, reasons: ReasonsOffered
    ) -> None:
        super().__init__()
        self.review = review
        self.request = RequestAnswer(review.calls)
        self._cautions_about = cautions_about
        self.strip = CallStrip(review.calls)
        self.panel = CallPanel(reasons)
        self.pause = KeyPause(self, self.panel.verdicts.show_why_not)
        self._seen: set[int] = set()
        """The calls of which all that an approval covers was on the screen."""
        self._told_unseen = False
        """Whether the line of verdicts shows that rows of the call in view are unseen."""

    def compose(self) -> ComposeResult:
        """Put the list of calls above the call in view."""
        if len(self.review.calls) > 1:
            yield self.strip
        yield self.panel

    @property
    def compares(self) -> bool:
        """Whether a call has two texts to compare, in its arguments or with a file."""
        return any(map(_compares, self.review.calls))

    @property
    def answer(self) -> CallAnswer:
        """The answer to the call in view."""
        return self.request.answers[self.shown]

    # What was typed

    def load(self, typed: JsonObject) -> None:
        """Show the first call, and the verdicts and texts that were typed before."""
        self.request = RequestAnswer(self.review.calls, typed.get("calls"))
        self._show_call()
        self._show_answer()

    def content(self) -> JsonObject:
        """Return the verdicts and texts of all calls."""
        return {"calls": self.request.record()}

    @property
    def length(self) -> int:
        """The length of the arguments that are edited as JSON."""
        return self.panel.fields.edit.length

    @on(CallEdit.Changed)
    @on(TextArea.Changed)
    def field_changed(self, event: Message) -> None:
        """Keep what was typed with its call, and tell the card."""
        event.stop()
        self.changed()

    @on(ReasonField.ReasonTaken)
    def reason_taken(self) -> None:
        """Keep the reason; it has to be in view before it is sent."""
        self.changed(guarded=True)

    def changed(self, *, guarded: bool = False) -> None:
        """Keep what was typed with its call, and tell the card."""
        self.panel.fields.keep()
        self.strip.show(self.request.answers, self.shown)
        super().changed(guarded=guarded)

    # Which call is in view

    def watch_shown(self) -> None:
        """Show another call; it has to be in view before it gets a verdict."""
        if self.is_mounted:
            self._show_call()
            self._show_answer()
            self.card.guard.restart()
            self.card.take_focus()
            self.query_ancestor(CardBody).scroll_home(animate=False)

    def _show_call(self) -> None:
        seen, call = self.shown in self._seen, self.answer.call
        named_above = len(self.review.calls) > 1 and self.strip.names_whole(call)
        self.panel.set_class(named_above, "-named-above")
        self.panel.show_call(call, self.review.extra, seen=seen)
        self.came_into_view()

    # Files that a call writes

    def came_into_view(self) -> None:
        """Ask for the file that the call in view writes, as it is now."""
        call = self.answer.call
        if (change := file_change_of(call)) is not None:
            message = FileWanted(call, change.path).set_sender(self)  # else it may end at the card
            self.post_message(message)

    def show_file(self, call: ToolCall, file: ProjectFile | None) -> None:
        """Show how a call would change a file, if that call is still in view."""
        if call is self.answer.call:
            self.panel.view.file.show_file(call, file)

    # What was on the screen

    @on(KeepsSeen.Seen)
    def rows_seen(self) -> None:
        """Offer to approve once all rows of the call in view were on the screen."""
        if self.shown not in self._seen and not self.panel.view.unseen:
            self._seen.add(self.shown)
            if self._told_unseen:
                self.panel.verdicts.show_why_not()
                self._told_unseen = False
            self.refresh_bindings()

    @property
    def unseen(self) -> int:
        """How many rows of the call in view, and how many other calls, were not on the screen."""
        others = len(self.review.calls) - len(self._seen | {self.shown})
        return others + (0 if self.shown in self._seen else self.panel.view.unseen)

    def jump_to_end(self) -> None:
        """Show the last row of the call in view, and count all calls as seen."""
        self.panel.view.jump_to_end()
        self._seen.update(range(len(self.review.calls)))
        self.panel.verdicts.show_why_not()

    def show_unseen(self) -> None:
        """Show why the call in view cannot be approved yet, if so."""
        if unseen := self.panel.view.unseen:
            self.panel.verdicts.show_reason(unseen_words(unseen), emphasized=True)
            self._told_unseen = True

    def show_unseen_rest(self) -> bool:
        """Show which undecided calls cannot be approved yet; return whether there are any."""
        takers = self.request.undecided_that_take(DecisionKind.APPROVE)
        others = [each for each in takers if each not in self._seen]
        if not others:
            return False
        named = self.request.named(others[:_NAMED])
        more = f" and {len(others) - _NAMED:,} more" if len(others) > _NAMED else ""
        words = f"Not seen yet: {named}{more}. n shows them, {JUMP_KEY} marks all as seen."
        self.panel.verdicts.show_reason(words, emphasized=True)
        return True

    def _show_answer(self, same_reason: Iterable[int] = ()) -> None:
        self.strip.show(self.request.answers, self.shown)
        answers = tuple(self.request.answers[index] for index in same_reason)
        self.fits = self.answer.verdict is not DecisionKind.EDIT
        self.panel.show_answer(self.answer, self.request.place(self.shown), answers)

    def turn_to(self, index: int) -> None:
        """Show a call because the user wants to; that ends the repeating of a verdict's key."""
        self.panel.fields.keep()
        self.panel.fields.end_same_reason()
        self.pause.end()
        self.shown = index

    @on(CallStrip.Picked)
    def call_clicked(self, event: CallStrip.Picked) -> None:
        """Show the call that was clicked."""
        self.turn_to(event.index)

    def first_field(self) -> Widget | None:
        """Return the arguments; None on a short screen, where the whole card scrolls."""
        return None if self.screen.has_class("-short") else self.panel.view.arguments

    # Verdicts

    def offers(self, kind: DecisionKind, *, rest: bool = False) -> bool | None:
        """Return whether a verdict can be given to the call in view, or to all the undecided calls.

        None if it is shown, but not allowed, or cannot be given yet.
        """
        calls = self.review.calls
        if (
            not self.in_use
            or self.card.answered
            or self.panel.writing
            or (rest and len(calls) == 1)
        ):
            return False
        given = self._takers(kind) if rest else [self.shown]
        fits = bool(given) if rest else kind in self.answer.call.allowed
        if kind is DecisionKind.APPROVE and not self._seen.issuperset(given):
            return None
        return True if fits and self.card.armed and not self.pause.active else None

    def give(self, kind: DecisionKind) -> None:
        """Give the call in view a verdict, and show its field, or else the next undecided call."""
        if self.offers(kind) is not True:
            return
        self.panel.fields.keep()
        self.answer.verdict = kind
        self._show_given()
        following = self.request.next_undecided(self.shown)
        if not self.answer.takes_text and following is not None:
            self.shown = following
            self.pause.start()

    @property
    def has_verdict_to_clear(self) -> bool:
        """Whether the call in view has a verdict that can be taken back now."""
        usable = self.in_use and not self.card.answered and not self.panel.writing
        return usable and self.answer.verdict is not None

    def clear_verdict(self) -> None:
        """Take the verdict on the call in view back; what was typed for it is kept."""
        self.panel.fields.keep()
        self.panel.fields.end_same_reason()
        self.answer.verdict = None
        self._show_answer()
        self.changed()
        self.refresh_bindings()

    def _show_given(self, same_reason: Iterable[int] = (), *, guarded: bool = False) -> None:
        self._show_answer(same_reason)
        self.changed(guarded=guarded)
        self.refresh_bindings()
        self.panel.open_field()

    def give_rest(self, kind: DecisionKind) -> None:
        """Give every undecided call the same verdict; name those that do not allow it."""
        if self.offers(kind, rest=True) is not True:
            return
        self.panel.fields.keep()
        given = self._takers(kind)
        self.request.give(kind, given)
        left = self.request.undecided
        same_reason = given if kind is DecisionKind.REJECT else []
        self.shown = (same_reason or left or [self.shown])[0]
        self.card.guard.restart()
        if given:
            self._show_given(same_reason, guarded=True)
        unseen = kind is DecisionKind.APPROVE and self.show_unseen_rest()
        if left and not unseen:
            name = verdict_name(self.review.calls[left[0]], kind)
            which = f"{name} is not allowed there: {self.request.named(left)}."
            self.panel.verdicts.show_reason(f"Still undecided, {which}", emphasized=True)

    def _takers(self, kind: DecisionKind) -> list[int]:
        """Return the undecided calls that can get this verdict now."""
        takers = self.request.undecided_that_take(kind)
        if kind is DecisionKind.APPROVE:
            takers = [each for each in takers if each in self._seen]
        return takers

    # What will be sent

    def decision(self) -> Verdicts:
        """Return one verdict for each call. Raises NotReady, naming the first that has none."""
        self.panel.fields.keep()
        decision = self.request.decision()
        unseen = [each for each in self.request.unchanged_edits if each not in self._seen]
        if unseen:
            named = self.request.named(unseen)
            raise NotSeen(f"An edit that changes nothing approves what was not seen: {named}.")
        return decision

    def note(self) -> str:
        """Return which edits change nothing."""
        return self.request.unchanged()

    def show_changes(self) -> None:
        """Show what an edit changes, and what about it has to be confirmed."""
        if self.answer.verdict is DecisionKind.EDIT:
            edited = self.request.decision_on(self.shown)
            cautions = self._cautions_about(edited) if edited else ()
            self.panel.fields.edit.show_difference(self.answer.call, cautions)

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """Show what is wrong with the edited arguments, each fault at its field."""
        if self.answer.verdict is not DecisionKind.EDIT:
            return
        of_this_call = (
            Fault(fault.argument[1], fault.words)
            for fault in faults
            if fault.argument is not None and fault.argument[0] == self.shown
        )
        self.panel.fields.edit.show_faults(tuple(of_this_call))

    def touch_all(self) -> None:
        """Show the faults of every field from now on."""
        self.panel.fields.edit.touch_all()


def _compares(call: ToolCall) -> bool:
    sides = any(isinstance(each, Change) for each in arguments_of(call.args))
    return sides or file_change_of(call) is not None
