"""Changes of a thread's state and ways to run again, as they are planned before anything is sent."""

from dataclasses import dataclass
from enum import StrEnum

from hitl_engine.model.json import JsonValue, Path


@dataclass(frozen=True, slots=True)
class Replacement:
    """A new value for a place of a state."""

    path: Path
    """It begins with a key of the state. The place may be new in an object, or at the end of a list."""
    value: JsonValue


class KeyWrite(StrEnum):
    """How a graph takes a write to a key of its state."""

    REPLACES = "replaces"
    """The value is replaced."""
    MERGES = "merges"
    """A reducer merges it; as `__overwrite__` it replaces the value."""
    MERGES_MESSAGES = "merges messages"
    """A reducer of messages merges it; after one that removes all, it replaces the value."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A key of the state that is sent, as a whole."""

    key: str
    before: JsonValue
    """None also where the state has no such key."""
    after: JsonValue
    write: KeyWrite


@dataclass(frozen=True, slots=True)
class StateEdit:
    """A planned write into the state of a thread, for a person to confirm."""

    thread_id: str
    graph_id: str
    checkpoint_id: str
    """Where the write begins."""
    newest_id: str
    """The newest checkpoint of the thread when this was planned."""
    pending_ids: tuple[str, ...]
    """What interrupted the thread then."""
    changes: tuple[KeyChange, ...]
    """None: the state stays, and the write only counts as a run of `as_node`."""
    as_node: str
    """The node that counts as the writer, which decides what runs next; empty: the server chooses."""
    nodes: tuple[str, ...]
    """The nodes that `as_node` can be, the likely ones first; none if they cannot be read."""
    skips: tuple[str, ...] = ()
    """The nodes that were next and count as done."""
    cautions: tuple[str, ...] = ()
    """What a person must confirm, a sentence each."""
    namespace: str = ""
    """The subgraph whose state is written, see `SubgraphState`; empty: that of the thread."""
    asks_again: tuple[str, ...] = ()
    """The nodes in that subgraph whose questions must be asked again: an answer to one as it waits now
    would be lost. So the thread goes on after the write."""

    @property
    def is_fork(self) -> bool:
        """Whether it begins a branch at an older checkpoint; the present one stays as it is."""
        return self.checkpoint_id != self.newest_id


@dataclass(frozen=True, slots=True)
class Rerun:
    """A planned run from an older checkpoint, or at another node, for a person to confirm."""

    thread_id: str
    graph_id: str
    newest_id: str
    pending_ids: tuple[str, ...]
    runs: tuple[str, ...]
    """The nodes that run first."""
    checkpoint_id: str = ""
    """The checkpoint where a branch begins; empty for the newest."""
    goto: str = ""
    """The node to go to; empty: the nodes that were next there."""
    cautions: tuple[str, ...] = ()
