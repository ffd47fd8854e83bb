"""The card of a question, of whatever kind: it guards, offers the ways to answer, and sends."""

from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widgets import Static, TextArea

from hitl_engine.characters.misleading import misleading_parts
from hitl_engine.errors import NotTaken
from hitl_engine.model import Decision, Fault, JsonObject, JsonValue, Question
from hitl_tui.messages import Decided, Typed
from hitl_tui.state.not_ready import NotReady, NotReasoned, NotSeen
from hitl_tui.text.literal import literal
from hitl_tui.widgets.answer_ways import Way, YesNo
from hitl_tui.widgets.cards.answer_box import AnswerBox
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.cards.card_body import CardBody
from hitl_tui.widgets.cards.question_part import (
    JUMP_KEY,
    AnswerTo,
    QuestionPart,
    unseen_words,
)
from hitl_tui.widgets.cards.throttle import Throttle
from hitl_tui.widgets.keeps_seen import KeepsSeen
from hitl_tui.widgets.text_view import TextPane

_LOG_REASON = "log_reason"
"""The key of the reason for the log in a draft."""


class QuestionCard(Card, can_focus=False):
    """Shows one question; posts `Typed` for drafts, and `Decided` at most once.

    The part shows what is asked and takes the decision; the body has the keys of the part.
    """

    DEFAULT_CSS = """
    QuestionCard {
        overflow: hidden;
        #notes { display: none; height: auto; padding: 0 1; color: $text-warning; }
        &.-noted #notes { display: block; }
        #payload { display: none; height: 1fr; min-height: 3; }
        &.-payload #payload { display: block; }
        &.-form CardBody.-fits { height: auto; max-height: 100%; }
        &.-form CardBody.-fits #payload { height: auto; }
        &.-json #payload, &.-text #payload { height: auto; max-height: 60%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+t",
            "answer_as",
            "Answer format",
            tooltip="Answer in another format: the original form, JSON, text, or yes or no",
            id="card.answer_as",
        ),
        Binding(
            "f2",
            "toggle_payload",
            "Payload",
            tooltip="Show or hide the payload as it came, as JSON",
            id="card.payload",
        ),
        Binding(
            JUMP_KEY,
            "jump_to_end",
            "Mark as seen",
            tooltip="Show the end of what is asked and mark all of it as seen; the log tells so",
            id="card.jump_to_end",
        ),
    ]
    way: reactive[Way] = reactive(Way.FORM, bindings=True)
    """How the answer is given."""
    payload_wanted: reactive[bool] = reactive(False, init=False)

    def __init__(
        self,
        question: Question,
        part: QuestionPart,
        body: CardBody,
        answer_to: AnswerTo,
        typed: JsonObject | None = None,
    ) -> None:
        super().__init__()
        self.question = question
        self.part = part
        self.body = body
        self.HELP = part.HELP  # type: ignore[misc]  # each card has the help of its part
        self.TITLE = part.TITLE  # type: ignore[misc]
        self._answer_to = answer_to
        self._draft = typed or {}
        self._posted: JsonObject | None = None
        """What was typed, as it was posted last; None before the card is loaded."""
        self._has_draft = bool(typed)
        """Whether something was typed, now or before, also if it was deleted since."""
        self._untouched: JsonObject = {}
        """What the part contains before anything is typed."""
        self._throttle = Throttle(self, self._show_typed)
        self.notes = Static(id="notes", markup=False)
        self.payload = TextPane(part.PAYLOAD_TITLE, numbered=True, id="payload")
        self.payload.keep_seen()
        self._waits_for_rows = False
        """Whether only rows that were not on the screen yet keep the answer from being sent."""
        self._jumped_over = 0
        """How much was counted as seen without having been on the screen."""
        self.box = AnswerBox()

    def compose(self) -> ComposeResult:
        """Put what is asked first, then the fields to answer, then what will be sent."""
        with self.body:
            yield self.notes
            yield self.payload
            yield self.part
            yield self.box
            yield self.send_bar

    def on_mount(self) -> None:
        """Load what is asked, and what was typed before."""
        notes = self.question.review.notes
        notes += misleading_parts(self.question.interrupt.payload)
        self.notes.update(literal("\n".join(notes)))
        self.set_class(bool(notes), "-noted", update=False)  # with all else, when it is loaded
        self.payload.show_json(self.question.interrupt.payload)
        self._load()
        self._show_way()
        self._posted = self.content()
        self._untouched = self.part.content()
        self.show_answer()

    @property
    def compares(self) -> bool:
        """Whether it shows texts next to each other where there is room for that."""
        return self.part.compares

    # What was typed

    @property
    def in_form(self) -> bool:
        """Whether the answer is given in the part."""
        return self.way is Way.FORM

    def content(self) -> JsonObject:
        """Return everything that was typed, in the form of a draft."""
        reason = {_LOG_REASON: self.log_reason} if self.log_reason else {}
        return {**self.part.content(), **self.box.content(), "way": self.way.name, **reason}

    def _load(self) -> None:
        ways = {way.name: way for way in self.part.WAYS}
        way = ways.get(str(self._draft.get("way")), self.part.WAYS[0])
        self.set_reactive(QuestionCard.way, way)
        self.send_bar.log_reason.load(str(self._draft.get(_LOG_REASON) or ""))
        self.box.restore(self._draft)
        self.part.load(self._draft)

    @on(QuestionPart.Changed)
    def part_changed(self, event: QuestionPart.Changed) -> None:
        """Show what would be sent now."""
        event.stop()
        if event.guarded:
            self.guard.wait_again()
        self._changed()

    @on(TextArea.Changed)
    def text_changed(self, event: TextArea.Changed) -> None:
        """Show what would be sent now."""
        event.stop()
        self._changed()

    @on(YesNo.Changed)
    def yes_no_changed(self, event: YesNo.Changed) -> None:
        """Show what would be sent now; it has to be in view before it is sent."""
        event.stop()
        self.guard.changing()
        self.guard.wait_again()
        self._changed()

    def log_reason_changed(self) -> None:
        """Show whether it can be sent with this reason, and keep it."""
        self._changed()

    def _changed(self) -> None:
        if self._posted is not None:
            self._throttle.request(max(self.box.length, self.part.length))

    def _show_typed(self) -> None:
        self.show_answer()
        if (typed := self.unposted()) is not None:
            self.post_message(typed)

    def unposted(self) -> Typed | None:
        """Return what was typed and not posted yet, to be kept before the card is removed.

        Another way to answer alone is nothing that was typed.
        """
        if self._posted is None or self.answered or (content := self.content()) == self._posted:
            return None
        if not (self._has_draft or self._holds_something):
            return None
        self._has_draft = True
        self._posted = content
        return Typed(self.question, content)

    @property
    def _holds_something(self) -> bool:
        part_changed = self.part.content() != self._untouched
        return part_changed or not self.box.is_empty or bool(self.log_reason)

    # What will be sent

    def current(self) -> tuple[Decision, JsonValue]:
        """Return the decision and its JSON. Raises NotReady."""
        decision = self.part.decision() if self.in_form else self._boxed()
        try:
            return decision, self._answer_to(decision)
        except NotTaken as refusal:
            why = self.part.explain(refusal) if self.in_form else str(refusal)
            raise NotReady(why, refusal.faults) from refusal

    def _reasoned(self) -> tuple[Decision, JsonValue]:
        """Return what `current` returns, if it has the reason that it needs. Raises NotReady."""
        decision, answer = self.current()
        question = replace(self.question, log_reason=self.log_reason)
        self.require_log_reason(self.missing_log_reason(question, decision))
        return decision, answer

    def _boxed(self) -> Decision:
        decision = self.box.decision(self.way)
        if self.way is Way.YES_NO and decision.value is True and self._unseen:
            raise NotSeen(unseen_words(self._unseen, "of the payload "))
        return decision

    # What was on the screen

    @property
    def _unseen(self) -> int:
        if self.in_form:
            return self.part.unseen
        return self.payload.view.unseen if self.way is Way.YES_NO else 0

    @on(KeepsSeen.Seen)
    def rows_seen(self) -> None:
        """Offer to send once all rows were on the screen, if only that was missing."""
        self.refresh_bindings()
        if self._waits_for_rows:
            self._changed()

    def action_jump_to_end(self) -> None:
        """Show the end of what is asked, and count all of it as seen."""
        self._jumped_over += self._unseen
        (self.part if self.in_form else self.payload).jump_to_end()

    def show_answer(self) -> None:
        """Show what was changed, and what would be sent now, or why nothing can be sent."""
        self.part.show_changes()
        super().show_answer()

    def show_pending_answer(self) -> None:
        """Show what would be sent now, or what is missing, at its place."""
        faults: tuple[Fault, ...] = ()
        self._waits_for_rows = False
        try:
            answer = self._reasoned()[1]
        except NotReady as missing:
            faults, self._waits_for_rows = missing.faults, isinstance(missing, NotSeen)
            self.send_bar.block(str(missing))
        else:
            self.send_bar.show(answer, self.part.note() if self.in_form else "")
        self.part.show_faults(faults if self.in_form else ())

    def decide(self) -> None:
        """Post the decision that is in view, or point out why there is none."""
        self.part.touch_all()
        self.show_answer()
        try:
            decision, _ = self._reasoned()
        except NotReady as missing:
            self.send_bar.emphasize_reason()
            if isinstance(missing, NotReasoned):
                self.action_log_reason()
            if self.in_form and missing.faults:
                self.part.focus_on(missing.faults)
            return
        self.answered = True
        self.post_message(
            Decided(self.question, decision, self._jumped_over, self.guard.seconds, self.log_reason)
        )

    # Another way to answer

    def action_answer_as(self) -> None:
        """Answer in the next way; JSON begins with what would have been sent."""
        ways = self.part.WAYS
        following = ways[(ways.index(self.way) + 1) % len(ways)]
        if following is Way.JSON:
            with suppress(NotReady):
                self.box.suggest(self.current()[1])
        self.way = following

    def action_toggle_payload(self) -> None:
        """Show or hide the payload."""
        self.payload_wanted = not self.payload_wanted

    def watch_payload_wanted(self) -> None:
        """Give the payload its space, or take it back."""
        self._show_way()

    def watch_way(self) -> None:
        """Show and focus the fields of the new way."""
        if self._posted is not None:
            self._show_way()
            self.guard.restart()
            self._changed()
            self.take_focus()

    def _show_way(self) -> None:
        shown = self.part.PAYLOAD_ALWAYS or self.payload_wanted or not self.in_form
        self.part.in_use = self.in_form
        self.part.update_classes({"-in-use": self.in_form, "-with-payload": shown}, update=False)
        self.box.update_classes(self.way.classes(), update=False)
        self.update_classes({**self.way.classes(), "-payload": shown}, update=False)
        self.update_node_styles()  # of all on the card, once

    def take_focus(self) -> None:
        """Focus the first field of the way."""
        if self.in_form:
            (self.part.first_field() or self.body).focus(scroll_visible=False)
        else:
            self.box.focus_way(self.way)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer other ways before the card is answered, and the payload where it can be hidden."""
        if not self.displayed:
            return False
        if action == "answer_as":
            return not self.answered and len(self.part.WAYS) > 1
        if action == "jump_to_end":
            return not self.answered and self._unseen > 0
        if action == "toggle_payload":
            return not self.part.PAYLOAD_ALWAYS and self.in_form
        return super().check_action(action, parameters)
