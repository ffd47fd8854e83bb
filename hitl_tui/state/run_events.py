"""The events of a thread's runs as they were seen: a bounded number, with what was dropped counted."""

from collections import deque
from dataclasses import dataclass

from hitl_engine.model import Progress
from hitl_engine.visible import json_text, one_line

_MOST = 10_000
_DETAIL = 400


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """An event, and when it was seen."""

    number: int
    """From 1, without gaps: also those that were dropped count."""
    progress: Progress
    after: float
    """Seconds since the first event of its run."""
    seconds: float | None = None
    """How long the node took, if it has ended."""

    @property
    def detail(self) -> str:
        """What came with it, as visible text on one line."""
        given = self.progress.detail
        if given is None:
            return ""
        text = given if isinstance(given, str) else json_text(given, indent=None)
        return one_line(text, _DETAIL)

    def contains(self, text: str) -> bool:
        """Whether its node or what came with it contains this text, in lower case."""
        return text in f"{self.progress.kind} {self.progress.node} {self.detail}".casefold()


class RunEvents:
    """Keeps the newest events; the count includes all."""

    def __init__(self) -> None:
        self.kept: deque[SeenEvent] = deque(maxlen=_MOST)
        self.count = 0
        self._began: float | None = None
        self._started: dict[str, float] = {}

    @property
    def dropped(self) -> int:
        """How many of the oldest are not kept any more."""
        return self.count - len(self.kept)

    def take(self, progress: Progress) -> None:
        """Add an event."""
        if progress.kind == "token":
            return  # the conversation shows them
        now = progress.at
        if self._began is None:
            self._began = now
        self.count += 1
        seconds = None
        if progress.kind == "started":
            self._started[progress.node] = now
        elif progress.kind not in ("custom", "printed") and progress.node in self._started:
            seconds = now - self._started.pop(progress.node)
        self.kept.append(SeenEvent(self.count, progress, now - self._began, seconds))

    def run_ended(self) -> None:
        """The next event is the first one of another run."""
        self._began = None
        self._started.clear()
