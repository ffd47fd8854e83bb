"""The decisions on the questions of one thread that are not sent yet."""

from collections.abc import Iterable

from hitl_engine.model import Decision, Interrupt, Question, Waiting

DecidedQuestion = tuple[Question, Decision]


class PendingDecisions:
    """Holds at most one decision for each question, until all are sent together."""

    def __init__(self) -> None:
        self._decided: dict[str, DecidedQuestion] = {}

    def keep(self, question: Question, decision: Decision) -> None:
        """Hold a decision; it replaces an earlier one on the same question."""
        self._decided[question.interrupt.interrupt_id] = (question, decision)

    def holds(self, item: Waiting) -> bool:
        """Whether there is a decision on this item, and the item has not changed since."""
        held = self._decided.get(item.interrupt_id) if isinstance(item, Interrupt) else None
        return held is not None and held[0].interrupt == item

    def decided(self, waiting: Iterable[Waiting]) -> tuple[DecidedQuestion, ...]:
        """Return the decisions on these items, in the order of the items."""
        return tuple(
            self._decided[item.interrupt_id]
            for item in waiting
            if isinstance(item, Interrupt) and self.holds(item)
        )
