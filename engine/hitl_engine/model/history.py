"""The checkpoints of a thread: what each is, and which came from which."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One checkpoint of a thread, without its values. All texts are untrusted."""

    checkpoint_id: str
    parent_id: str
    """The checkpoint that it was made from; empty for the first one of a thread."""
    step: int | None
    """LangGraph's number of the step, from -1 (the input); the branches of a thread share numbers."""
    source: str
    """`input`, `loop` (nodes ran), `update` (a client wrote) or `fork` (a copy to run again from)."""
    ran: tuple[str, ...]
    """The nodes that ran to make it, one for each task; none where no node ran."""
    next: tuple[str, ...]
    """The nodes that were to run next."""
    at: datetime | None
    wrote: str
    """What was written to make it, on one line and cut; empty where nothing was."""
    asked: tuple[str, ...] = ()
    """The nodes that asked a question here, one for each task."""
    ended: tuple[str, ...] = ()
    """The nodes that began here and ended, one for each task; of a step, others may still wait."""
    failed: str = ""
    """What a node failed with that began here."""
    who: str = ""
    """Who sent the run that made it, where the server or the journal tells it."""
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some checkpoints of a thread, newest first, of all its branches."""

    checkpoints: tuple[Checkpoint, ...]
    is_last: bool
    """Whether no older ones follow."""
