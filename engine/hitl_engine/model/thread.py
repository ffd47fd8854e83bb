"""Threads, and what waits on them: interrupts and breakpoints."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, TypeAlias

from hitl_engine.model.json import ExactValue, JsonObject, JsonValue
from hitl_engine.model.presence import Presence, ThreadKey


@dataclass(frozen=True, slots=True)
class RunningCall:
    """A tool call whose tool asks, as an agent that runs inside of it does. Untrusted."""

    name: str
    args: JsonObject


@dataclass(frozen=True, slots=True)
class RejectedCall:
    """A tool call that the agent asks for again after it was rejected."""

    name: str
    args: JsonObject
    count: int
    """How often it was rejected on this thread."""


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """The first of two answers that are needed; not carried out."""

    name: str
    """Whose it is, as the server knows that person. Untrusted."""
    at: datetime | None
    answers: JsonValue
    """What was sent: the answer to each interrupt id. Untrusted."""
    digest: str
    """The server's name for the answer and all that its run would do."""
    is_own: bool = False
    """Whether the user of this program has sent it."""

    def to(self, interrupt_id: str) -> JsonValue:
        """Return the answer to one question; null if it has none."""
        return self.answers.get(interrupt_id) if isinstance(self.answers, dict) else self.answers


@dataclass(frozen=True, slots=True)
class TwoReviewers:
    """That two reviewers must send the same answer before a thread goes on."""

    rules: tuple[str, ...]
    """The names of the server's rules that demand it. Untrusted."""
    first: FirstAnswer | None = None


@dataclass(frozen=True, slots=True)
class Interrupt:
    """A question raised by `interrupt(value)` in a node. It has an id and needs an answer."""

    thread_id: str
    graph_id: str
    interrupt_id: str
    """32 hex digits; unique only together with the thread (LangGraph copies ids with threads)."""
    payload: JsonValue
    response_schema: JsonObject | None
    node: str
    task_id: str
    namespace: str
    """Checkpoint namespace of the asking task; empty at the root graph."""
    checkpoint_id: str
    since: datetime | None
    """When the question was first asked, by the server's clock.

    A server that has no time for each question gives the end of the thread's last run instead,
    which is later if that run stopped at the same question again.
    """
    task_error: str | None = None
    """Set when an earlier answer made the node raise: the question may be stuck."""
    exact_values: tuple[ExactValue, ...] = ()
    """What the JSON of the payload cannot carry; only our own server tells it."""
    tool_call: RunningCall | None = field(default=None, compare=False)
    """The tool call whose task asks, where the messages of the thread show it."""
    rejected: tuple[RejectedCall, ...] = field(default=(), compare=False)
    """Calls of the agent's newest message that were rejected before; a list may not tell them."""
    may_be_lost: bool = False
    """Whether an answer may be lost with its question: the state has no task that asks it."""
    remark: str = ""
    """What else to know before it is answered: its node is gone from the code, or its state could
    not be read, and only the thread's row tells of it, which can be wrong."""
    target: str = ""
    """The name of the configured target that it is on; empty if that was given without a name."""
    two_reviewers: TwoReviewers | None = field(default=None, compare=False)
    """Set where an answer to its thread needs two reviewers; only our own server tells it."""
    changed: datetime | None = field(default=None, compare=False)
    """When its thread last changed, by the server's clock."""

    @property
    def asked(self) -> list[JsonValue]:
        """What is asked, as JSON: equal for equal questions."""
        exact: list[JsonValue] = [[list(one.path), one.value] for one in self.exact_values]
        return [self.payload, self.response_schema, *([exact] if exact else [])]


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A stop that takes no answer: `interrupt_before`, `interrupt_after`, or a `NodeInterrupt`."""

    thread_id: str
    graph_id: str
    when: Literal["before", "after", "in"]
    """`in`: nodes raised `NodeInterrupt`. It takes no answer: a step runs these nodes again."""
    node: str
    """The node before, after or in which the run stopped."""
    next: tuple[str, ...]
    """The nodes that run after a step."""
    checkpoint_id: str
    since: datetime | None
    """When the run stopped here, by the server's clock, as with `Interrupt.since`."""
    error: str | None = None
    """Set when a run that continued from here was lost: some of its nodes may have run already."""
    reason: str = ""
    """What the nodes gave with their `NodeInterrupt`, a line each; untrusted."""
    remark: str = ""
    """Set when a next node is gone from the code."""
    caution: str = field(default="", compare=False)
    """What a person has to confirm before a step; mostly empty."""
    target: str = ""
    """The name of the configured target, as with `Interrupt.target`."""
    changed: datetime | None = field(default=None, compare=False)
    """When its thread last changed, as with `Interrupt.changed`."""
    log_reason: str = field(default="", compare=False)
    """Why the person steps past it, as with `Question.log_reason`."""


Waiting: TypeAlias = Interrupt | Breakpoint


class ThreadStatus(StrEnum):
    """The status of a thread, derived from its state (the row's own status can be wrong)."""

    INTERRUPTED = "interrupted"
    BREAKPOINT = "breakpoint"
    BUSY = "busy"
    DONE = "done"
    ERROR = "error"


_LONG_BUSY = timedelta(minutes=2)


def busy_remark(since: datetime | None, now: datetime) -> str:
    """Return for how long a thread is busy and what may be the cause; nothing if it is not long.

    A run whose worker died stays in progress until the server notices it, mostly for minutes.
    """
    if since is None or now - since < _LONG_BUSY:
        return ""
    minutes = (now - since) // timedelta(minutes=1)
    return (
        f"It has been busy for {minutes} min; its worker may have died: then the server will take "
        "it up again."
    )


@dataclass(frozen=True, slots=True)
class ThreadView:
    """One thread as its state describes it."""

    thread_id: str
    graph_id: str
    status: ThreadStatus
    values: JsonValue
    next: tuple[str, ...]
    waiting: tuple[Waiting, ...]
    """Interrupts in the order of their tasks, or one breakpoint, or nothing."""
    checkpoint_id: str
    error: str | None
    traceback: str = ""
    """Where the graph's own code failed in the last run; only our own server tells it."""
    code_changed: str = ""
    """That the server still runs old code of the graph, which changed since; mostly empty."""
    busy_since: datetime | None = None
    """When the row of a busy thread last changed, by the server's clock, where workers can die."""
    stop: Breakpoint | None = None
    """Where a step goes on: the breakpoint that waits, or the nodes that failed."""


@dataclass(frozen=True, slots=True)
class SubgraphState:
    """The state of a subgraph that has not ended."""

    namespace: str
    """Its checkpoint namespace: `node:task id`, joined by `|` where it is nested deeper."""
    path: tuple[str, ...]
    """The nodes that contain it, outermost first."""
    values: JsonValue
    next: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inbox:
    """All waiting items of a server, as of one look."""

    items: tuple[Waiting, ...]
    busy: int
    """How many threads have a run in progress."""
    unreadable: tuple[tuple[str, str], ...] = ()
    """(thread id, reason) of threads that could not be read; every look tries them again.

    `items` holds what waited on them when they were last read.
    """
    error: str | None = None
    """Why the last look failed; the items are then from the look before."""
    unread: int = 0
    """How many threads have changed and are still to be read; what waits on them may be missing."""
    code_changes: tuple[str, ...] = ()
    """One sentence for each graph whose code changed since the local server imported it."""
    coming: tuple[str, ...] = ()
    """The graphs that the local server is still importing; what waits is known all the same."""
    presence: Mapping[ThreadKey, Presence] = field(default_factory=dict)
    """The threads on which somebody else is, or that are claimed."""

    @property
    def is_whole(self) -> bool:
        """Whether it has all that waits: on a thread with a run in progress, nothing does for now."""
        return not (self.error or self.unreadable or self.unread or self.busy)


@dataclass(frozen=True, slots=True)
class Effect:
    """What runs when some of a thread's questions are answered; one name for each task."""

    goes_on: tuple[str, ...]
    """Nodes with all their questions answered: they run from their start to their end."""
    asks_again: tuple[str, ...]
    """Nodes that run from their start up to a question without an answer."""


@dataclass(frozen=True, slots=True)
class Reopening:
    """What happens when a question is reopened; one name for each task.

    All nodes of the step run again from their start; a node that asked inside a subgraph runs the
    whole subgraph again. Answers given in this step are forgotten; earlier nodes do not run.
    """

    asks_again: tuple[str, ...]
    """Nodes that run up to their question."""
    runs_twice: tuple[str, ...]
    """Nodes that had finished: their side effects happen twice."""
    happened: str
    """What the node raised, untrusted; empty if nothing went wrong."""
    stuck: bool
    """Whether answers given here caused the same error twice; if not, another answer may work."""
    why_not: str = ""
    """Why it cannot be reopened; empty if it can."""
