"""What a pending item asks, in the reviewer's words: its kind, and its essence on one line."""

from dataclasses import dataclass
from enum import Enum

from hitl_engine.model import (
    AnyJson,
    Breakpoint,
    Choices,
    FormToFill,
    Interrupt,
    Item,
    JsonObject,
    JsonValue,
    MachineRequest,
    Questions,
    Review,
    TextToRevise,
    ToolCalls,
)
from hitl_engine.visible import json_text, one_line
from hitl_tui.text.item_summary import breakpoint_line, running_call_line

_LINE = 400
"""Characters; more than a terminal shows on one line."""
_PROSE = (
    *("question", "title", "message", "prompt", "instruction", "instructions", "text"),
    *("description", "task", "summary", "reason"),
)
"""Keys whose text tells a person what a payload is about, the most telling first."""


class ItemKind(Enum):
    """What an item is for a reviewer: its sign, which needs no colour to be read, and its word."""

    TOOL = ("▶", "tool")
    TEXT = ("¶", "text")
    FORM = ("≡", "form")
    CHOICE = ("◆", "choice")
    QUESTION = ("?", "question")
    PROGRAM = ("⋯", "program")
    JSON = ("?", "asks")
    BREAK = ("■", "break")

    @property
    def sign(self) -> str:
        """One character."""
        return self.value[0]

    @property
    def word(self) -> str:
        """The word in the list, and in a filter."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Essence:
    """What the list shows of an item."""

    kind: ItemKind
    text: str
    """Visible, on one line."""
    tools: tuple[str, ...] = ()
    """The names of the tools whose calls wait, as they came: untrusted."""


def essence_of(item: Item) -> Essence:
    """Return what an item asks."""
    if isinstance(item, Breakpoint):
        return Essence(
            ItemKind.BREAK, f"{item.when} {one_line(item.node, 60)}, {breakpoint_line(item)}"
        )
    asked = item.interrupt
    text = _review_text(item.review, asked)
    if asked.tool_call is not None:
        text = f"{text} · in {running_call_line(asked.tool_call)}"
    return Essence(_KINDS[type(item.review)], one_line(text, _LINE), _tools(item.review))


_KINDS: dict[type[Review], ItemKind] = {
    ToolCalls: ItemKind.TOOL,
    TextToRevise: ItemKind.TEXT,
    FormToFill: ItemKind.FORM,
    Choices: ItemKind.CHOICE,
    Questions: ItemKind.QUESTION,
    MachineRequest: ItemKind.PROGRAM,
    AnyJson: ItemKind.JSON,
}


def _tools(review: Review) -> tuple[str, ...]:
    return tuple(call.name for call in review.calls) if isinstance(review, ToolCalls) else ()


def _review_text(review: Review, asked: Interrupt) -> str:
    match review:
        case ToolCalls(calls=(first, *others)):
            more = f" +{len(others)} {'call' if len(others) == 1 else 'calls'}" if others else ""
            return call_essence(first.name, first.args) + more
        case TextToRevise(text="", prompt=prompt):
            return one_line(prompt, 200)
        case TextToRevise(text=text, prompt=prompt):
            quoted = f"“{one_line(text, _LINE)}”"
            return f"{one_line(prompt, 80)}: {quoted}" if prompt else quoted
        case Choices(options=options):
            labels = " / ".join(one_line(option.label, 40) for option in options)
            return f"{payload_essence(asked.payload)} ({labels})"
        case Questions(questions=questions):
            return " · ".join(one_line(question.text, _LINE) for question in questions)
        case MachineRequest(event=event):
            return f"waits for its own client: {one_line(event, 80) or 'a hook'}"
        case _:
            return payload_essence(asked.payload)


def call_essence(name: str, args: JsonObject) -> str:
    """Return a tool call with the values of its arguments: `send_email → ada@example.com · Monday`."""
    values = " · ".join(_short(value) for value in args.values())
    return f"{one_line(name, 60)} → {values}" if values else one_line(name, 60)


def payload_essence(payload: JsonValue) -> str:
    """Return a payload as prose, with its other short values after it; never as JSON with braces."""
    if not isinstance(payload, dict):
        return _short(payload, 200)
    told = next((key for key in _PROSE if _is_prose(payload.get(key))), "")
    prose = [one_line(str(payload[told]), 200)] if told else []
    others = [
        f"{one_line(key, 40)} {_short(value)}" for key, value in payload.items() if key != told
    ]
    return " · ".join([*prose, *others])


def _is_prose(value: JsonValue) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _short(value: JsonValue, length: int = 80) -> str:
    text = value if isinstance(value, str) else json_text(value, indent=None)
    return one_line(text, length)
