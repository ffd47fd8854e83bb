"""The messages that widgets and screens post: one for each event, with what it is about."""

from __future__ import annotations  # the model is not loaded before the first paint

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual.message import Message

if TYPE_CHECKING:
    from textual.screen import Screen

    from hitl_engine.errors import HitlError
    from hitl_engine.model import (
        Breakpoint,
        Breakpoints,
        Checkpoint,
        Decision,
        EarlierRun,
        Graph,
        JsonObject,
        JsonValue,
        Path,
        PlannedDecision,
        Question,
        StepGoal,
        SubgraphState,
        ThreadView,
        ToolCall,
        Waiting,
    )
    from hitl_tui.state.marks import Marks
    from hitl_tui.state.outbox import Sending
    from hitl_tui.state.session import Session


class OfTarget(Message):
    """The base of messages that concern the target of the screen from which they come."""

    session: Session | None = None
    """The session of that target: the screen adds it."""


@dataclass
class Chosen(Message):
    """The user opened this item."""

    item: Waiting


@dataclass
class Copied(Message):
    """A text of a pane was copied."""

    what: str
    """Its name, as visible text on one line."""


@dataclass
class ThreadsRequested(Message):
    """The user asked for the list of all threads."""


@dataclass
class ThreadOpened(OfTarget):
    """The user opened this thread, whatever its status."""

    thread_id: str


@dataclass
class Answered(Message):
    """The answer of this thread's screen is on its way; the user may go on."""

    screen: Screen[None]
    sending: Sending


@dataclass
class TakenBack(Message):
    """The answer of this thread's screen was taken back; it shows its question again."""

    screen: Screen[None]


@dataclass
class FileWanted(Message):
    """A tool call came into view that writes a file: how the file is now would be of use."""

    call: ToolCall
    path: str
    """As the call names it; untrusted."""


@dataclass
class MomentPicked(Message):
    """The user picked a moment of this thread, which all its views show from now on."""

    thread_id: str
    moment: ThreadView | None
    """The thread at a checkpoint; None for the thread as it is now."""
    words: str
    """Which moment it is; ours, or visible text."""


@dataclass
class CheckpointSelected(Message):
    """The user moved to this checkpoint of the history."""

    checkpoint: Checkpoint


@dataclass
class OlderCheckpointsWanted(Message):
    """The user came near the oldest checkpoint that was read."""


@dataclass
class CheckpointsCompared(Message):
    """The user asked how a checkpoint differs from another one."""

    before_id: str
    after: Checkpoint


@dataclass
class RerunRequested(Message):
    """The user asked to run again from this checkpoint of the thread in view."""

    checkpoint_id: str


@dataclass
class ForkRequested(Message):
    """The user asked for a branch from this checkpoint, with another state."""

    checkpoint_id: str


@dataclass
class StateEditRequested(Message):
    """The user asked to edit a value of this thread's state."""

    thread_id: str
    path: Path
    """Where the value is; it begins with a key of the state."""
    value: JsonValue
    """As it was shown."""
    subgraph: SubgraphState | None = None
    """The subgraph whose state it is; None: it is that of the thread."""


@dataclass
class GotoRequested(Message):
    """The user asked to run this node of the thread in view next, whatever was next."""

    node: str


@dataclass
class RunOnRequested(Message):
    """The user asked to step on to this goal, past breakpoints."""

    goal: StepGoal


@dataclass
class Decided(Message):
    """The user decided on this question. A card posts it at most once."""

    question: Question
    decision: Decision
    unseen: int = 0
    """Rows and tool calls that the user counted as seen without having them on the screen."""
    seconds: float | None = None
    """How long the card was open."""
    log_reason: str = ""
    """The reason or ticket for the log, or nothing."""


@dataclass
class Stepped(Message):
    """The user asked to step past this breakpoint. A card posts it at most once."""

    breakpoint: Breakpoint
    log_reason: str = ""
    """The reason or ticket for the log, or nothing."""


@dataclass
class Typed(Message):
    """The user typed something on the card of this question."""

    question: Question
    content: JsonObject
    """Everything that is filled in on the card, as a draft stores it."""


class Editable(Protocol):
    """A text that can be edited in an external editor."""

    SUFFIX: ClassVar[str]
    """The end of the name of its file."""

    @property
    def text(self) -> str:
        """The current text."""

    def take_back(self, text: str) -> None:
        """Replace the text with the edited one."""

    def post_message(self, message: Message) -> bool:
        """Post a message, as widgets do."""


@dataclass
class ExternalEditorRequested(Message):
    """The user asked to edit this text in an external editor."""

    editor: Editable


@dataclass
class ExternalEditorClosed(Message):
    """The external editor was closed, whether the text changed or not."""


@dataclass
class NewRunRequested(OfTarget):
    """The user asked for the form that starts a run."""

    assistant_id: str = ""
    """The assistant that is selected in it; empty: none was asked for."""


@dataclass
class AssistantsRequested(OfTarget):
    """The user asked for the assistants of the server."""


@dataclass
class StoreRequested(OfTarget):
    """The user asked for the store of the server."""


@dataclass
class LogRequested(Message):
    """The user asked for the log."""


@dataclass
class RunRequested(OfTarget):
    """The user asked to start this run."""

    graph: Graph
    input: JsonValue
    breakpoints: Breakpoints
    """All of them: the user saw the compiled ones, and may have removed some."""
    context: JsonObject = field(default_factory=dict)
    thread_id: str = ""
    """The finished thread that goes on with this input; empty for a new one."""


@dataclass
class RunAgainRequested(OfTarget):
    """The user asked for a form that repeats the run of this thread."""

    thread_id: str
    run: EarlierRun


@dataclass
class NewInputRequested(OfTarget):
    """The user asked for a form for another input of this finished thread."""

    thread_id: str
    graph_id: str


@dataclass
class StartFailed(Message):
    """The requested run did not start."""

    run: RunRequested
    error: HitlError
    left: bool
    """Whether the user had left the screen of the run."""


@dataclass
class BulkRequested(Message):
    """The user asked to decide on all marked items together."""

    marks: Marks


@dataclass
class BulkDecided(Message):
    """The user decided on many items. A card posts it at most once."""

    planned: tuple[PlannedDecision, ...]
    """A decision for each item."""
