"""How fast one approves: many approvals within a minute were hardly read."""

from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the session has this before the first paint
    from hitl_engine.model import Decision

MANY = 20
WITHIN = 60.0
"""Seconds within which so many approvals are worth a notice."""


class ApprovalPace:
    """Counts approvals one by one; those that are decided together are not counted."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._times: deque[float] = deque(maxlen=MANY)

    def notice(self, decision: "Decision") -> str:
        """Count a decision; return what to tell if it is one of many approvals, or nothing.

        It is told once, and again only after as many more.
        """
        if not _is_approval(decision):
            return ""
        now = self._clock()
        self._times.append(now)
        if len(self._times) < MANY or now - self._times[0] > WITHIN:
            return ""
        self._times.clear()
        return f"{MANY} approvals within a minute. Take the time to read what is asked."


def _is_approval(decision: "Decision") -> bool:
    return decision.kind == "verdicts" and all(
        verdict.kind == "approve" for verdict in decision.verdicts
    )
