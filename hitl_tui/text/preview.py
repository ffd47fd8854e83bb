"""What a pending item asks, whole, as lines of text to read."""

from collections.abc import Iterator

from hitl_engine.model import (
    Breakpoint,
    Choices,
    Item,
    JsonValue,
    Questions,
    TextToRevise,
    ToolCall,
    ToolCalls,
)
from hitl_engine.visible import json_text, one_line
from hitl_tui.text.item_summary import NO_ANSWER, breakpoint_line, running_call_line
from hitl_tui.text.literal import visible_lines

_MOST = 2_000
"""Lines; who wants to read more opens the item."""


def preview_lines(item: Item) -> list[str]:
    """Return visible lines, the most important first, and at most 2,000."""
    lines: list[str] = []
    for line in _lines(item):
        if len(lines) == _MOST:
            return [*lines, "… enter opens the item, and shows the rest"]
        lines.append(line)
    return lines


def _lines(item: Item) -> Iterator[str]:
    if isinstance(item, Breakpoint):
        yield f"Stopped {item.when} {one_line(item.node, 200)}"
        yield breakpoint_line(item)
        if item.when == "in":
            yield from ("", NO_ANSWER)
        return
    asked = item.interrupt
    if asked.tool_call is not None:
        yield from (f"Asked by the tool call {running_call_line(asked.tool_call)}", "")
    match item.review:
        case ToolCalls(calls=calls):
            for number, call in enumerate(calls):
                yield from [""] * (number > 0)
                yield from _call_lines(call)
        case TextToRevise(text=text, prompt=prompt):
            if prompt:
                yield from (*visible_lines(prompt), "")
            yield from visible_lines(text)
        case Choices(prompt=prompt, options=options):
            yield from (*visible_lines(prompt), "")
            for number, option in enumerate(options, 1):
                yield f"{number}  {one_line(option.label, 400)}"
        case Questions(questions=questions):
            for question in questions:
                yield from (*visible_lines(question.text), "")
        case _:
            yield from _value_lines(asked.payload)


def _call_lines(call: ToolCall) -> Iterator[str]:
    yield one_line(call.name, 200)
    for name, value in call.args.items():
        first, *others = _value_lines(value)
        yield f"  {one_line(name, 80)}: {first}"
        yield from (f"    {line}" for line in others)


def _value_lines(value: JsonValue) -> list[str]:
    return visible_lines(value) if isinstance(value, str) else json_text(value).split("\n")
