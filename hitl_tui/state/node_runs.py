"""What the nodes of a graph do on one thread: which ran and for how long, run, failed or wait."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from hitl_engine.model import (
    Breakpoint,
    Checkpoint,
    Interrupt,
    Progress,
    ThreadStatus,
    ThreadView,
)

_BETWEEN = " ▸ "
"""What separates the nodes of a path in a `Progress`."""


class NodeStatus(Enum):
    """What a node does: its sign, and the name of its colour."""

    UNTOUCHED = ("○", "muted")
    UNKNOWN = ("·", "muted")
    DONE = ("●", "done")
    RUNNING = ("▶", "running")
    FAILED = ("✕", "failed")
    ASKS = ("?", "asks")
    STOPPED = ("■", "stopped")
    NEXT = ("▷", "running")

    def __init__(self, sign: str, colour: str) -> None:
        self.sign = sign
        self.colour = colour


@dataclass(frozen=True, slots=True)
class NodeRun:
    """What one node does."""

    status: NodeStatus = NodeStatus.UNTOUCHED
    times: int = 0
    """How often it ran, as far as that is known."""
    seconds: float | None = None
    """How long it took the last time."""
    began: float | None = None
    """When it began to run, by the clock of the console; of several tasks, the first."""
    tasks: int = 0
    """How many tasks of it began in the same step, as far as is known: `Send` begins many at once."""
    ended: int = 0
    """How many of these have ended."""

    @property
    def is_current(self) -> bool:
        """Whether the thread is at this node: it runs, asks, failed, or is where the run stopped."""
        return self.status in _CURRENT

    @property
    def is_partly_done(self) -> bool:
        """Whether it has several tasks in one step, and not all of them have ended."""
        return self.tasks > 1 and self.ended < self.tasks


_CURRENT = (
    *(NodeStatus.RUNNING, NodeStatus.FAILED, NodeStatus.ASKS),
    *(NodeStatus.STOPPED, NodeStatus.NEXT),
)
_UNTOUCHED = NodeRun()
_UNKNOWN = NodeRun(NodeStatus.UNKNOWN)


class NodeRuns:
    """What each node of a thread's graph does, by its id: inside a subgraph `outer:inner`."""

    def __init__(self) -> None:
        self._runs: dict[str, NodeRun] = {}

    def of(self, node_id: str) -> NodeRun:
        """Return what a node does.

        Servers tell of a subgraph that ended only that it ran, not which of its nodes did.
        """
        if (known := self._runs.get(node_id)) is not None:
            return known
        outer, _, inner = node_id.rpartition(":")
        began = outer and self.of(outer).status not in (NodeStatus.UNTOUCHED, NodeStatus.NEXT)
        return _UNKNOWN if inner and began else _UNTOUCHED

    def of_path(self, path: str) -> NodeRun:
        """Return what a node does, by its path as a `Progress` gives it."""
        return self.of(path.replace(_BETWEEN, ":"))

    def show_thread(
        self, view: ThreadView, line: Sequence[Checkpoint], paths: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Take over a thread that was read.

        `line`: its newest checkpoints, newest first. `paths`: interrupt id -> nodes, outermost first.
        """
        self._runs = {}
        for newer, older in zip(line, (*line[1:], None), strict=True):
            for node in newer.ran:
                known = self._runs.get(node)
                seconds = (
                    known.seconds if known else _seconds(newer.at, older.at if older else None)
                )
                times = known.times + 1 if known else 1
                self._runs[node] = NodeRun(NodeStatus.DONE, times, seconds)
        ended = Counter(line[0].ended) if line else Counter()
        for node, left in Counter(view.next).items():
            run = replace(self.of(node), tasks=left + ended[node], ended=ended[node])
            self._runs[node] = replace(run, status=_status_of_next(node, view))
        for item in view.waiting:
            self._show_waiting(item, paths)

    def _show_waiting(
        self, item: Interrupt | Breakpoint, paths: Mapping[str, tuple[str, ...]]
    ) -> None:
        match item:
            case Interrupt():
                path = paths.get(item.interrupt_id, (item.node,))
                for depth in range(len(path)):
                    self._mark(":".join(path[: depth + 1]), NodeStatus.ASKS)
            case Breakpoint(when="after", node=node):
                self._mark(node.replace(_BETWEEN, ":"), NodeStatus.STOPPED)
            case _:
                for node in item.next:
                    self._mark(node.replace(_BETWEEN, ":"), NodeStatus.STOPPED)

    def take(self, progress: Progress, now: float) -> None:
        """Take an event of a run; `now` is the clock of the console, in seconds."""
        node_id = progress.node.replace(_BETWEEN, ":")
        if not node_id:
            return
        known = self.of(node_id)
        match progress.kind:
            case "started":
                is_first = known.status is not NodeStatus.RUNNING
                self._runs[node_id] = NodeRun(
                    NodeStatus.RUNNING,
                    known.times + 1,
                    known.seconds,
                    now if is_first else known.began,
                    1 if is_first else known.tasks + 1,
                    0 if is_first else known.ended,
                )
            case "finished" | "failed" | "stopped":
                self._runs[node_id] = _after_end(known, _ENDED[progress.kind], now)

    def begin(self) -> None:
        """A run begins: nothing waits any more, and what ran before stays marked."""
        for node_id, run in self._runs.items():
            if run.status not in (NodeStatus.DONE, NodeStatus.UNTOUCHED):
                self._runs[node_id] = replace(run, status=NodeStatus.UNTOUCHED, tasks=0, ended=0)

    def _mark(self, node_id: str, status: NodeStatus) -> None:
        self._runs[node_id] = replace(self.of(node_id), status=status)


def _after_end(known: NodeRun, status: NodeStatus, now: float) -> NodeRun:
    """Return what a node does after one of its tasks ended, or did not because it asks.

    It runs while others do, and keeps asking, or having failed, when others have ended.
    """
    ended = known.ended + 1 if status is NodeStatus.DONE else known.ended
    if status is NodeStatus.DONE and known.status in (NodeStatus.ASKS, NodeStatus.FAILED):
        status = known.status
    elif status is NodeStatus.DONE and ended < known.tasks:
        return replace(known, ended=ended)
    seconds = now - known.began if known.began is not None else known.seconds
    return replace(known, status=status, times=max(1, known.times), seconds=seconds, ended=ended)


_ENDED = {
    "finished": NodeStatus.DONE,
    "failed": NodeStatus.FAILED,
    "stopped": NodeStatus.ASKS,
}


def _status_of_next(node: str, view: ThreadView) -> NodeStatus:
    if view.status is ThreadStatus.BUSY:
        return NodeStatus.RUNNING
    if view.error and view.error.startswith(f"{node}:"):
        return NodeStatus.FAILED
    return NodeStatus.NEXT


def _seconds(end: datetime | None, begin: datetime | None) -> float | None:
    return (end - begin).total_seconds() if end and begin else None
