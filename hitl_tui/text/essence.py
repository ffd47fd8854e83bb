"""What a pending item asks, in the reviewer's words: its kind, and its essence on one line."""

from dataclasses import dataclass

from hitl_engine.model import (
    Breakpoint,
    Choices,
    Interrupt,
    Item,
    ItemKind,
    JsonObject,
    JsonValue,
    MachineRequest,
    Questions,
    Review,
    TextToRevise,
    ToolCalls,
    kind_of,
    tools_of,
)
from hitl_engine.visible import cut_line, json_text, one_line
from hitl_tui.text.item_summary import breakpoint_line, running_call_line

_LINE = 400
"""Characters; more than a terminal shows on one line."""
_PROSE = (
    *("question", "title", "message", "prompt", "instruction", "instructions", "text"),
    *("description", "task", "summary", "reason"),
)
"""Keys whose text tells a person what a payload is about, the most telling first."""


_SHOWN = {
    ItemKind.TOOL: ("▶", "tool"),
    ItemKind.TEXT: ("¶", "text"),
    ItemKind.FORM: ("≡", "form"),
    ItemKind.CHOICE: ("◆", "choice"),
    ItemKind.QUESTIONS: ("?", "question"),
    ItemKind.PROGRAM: ("⋯", "program"),
    ItemKind.JSON: ("?", "asks"),
    ItemKind.BREAKPOINT: ("■", "break"),
}
"""The sign of each kind, which needs no colour to be read, and its word in the list."""


@dataclass(frozen=True, slots=True)
class Essence:
    """What the list shows of an item."""

    kind: ItemKind
    text: str
    """Visible, on one line."""
    tools: tuple[str, ...] = ()
    """The tools whose calls wait, or that ask themselves, as they came: untrusted."""

    @property
    def sign(self) -> str:
        """The sign of its kind: one character."""
        return _SHOWN[self.kind][0]

    @property
    def word(self) -> str:
        """The word of its kind in the list."""
        return _SHOWN[self.kind][1]


def essence_of(item: Item) -> Essence:
    """Return what an item asks."""
    if isinstance(item, Breakpoint):
        text = f"{item.when} {one_line(item.node, 60)}, {breakpoint_line(item)}"
    else:
        text = _review_text(item.review, item.interrupt)
        if item.interrupt.tool_call is not None:
            text = f"{text} · in {running_call_line(item.interrupt.tool_call)}"
        text = cut_line(text, _LINE)
    return Essence(kind_of(item), text, tools_of(item))


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
            return f"{payload_essence(_without_lists(asked.payload))} ({labels})"
        case Questions(questions=questions):
            return " · ".join(one_line(question.text, _LINE) for question in questions)
        case MachineRequest(event=event):
            return f"waits for its own client: {one_line(event, 80) or 'a hook'}"
        case _:
            return payload_essence(asked.payload)


def call_essence(name: str, args: JsonObject) -> str:
    """Return a tool call with the values of its arguments: `send_email → ada@example.com · Monday`."""
    values = values_essence(args)
    return f"{one_line(name, 60)} → {values}" if values else one_line(name, 60)


def values_essence(args: JsonObject) -> str:
    """Return the values of arguments on one line: `ada@example.com · Monday`."""
    return " · ".join(_short(value) for value in args.values())


def payload_essence(payload: JsonValue) -> str:
    """Return a payload as prose, with its other short values after it; never as JSON with braces."""
    if not isinstance(payload, dict):
        return _short(payload, 200)
    told = next((key for key in _PROSE if _is_prose(payload.get(key))), "")
    prose = [one_line(str(payload[told]), 200)] if told else []
    others = [_named(one_line(key, 40), value) for key, value in payload.items() if key != told]
    return " · ".join([*prose, *others])


def _without_lists(payload: JsonValue) -> JsonValue:
    """Return a payload without its lists: the options are named after it."""
    if not isinstance(payload, dict):
        return payload
    return {key: value for key, value in payload.items() if not isinstance(value, list)}


def _named(name: str, value: JsonValue) -> str:
    """Return a value after its name; of what is nested deeper only the number."""
    match value:
        case dict(values):
            flat: JsonObject = {
                str(key): each for key, each in values.items() if not isinstance(each, dict | list)
            }
            return f"{name} {payload_essence(flat)}" if flat else f"{len(values):,} {name}"
        case [*items] if any(isinstance(item, dict | list) for item in items):
            return f"{len(items):,} {name}"
        case [*items]:
            return f"{name} {', '.join(_short(item, 40) for item in items)}"
        case _:
            return f"{name} {_short(value)}"


def _is_prose(value: JsonValue) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _short(value: JsonValue, length: int = 80) -> str:
    text = value if isinstance(value, str) else json_text(value, indent=None)
    return one_line(text, length)
