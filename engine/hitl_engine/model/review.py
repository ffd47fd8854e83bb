"""Reviews: what the payload of an interrupt asks for, as far as it was understood."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from hitl_engine.model.decision import DecisionKind
from hitl_engine.model.form import FormField
from hitl_engine.model.json import JsonObject, JsonValue
from hitl_engine.model.thread import Interrupt


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool call that waits for approval. The arguments are what runs."""

    name: str
    args: JsonObject
    description: str
    """The agent's own description; never decide from it alone."""
    allowed: tuple[DecisionKind, ...]
    """The decisions to offer."""
    why_not: str = ""
    """Why the other decisions are not offered, in one sentence."""
    labels: tuple[tuple[DecisionKind, str], ...] = ()
    """The convention's own words for decisions, where they differ from ours (`Ignore`)."""
    takes_reason: bool = True
    """Whether a rejection may have a reason; if not, the graph would never receive it."""
    form: FormField | None = None
    """The form of the arguments, if the request contains their schema."""
    extra: JsonObject = field(default_factory=dict)
    """All other keys of the request."""


@dataclass(frozen=True, slots=True)
class TextToRevise:
    """A text to change; the answer is the changed text."""

    text: str
    prompt: str
    """What else the payload contains (an instruction, a question), or nothing."""
    notes: tuple[str, ...] = ()
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class ToolCalls:
    """Tool calls of one request; the answer is one verdict for each, in order."""

    calls: tuple[ToolCall, ...]
    convention: str = "tool calls"
    extra: JsonObject = field(default_factory=dict)
    """All keys of the payload other than the calls."""
    notes: tuple[str, ...] = ()
    kind: Literal["tool_calls"] = "tool_calls"


@dataclass(frozen=True, slots=True)
class Option:
    """One ready-made answer."""

    label: str
    answer: JsonValue
    text_key: str = ""
    """The key of the answer under which a text may be added, or nothing."""
    needs_text: bool = False
    taken_for_yes: bool = False
    """Whether this refuses only if its shape was guessed right: else an `if` takes it for yes."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Something to choose; the answer is one of the options."""

    options: tuple[Option, ...]
    prompt: str
    """What else the payload contains."""
    listed: bool = True
    """Whether the payload lists the options. If not, they are a guess, and any answer is taken."""
    notes: tuple[str, ...] = ()
    kind: Literal["choices"] = "choices"


@dataclass(frozen=True, slots=True)
class FormToFill:
    """A form; the answer holds its values."""

    form: FormField
    """`json` at the root: no form can hold the answer, it is given as JSON and checked."""
    schema: JsonObject
    """What the values must fit, as JSON Schema."""
    payload: JsonValue
    """The whole payload: the title and context of the form, in no known convention."""
    can_decline: bool = False
    convention: str = "form"
    notes: tuple[str, ...] = ()
    kind: Literal["form"] = "form"


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One of several questions."""

    text: str
    answered_by: Literal["text", "one choice", "choices"]
    choices: tuple[str, ...] = ()
    """A free text may always be given too."""
    required: bool = True
    extra: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions of an agent; the answer is one reply for each, in order."""

    questions: tuple[AskedQuestion, ...]
    extra: JsonObject = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    kind: Literal["questions"] = "questions"


@dataclass(frozen=True, slots=True)
class MachineRequest:
    """A request of a program to its own client; there is nothing for a person to approve."""

    event: str
    deadline: str
    """As the program wrote it, or nothing."""
    payload: JsonValue
    notes: tuple[str, ...] = ()
    kind: Literal["machine"] = "machine"


@dataclass(frozen=True, slots=True)
class AnyJson:
    """A payload without a known convention; the answer is any JSON."""

    payload: JsonValue
    notes: tuple[str, ...] = ()
    """What to know before answering: `This looks like a tool approval, but it has no arguments.`"""
    kind: Literal["json"] = "json"


Review: TypeAlias = (
    TextToRevise | ToolCalls | Choices | FormToFill | Questions | MachineRequest | AnyJson
)


@dataclass(frozen=True, slots=True)
class Question:
    """An interrupt with its review: what a person decides on."""

    interrupt: Interrupt
    review: Review
    fingerprint: str
    """Digest of what is shown. A decision carries it; it is compared again before sending."""
    unseen: int = field(default=0, compare=False)
    """Rows and tool calls that were not on the screen when the person decided: they jumped past."""
    seconds: float | None = field(default=None, compare=False)
    """How long it was on the screen before the person decided."""
    log_reason: str = field(default="", compare=False)
    """Why the person decides as they do, or a ticket: for the log, and not for the graph."""
