"""Raised while an answer is not complete."""

from hitl_engine.model import Fault


class NotReady(Exception):
    """There is nothing to send yet; the words name what is missing, the faults name where."""

    def __init__(self, words: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(words)
        self.faults = faults
