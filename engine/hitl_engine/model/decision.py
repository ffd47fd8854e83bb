"""What a person decides on a question."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from hitl_engine.model.json import JsonObject, JsonValue


class DecisionKind(StrEnum):
    """The ways to decide on a tool call."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"
    RESPOND = "respond"


@dataclass(frozen=True, slots=True)
class Approve:
    """Run the call as shown."""

    kind: Literal[DecisionKind.APPROVE] = DecisionKind.APPROVE


@dataclass(frozen=True, slots=True)
class Edit:
    """Run the call with these arguments instead."""

    args: JsonObject
    """All the arguments, not a patch."""
    name: str | None = None
    """Another tool to call instead; None keeps the tool. A person must have confirmed it."""
    kind: Literal[DecisionKind.EDIT] = DecisionKind.EDIT


@dataclass(frozen=True, slots=True)
class Reject:
    """Do not run the call, and give a reason."""

    message: str | None = None
    kind: Literal[DecisionKind.REJECT] = DecisionKind.REJECT


@dataclass(frozen=True, slots=True)
class Respond:
    """Use this text as the tool's result; the call does not run."""

    message: str
    kind: Literal[DecisionKind.RESPOND] = DecisionKind.RESPOND


Verdict: TypeAlias = Approve | Edit | Reject | Respond


@dataclass(frozen=True, slots=True)
class Verdicts:
    """One verdict for each call of a request, in the order of the calls."""

    verdicts: tuple[Verdict, ...]
    kind: Literal["verdicts"] = "verdicts"


@dataclass(frozen=True, slots=True)
class Revise:
    """The changed text."""

    text: str
    kind: Literal["revise"] = "revise"


@dataclass(frozen=True, slots=True)
class Choose:
    """One of the options."""

    index: int
    text: str | None = None
    """The text that goes with it, if the option takes one."""
    kind: Literal["choose"] = "choose"


@dataclass(frozen=True, slots=True)
class Fill:
    """The values of a form."""

    value: JsonValue
    kind: Literal["fill"] = "fill"


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to one question."""

    text: str = ""
    """A free text; for a question with choices, an additional choice in the person's own words."""
    chosen: tuple[str, ...] = ()
    """Of the choices that were offered."""


@dataclass(frozen=True, slots=True)
class Replies:
    """One reply to each question, in the order of the questions."""

    replies: tuple[Reply, ...]
    kind: Literal["replies"] = "replies"


@dataclass(frozen=True, slots=True)
class Decline:
    """The form or the questions are not answered; the graph gets an answer with this information."""

    kind: Literal["decline"] = "decline"


@dataclass(frozen=True, slots=True)
class Answer:
    """Exactly this JSON, whatever kind of payload it answers."""

    value: JsonValue
    kind: Literal["answer"] = "answer"


Decision: TypeAlias = Verdicts | Revise | Choose | Fill | Replies | Decline | Answer
