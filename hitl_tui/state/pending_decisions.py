"""What was decided on the questions of one thread and is not sent yet."""

from collections.abc import Iterable

from hitl_engine.model import Decision, Interrupt, Question, Waiting

Decided = tuple[Question, Decision]


class PendingDecisions:
    """Holds at most one decision for each question, until they are sent together."""

    def __init__(self) -> None:
        self._decided: dict[str, Decided] = {}

    def keep(self, question: Question, decision: Decision) -> None:
        """Hold this decision, in the place of an earlier one on the same question."""
        self._decided[question.interrupt.interrupt_id] = (question, decision)

    def holds(self, item: Waiting) -> bool:
        """Whether this was decided on, as it waits now."""
        held = self._decided.get(item.interrupt_id) if isinstance(item, Interrupt) else None
        return held is not None and held[0].interrupt == item

    def decided(self, waiting: Iterable[Waiting]) -> tuple[Decided, ...]:
        """Return what was decided on these, in their order."""
        return tuple(
            self._decided[item.interrupt_id]
            for item in waiting
            if isinstance(item, Interrupt) and self.holds(item)
        )
