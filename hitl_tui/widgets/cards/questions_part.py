"""The part for the questions of an agent: a reply to each, all sent together."""

from collections.abc import Iterator

from textual import events, on
from textual.app import ComposeResult
from textual.widget import Widget

from hitl_engine.model import Decision, Decline, Fault, JsonObject, Questions, Replies
from hitl_tui.state.not_ready import NotReady
from hitl_tui.text.literal import in_words
from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.declinable import DeclinableFields
from hitl_tui.widgets.cards.question_box import QuestionBox
from hitl_tui.widgets.cards.question_part import QuestionPart
from hitl_tui.widgets.field_scroll import FieldScroll
from hitl_tui.widgets.text_view import TextPane


class QuestionsPart(QuestionPart):
    """Shows all questions; nothing is sent before each that needs a reply has one."""

    DEFAULT_CSS = """
    QuestionsPart {
        #extra { height: auto; max-height: 3; border: none; color: $foreground 60%; }
        #extra.-none { display: none; }
        &.-with-payload #extra { display: none; }
        FieldScroll { min-height: 3; }
        &.-fits DeclinableFields, &.-fits FieldScroll { height: auto; }
    }
    """
    HELP = """\
    ### Questions of an agent
    **tab** goes from question to question. A number picks a choice; **space** picks the one that the
    arrow keys selected. Every question also takes your own words. **ctrl+s** sends all replies.
    """
    WAYS = (Way.FORM, Way.JSON)

    def __init__(self, review: Questions) -> None:
        super().__init__()
        self.review = review
        self.extra = TextPane(id="extra")
        self.extra.keep_seen()
        self.boxes = [QuestionBox(n, each) for n, each in enumerate(review.questions, 1)]
        self.scroll = FieldScroll(*self.boxes, classes="fields")
        self.fields = DeclinableFields(self.scroll, self.extra, can_decline=True)

    def compose(self) -> ComposeResult:
        """Put the questions first, what else the request contains below them."""
        yield self.fields

    def load(self, typed: JsonObject) -> None:
        """Show what else the request contains, and the replies that were typed before."""
        self.fits = True
        self.extra.set_class(not self.review.extra, "-none")
        self.extra.show_text(in_words(self.review.extra))
        self.fields.load(typed)
        records = typed.get("replies")
        if isinstance(records, list) and len(records) == len(self.boxes):
            for box, record in zip(self.boxes, records, strict=True):
                box.restore(record)

    def content(self) -> JsonObject:
        """Return the replies."""
        return {**self.fields.content(), "replies": [box.record() for box in self.boxes]}

    @property
    def length(self) -> int:
        """The length of all texts."""
        return sum(len(box.text) for box in self.boxes)

    def decision(self) -> Decision:
        """Return one reply to each question, or that they are declined. Raises NotReady."""
        return Decline() if self.fields.declined else self._replies()

    def _replies(self) -> Replies:
        if faults := tuple(self._faults()):
            more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
            place = int(faults[0].path[-1]) + 1
            raise NotReady(f"Question {place} {faults[0].words}.{more}", faults)
        if self.unseen:
            raise self.not_seen("what is asked")
        return Replies(tuple(box.reply for box in self.boxes))

    @property
    def unseen(self) -> int:
        """How many rows of the questions, and of what else is asked, were not on the screen."""
        if self.fields.declined:
            return 0
        extra = self.extra.view.unseen if self.review.extra else 0
        return extra + sum(box.unseen for box in self.boxes)

    def jump_to_end(self) -> None:
        """Show the last question, and count all that is asked as seen."""
        for box in self.boxes:
            box.count_as_seen()
        self.extra.jump_to_end()
        self.scroll.scroll_end(animate=False)

    def _faults(self) -> Iterator[Fault]:
        for place, box in enumerate(self.boxes):
            if words := box.wrong:
                yield Fault(("answers", place), words)

    def note(self) -> str:
        """Return that the questions are declined, if so."""
        return "declined" if self.fields.declined else ""

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """Show each fault at its question."""
        words = {fault.path[1]: fault.words for fault in faults if len(fault.path) > 1}
        for place, box in enumerate(self.boxes):
            box.show_problem(words.get(place, ""))

    def touch_all(self) -> None:
        """Show the faults of every reply from now on."""
        for box in self.boxes:
            box.touched = True

    def focus_on(self, faults: tuple[Fault, ...]) -> None:
        """Focus the first question whose reply is wrong."""
        box = next((each for each in self.boxes if each.wrong), None)
        if box is not None and not box.has_focus_within:
            box.first.focus()

    def first_field(self) -> Widget:
        """Return the first field of the first question."""
        return self.boxes[0].first

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Scroll all of the focused question into view."""
        for node in event.widget.ancestors:
            if isinstance(node, QuestionBox):
                self.scroll.keep_in_view(node, event.widget)

    @on(QuestionBox.Changed)
    def reply_changed(self, event: QuestionBox.Changed) -> None:
        """Tell the card."""
        event.stop()
        self.changed()
