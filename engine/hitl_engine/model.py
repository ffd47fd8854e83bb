"""The nouns: what waits, what was understood, what was decided, what came of it.

Frozen dataclasses of the standard library: the console loads this module with its first list, and
nothing heavier. Everything that came from a graph is untrusted; pass it through `hitl_engine.visible` before
it meets a screen, a log or a terminal.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

JsonValue: TypeAlias = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
JsonObject: TypeAlias = dict[str, JsonValue]
Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands within another one: keys and places, outermost first."""


# What holds the graphs


@dataclass(frozen=True, slots=True)
class BrokenGraph:
    """A graph of the target that cannot be imported."""

    graph_id: str
    what: str
    """One line: the error, and what to install where, if that is known."""
    traceback: str


@dataclass(frozen=True, slots=True)
class Server:
    """The server one is on, as every screen names it."""

    label: str
    """The project's folder or file, or the URL without credentials."""
    url: str
    local: bool
    version: str
    identity: str
    """What makes this server this server: the id of the engine's database, or the URL."""
    broken: tuple[BrokenGraph, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph that runs can be started on (an assistant, in the words of the Server API)."""

    assistant_id: str
    graph_id: str
    name: str
    description: str | None = None


# What waits


@dataclass(frozen=True, slots=True)
class Interrupt:
    """A question raised by `interrupt(value)` in a node. It has an id and wants an answer."""

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
    """When the question appeared, by the server's clock: the end of the run that asked it first.

    A server that does not say so for each question tells the end of the thread's last run, which
    also a run moves that comes to the same question again.
    """
    task_error: str | None = None
    """Set when an earlier answer made the node raise: the question may be stuck."""


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A static stop (`interrupt_before`, `interrupt_after`). It has no id and takes no answer."""

    thread_id: str
    graph_id: str
    when: Literal["before", "after"]
    node: str
    """The node before or after which the run stopped."""
    next: tuple[str, ...]
    """The nodes that run when one steps on."""
    checkpoint_id: str
    since: datetime | None
    """When the run stopped here, by the server's clock, as with `Interrupt.since`."""
    error: str | None = None
    """Set when a run that was to go on from here died: some of its nodes may have run already."""


Waiting: TypeAlias = Interrupt | Breakpoint


class ThreadStatus(StrEnum):
    """Where a thread stands, derived from its state (the row's own status can be wrong)."""

    INTERRUPTED = "interrupted"
    BREAKPOINT = "breakpoint"
    BUSY = "busy"
    DONE = "done"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class ThreadView:
    """One thread as its state describes it."""

    thread_id: str
    graph_id: str
    status: ThreadStatus
    values: JsonValue
    next: tuple[str, ...]
    waiting: tuple[Waiting, ...]
    """Interrupts in the order of their ids, or one breakpoint, or nothing."""
    checkpoint_id: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Inbox:
    """Everything that waits for a person, as of one look at the server."""

    items: tuple[Waiting, ...]
    busy: int
    """Threads with a run under way."""
    unreadable: tuple[tuple[str, str], ...] = ()
    """(thread id, why) of threads that could not be read; every look tries them again.

    `items` holds what waited on them when they could be read last.
    """
    error: str | None = None
    """Why the list is stale, when the last look failed; the items are from the look before."""


# What an answer makes run


@dataclass(frozen=True, slots=True)
class Effect:
    """What runs when some of a thread's questions are answered; one name for each task."""

    goes_on: tuple[str, ...]
    """Nodes all of whose questions are answered: they run from their start to their end."""
    asks_again: tuple[str, ...]
    """Nodes that run from their start and then ask what is not answered yet."""


@dataclass(frozen=True, slots=True)
class Reopening:
    """What would happen if a question were asked anew; one name for each task.

    All nodes of the step run again from their start, those that asked inside a subgraph with all
    of it. What was answered in this step is forgotten; earlier nodes do not run.
    """

    asks_again: tuple[str, ...]
    """Nodes that run up to their question."""
    runs_twice: tuple[str, ...]
    """Nodes that had finished: whatever they do to the world is done twice."""
    happened: str
    """What the node raised, untrusted; empty where nothing went wrong."""
    stuck: bool
    """Whether answers given here met the same error twice; otherwise another answer may do."""
    why_not: str = ""
    """Why it cannot be done, or nothing."""


# How an answer is typed


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a value does not fit, and where."""

    path: Path
    words: str
    """Goes on after the place: `must be a whole number; it is the text "10"`."""
    argument: "tuple[int, Path] | None" = None
    """The call whose edited arguments it is in, counted from 0, and where in them; else None."""

    def __str__(self) -> str:
        return f"{json_path(self.path)}: {self.words}"


def json_path(path: Path) -> str:
    """Return a place as JSONPath writes it: `$.decisions[1].message`."""
    steps = (
        f"[{step}]"
        if isinstance(step, int)
        else f".{step}"
        if step.isidentifier()
        else f"[{json.dumps(step, ensure_ascii=False)}]"
        for step in path
    )
    return "".join(("$", *steps))


FieldKind: TypeAlias = Literal[
    "text",
    "long_text",
    "integer",
    "number",
    "boolean",
    "choice",
    "fixed",
    "object",
    "list",
    "variants",
    "json",
]


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form made from a JSON Schema; an entire schema is a field without a name."""

    name: str
    title: str
    kind: FieldKind
    required: bool
    description: str = ""
    default: JsonValue = None
    has_default: bool = False
    nullable: bool = False
    """Whether null may stand here instead."""
    choices: tuple[JsonValue, ...] = ()
    """Of a choice; the one value of a fixed field."""
    labels: tuple[str, ...] = ()
    """What to call the choices, where the schema says so; else their JSON."""
    hints: tuple[str, ...] = ()
    """What is expected, in words: `at least 0`, `a date, as 2026-01-31`."""
    fields: tuple["FormField", ...] = ()
    """Of an object."""
    item: "FormField | None" = None
    """Of a list: what each of its items is."""
    variants: tuple["Variant", ...] = ()
    beyond: str = ""
    """Why the value is asked for as JSON, where the kind is `json`."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the shapes that a value may have, and how one tells that it has it."""

    field: FormField
    types: tuple[str, ...]
    """JSON types (`string`, `integer`, …) of its values."""
    tag: str = ""
    """The property that tells, if one does."""
    tags: tuple[JsonValue, ...] = ()
    """What that property may be."""


# What was understood


class DecisionKind(StrEnum):
    """The ways to decide on a tool call."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"
    RESPOND = "respond"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool call that waits for approval. The arguments are what runs."""

    name: str
    args: JsonObject
    description: str
    """The agent's own story; never decide from it."""
    allowed: tuple[DecisionKind, ...]
    """What to offer."""
    why_not: str = ""
    """Why the other decisions are not offered, in one sentence."""
    labels: tuple[tuple[DecisionKind, str], ...] = ()
    """The convention's own words for decisions, where they differ from ours (`Ignore`)."""
    takes_reason: bool = True
    """Whether a rejection may carry a reason; otherwise the graph would never see it."""
    form: FormField | None = None
    """The form of the arguments, where the request brings their schema."""
    extra: JsonObject = field(default_factory=dict)
    """What the request says besides."""


@dataclass(frozen=True, slots=True)
class TextToRevise:
    """A text to change; the answer is the changed text."""

    text: str
    prompt: str
    """What the payload says beside the text (an instruction, a question), or nothing."""
    notes: tuple[str, ...] = ()
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class ToolCalls:
    """Tool calls of one request; the answer is one verdict for each, in order."""

    calls: tuple[ToolCall, ...]
    convention: str = "tool calls"
    extra: JsonObject = field(default_factory=dict)
    """What the payload says beside the calls."""
    notes: tuple[str, ...] = ()
    kind: Literal["tool_calls"] = "tool_calls"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that is offered ready-made."""

    label: str
    answer: JsonValue
    text_key: str = ""
    """The key under which a text may be put into the answer, or nothing."""
    needs_text: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """Something to choose; the answer is one of the options."""

    options: tuple[Option, ...]
    prompt: str
    """What the payload says beside the options."""
    listed: bool = True
    """Whether the payload lists the options. Otherwise they are a guess: offered, never forced."""
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
    """What is asked, whole: the title and context of the form, in nobody's convention."""
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
    """Beside them a free text may be given, always."""
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
    """A program asks its own client; nobody is asked to approve anything."""

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
    """What one should know: `This looks like a tool approval, but it has no arguments.`"""
    kind: Literal["json"] = "json"


Review: TypeAlias = (
    TextToRevise | ToolCalls | Choices | FormToFill | Questions | MachineRequest | AnyJson
)


@dataclass(frozen=True, slots=True)
class Question:
    """An interrupt together with what was understood of it: what a person decides on."""

    interrupt: Interrupt
    review: Review
    fingerprint: str
    """Digest of what is shown. A decision carries it; it is compared again before sending."""


# What was decided


@dataclass(frozen=True, slots=True)
class Approve:
    """Let the call run as shown."""

    kind: Literal[DecisionKind.APPROVE] = DecisionKind.APPROVE


@dataclass(frozen=True, slots=True)
class Edit:
    """Let the call run with these arguments instead."""

    args: JsonObject
    """All the arguments, not a patch."""
    name: str | None = None
    """Another tool to call instead; None keeps the tool. A person must have confirmed it."""
    kind: Literal[DecisionKind.EDIT] = DecisionKind.EDIT


@dataclass(frozen=True, slots=True)
class Reject:
    """Do not let the call run, and say why."""

    message: str | None = None
    kind: Literal[DecisionKind.REJECT] = DecisionKind.REJECT


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer in the tool's place; the call does not run."""

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
    """The text as it should be."""

    text: str
    kind: Literal["revise"] = "revise"


@dataclass(frozen=True, slots=True)
class Choose:
    """This option."""

    index: int
    text: str | None = None
    """What was typed beside it, where the option takes a text."""
    kind: Literal["choose"] = "choose"


@dataclass(frozen=True, slots=True)
class Fill:
    """The values of a form."""

    value: JsonValue
    kind: Literal["fill"] = "fill"


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said to one question."""

    text: str = ""
    """In words; beside choices, a choice of one's own."""
    chosen: tuple[str, ...] = ()
    """Of the choices that were offered."""


@dataclass(frozen=True, slots=True)
class Replies:
    """One reply to each question, in the order of the questions."""

    replies: tuple[Reply, ...]
    kind: Literal["replies"] = "replies"


@dataclass(frozen=True, slots=True)
class Decline:
    """The form or the questions are not answered, and the graph is told so."""

    kind: Literal["decline"] = "decline"


@dataclass(frozen=True, slots=True)
class Answer:
    """This JSON, exactly, whatever the payload was taken for."""

    value: JsonValue
    kind: Literal["answer"] = "answer"


Decision: TypeAlias = Verdicts | Revise | Choose | Fill | Replies | Decline | Answer


# What came of it


@dataclass(frozen=True, slots=True)
class Progress:
    """Something a run did while it was watched."""

    thread_id: str
    kind: Literal["started", "finished", "failed", "custom", "stopped"]
    node: str
    """Node path, outermost first, joined by ` ▸ `; empty where the event names none."""
    detail: JsonValue = None
    """`finished`: what the node wrote; `custom`: what it sent; `failed`: the error."""


class OutcomeKind(StrEnum):
    """What became of a decision or a run that was sent."""

    APPLIED = "applied"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read back after a decision, a step or a start.

    APPLIED: the graph took it (how the run went on stands in `thread.status`).
    REFUSED: nothing was taken. UNKNOWN: side effects cannot be excluded; look, never resend.
    """

    kind: OutcomeKind
    why: str
    """One sentence: the proof, or the reason."""
    thread: ThreadView | None
    """The thread afterwards; None where it could not be read."""
    error: str | None = None
    """What the graph raised in this run, if it did."""
    stuck: bool = False
    """Whether the question met the same error twice: to be answered it must be reopened."""
    mismatches: tuple[str, ...] = ()
    """Tool calls that did otherwise than decided, as the messages show: a sentence each, untrusted."""
    thread_id: str = field(kw_only=True)
    """Known also where the thread could not be read."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed and not sent."""

    fingerprint: str
    thread_id: str
    interrupt_id: str
    content: JsonObject
    """The card's own record of what was typed."""
    unchanged: bool
    """False: the question has changed since this was typed."""
    saved: datetime


Event: TypeAlias = Literal["answer", "step", "start", "reopen"]
"""What a decision does: answers a question, steps past a breakpoint, starts, asks anew."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One decision of the journal, folded from its rows."""

    decision_id: str
    at: datetime
    who: str
    event: Event
    server: str
    graph_id: str
    thread_id: str
    node: str
    interrupt_id: str | None
    decision: str
    """`approve`, `reject, approve`, `edit to another tool`, `revise`, `choose`, `answer`, `step`, …"""
    answer: JsonValue
    outcome: OutcomeKind | None
    """None: intended, and no outcome was recorded (the console died before it knew)."""
    why: str
    sent_as: str = ""
    """The decision in whose name it was sent; answers that went out as one share it."""
    mismatches: tuple[str, ...] = ()
    """What did otherwise than decided, as in `Outcome`."""


@dataclass(frozen=True, slots=True)
class Breakpoints:
    """Run-time breakpoints of one run; `*` stands for every node."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputForm:
    """How the input of a graph is asked for."""

    graph: Graph
    form: FormField
    """`json` at the root: nothing is known of the input, it is given as JSON."""
    nodes: tuple[str, ...]
    """The graph's nodes, for choosing breakpoints."""


# Many at once


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
Same: TypeAlias = Approve | Reject | Respond | Decision | None
"""What is decided for each of many: a verdict is for every call; None steps past."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A way that is not offered, and the first item that does not take it."""

    way: BulkWay
    item: int
    """Its place among the items."""
    why: str
    """Goes on after the item's name: `it asks for a text`."""


@dataclass(frozen=True, slots=True)
class Alike:
    """What many items have in common."""

    ways: tuple[BulkWay, ...]
    """Those that every item takes."""
    withheld: tuple[Withheld, ...]
    """All others."""
    options: tuple[Option, ...]
    """What can be chosen, where that is a way."""
    form: FormField | None
    """The form that can be filled in, where that is a way."""
    payloads: int
    """How many different payloads there are; breakpoints have none."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What will happen to one of many items."""

    item: Item
    decision: Decision | None
    """None: it is stepped past."""
    answer: JsonValue = None
    """The exact JSON that is sent."""
    fault: str = ""
    """Why it cannot be sent, in words; nothing is, then."""
    cautions: tuple[str, ...] = ()
    """What a person should confirm, one sentence each."""
