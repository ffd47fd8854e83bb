"""How many items are decided, or one of them alone: the chosen way, and what was typed for it."""

from dataclasses import dataclass, field

from hitl_engine.model import (
    Answer,
    Approve,
    BulkWay,
    Choose,
    CommonWays,
    Fill,
    Reject,
    Respond,
    Revise,
    SameDecision,
)
from hitl_engine.visible import one_line
from hitl_tui.state.not_ready import NotReady
from hitl_tui.state.typed_json import JsonReader, answer_in

NO_WAYS = CommonWays((), (), (), None, 0)


@dataclass(eq=False)
class BulkChoice:
    """A way to decide, and what was typed for each way: a text is kept when the way changes."""

    way: BulkWay | None = None
    texts: dict[BulkWay, str] = field(default_factory=dict)
    """The texts, and the JSON as it was typed."""
    option: int | None = None
    """The index of the chosen option, where the way is to choose one."""
    read: JsonReader = field(default_factory=JsonReader)

    @property
    def text(self) -> str:
        """What was typed for the chosen way."""
        return self.texts.get(self.way, "") if self.way else ""

    def decision(self, ways: CommonWays) -> SameDecision:
        """Return the decision, with the options of these ways. Raises NotReady."""
        match self.way:
            case BulkWay.APPROVE:
                return Approve()
            case BulkWay.REJECT:
                return Reject(self.text or None)
            case BulkWay.RESPOND:
                return Respond(
                    self._needed_text("Type the result that the tools should have returned.")
                )
            case BulkWay.TEXT:
                return Revise(self._needed_text("Type the text. (j sends an empty one, as JSON.)"))
            case BulkWay.CHOOSE:
                return self._chosen_option(ways)
            case BulkWay.FILL:
                return Fill(answer_in(self.text, self.read))
            case BulkWay.JSON:
                return Answer(answer_in(self.text, self.read))
            case BulkWay.STEP:
                return None
            case None:
                raise NotReady("Choose a decision for all items.")

    def _needed_text(self, missing: str) -> str:
        if not self.text:
            raise NotReady(missing)
        return self.text

    def _chosen_option(self, ways: CommonWays) -> Choose:
        if self.option is None:
            raise NotReady("Choose an answer: press its number, or select it and press enter.")
        option = ways.options[self.option]
        text = self.text if option.text_key else ""
        if option.needs_text and not text:
            raise NotReady(f"“{one_line(option.label, 60)}” needs a text.")
        return Choose(self.option, text or None)
