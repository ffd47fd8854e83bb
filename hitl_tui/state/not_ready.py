"""The error for an answer that is not complete."""

from hitl_engine.model import Fault


class NotReady(Exception):
    """Nothing can be sent yet. The text is what is missing; the faults are where."""

    def __init__(self, words: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(words)
        self.faults = faults


class NotReasoned(NotReady):
    """Nothing can be sent yet, because it needs a reason for the log."""


class NotSeen(NotReady):
    """Nothing can be sent yet, because some of what it covers was not on the screen."""
