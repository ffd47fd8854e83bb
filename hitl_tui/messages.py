"""What widgets and screens say: one dataclass for each fact, naming its subject."""

from __future__ import annotations  # the nouns are not loaded before the first paint

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual.message import Message

if TYPE_CHECKING:
    from hitl_engine.errors import HitlError
    from hitl_engine.model import (
        Breakpoint,
        Breakpoints,
        Decision,
        Graph,
        JsonObject,
        JsonValue,
        PlannedDecision,
        Question,
        Waiting,
    )
    from hitl_tui.state.marks import Marks


@dataclass
class Chosen(Message):
    """Somebody wants to see this item."""

    item: Waiting


@dataclass
class Decided(Message):
    """A decision was made on this question. A card says so at most once."""

    question: Question
    decision: Decision


@dataclass
class Stepped(Message):
    """Somebody wants to step past this breakpoint. A card says so at most once."""

    breakpoint: Breakpoint


@dataclass
class Typed(Message):
    """Something was typed on the card of this question."""

    question: Question
    content: JsonObject
    """The card's own record of what was typed."""


class Editable(Protocol):
    """A text that can be edited elsewhere, and taken back."""

    SUFFIX: ClassVar[str]
    """What the name of its file ends in."""

    @property
    def text(self) -> str:
        """The text as it stands on the screen."""

    def take_back(self, text: str) -> None:
        """Take the text as it was edited elsewhere."""

    def post_message(self, message: Message) -> bool:
        """Hear a message, as widgets do."""


@dataclass
class ExternalEditorWanted(Message):
    """Somebody wants to edit what is here in an editor of their own."""

    editor: Editable


@dataclass
class ExternalEditorClosed(Message):
    """The editor of their own is closed, whether anything came of it or not."""


@dataclass
class StartWanted(Message):
    """Somebody wants to start a run."""


@dataclass
class LogWanted(Message):
    """Somebody wants to see the log."""


@dataclass
class RunWanted(Message):
    """Somebody wants this run to be started."""

    graph: Graph
    input: JsonValue
    breakpoints: Breakpoints


@dataclass
class StartFailed(Message):
    """The run that was wanted was not started."""

    error: HitlError


@dataclass
class BulkWanted(Message):
    """Somebody wants to decide on all that is marked."""

    marks: Marks


@dataclass
class BulkDecided(Message):
    """A decision was made on each of many items. A card says so at most once."""

    planned: tuple[PlannedDecision, ...]
