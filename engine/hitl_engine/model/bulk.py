"""One decision for many items."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from hitl_engine.model.decision import Approve, Decision, Reject, Respond
from hitl_engine.model.form import FormField
from hitl_engine.model.json import JsonValue
from hitl_engine.model.review import Option, Question
from hitl_engine.model.thread import Breakpoint


class BulkWay(StrEnum):
    """A way to decide on many items at once, the same for each of them."""

    APPROVE = "approve"
    REJECT = "reject"
    RESPOND = "respond"
    TEXT = "text"
    CHOOSE = "choose"
    FILL = "fill"
    JSON = "json"
    STEP = "step"


Item: TypeAlias = Question | Breakpoint
"""What a person decides on: a question, or a breakpoint to step past."""
SameDecision: TypeAlias = Approve | Reject | Respond | Decision | None
"""The decision for each of many items: a verdict is for every call; None steps past."""


@dataclass(frozen=True, slots=True)
class WithheldWay:
    """A way that is not offered, and the first item that does not take it."""

    way: BulkWay
    item: int
    """The index of that item."""
    why: str
    """Follows the item's name in a sentence: `it asks for a text`."""


@dataclass(frozen=True, slots=True)
class CommonWays:
    """The ways to decide that many items have in common."""

    ways: tuple[BulkWay, ...]
    """Those that every item takes."""
    withheld: tuple[WithheldWay, ...]
    """All others."""
    options: tuple[Option, ...]
    """The options to choose from, if that is one of the ways."""
    form: FormField | None
    """The form to fill in, if that is one of the ways."""
    payloads: int
    """How many different payloads there are; breakpoints have none."""


@dataclass(frozen=True, slots=True)
class PlannedDecision:
    """What will be sent for one of many items."""

    item: Item
    decision: Decision | None
    """None: a step past a breakpoint."""
    answer: JsonValue = None
    """The exact JSON that is sent."""
    fault: str = ""
    """Why nothing can be sent for this item; empty if it can."""
    cautions: tuple[str, ...] = ()
    """What a person should confirm, one sentence each."""
