"""One message as rows of coloured text: its author, its text, its calls with their results."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from hitl_engine.model import Attachment, Message, MessageCall, Role
from hitl_engine.visible import json_text, one_line, visible
from hitl_tui.text.fitting import shortened
from hitl_tui.text.item_summary import call_line
from hitl_tui.text.rows import cut_anywhere, cut_at_words, pieces

MESSAGE = 0
"""The part of a message that is no call; its calls are the parts from 1 on."""
_FOLDED_ROWS = 40
"""Rows of a text that are shown before it is unfolded."""
_RESULT_ROWS = 2
"""The same for the result of a call."""
_MOST_CHARACTERS = 200_000
"""Of a text that is unfolded; drawing more would take longer than a person waits."""
_LABELS = {
    Role.HUMAN: "person",
    Role.AI: "model",
    Role.TOOL: "tool",
    Role.SYSTEM: "system",
    Role.OTHER: "",
}
_SIGNS = {
    "asked": "?",
    "failed": "✕",
    "done": "✓",
    "open": "·",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its texts, each with the name of a colour, and the part of the message it is of."""

    texts: tuple[tuple[str, str], ...]
    part: int = MESSAGE
    continues: bool = False
    """Whether it goes on with the line of the row above, which was cut there."""


def message_rows(
    message: Message,
    results: Sequence[Message | None],
    width: int,
    *,
    unfolded: Collection[int] = (),
    with_details: bool = False,
) -> list[Row]:
    """Return the rows of a message. `results` has the result of each of its calls, or None.

    `unfolded`: the parts that are shown whole. `with_details`: with ids and metadata.
    """
    return [
        *_head(message, width, with_details=with_details),
        *_reasoning(message, width, whole=MESSAGE in unfolded),
        *_text(message.text, "text", width, whole=MESSAGE in unfolded),
        *(_attachment(each, width) for each in message.attachments),
        *_calls(message, results, width, unfolded, with_details=with_details),
        *(_details(message, width) if with_details else ()),
    ]


def author(message: Message) -> str:
    """Return who wrote a message, in a word; visible text."""
    return _LABELS[message.role] or one_line(message.name, 40) or "unknown"


def text_to_copy(message: Message, part: int) -> str:
    """Return what is copied of a message: its text, or a call as JSON. Untrusted."""
    if part == MESSAGE:
        return message.text
    call = message.calls[part - 1]
    return json_text({"name": call.name, "args": call.args})


def _head(message: Message, width: int, *, with_details: bool) -> Iterator[Row]:
    texts = [(author(message), message.role.value)]
    if message.name and message.role is not Role.OTHER:
        texts.append((f" {one_line(message.name, 40)}", "muted"))
    if message.failed:
        texts.append(("  ✕ failed", "failed"))
    if with_details:
        ids = " ".join(
            filter(None, (message.message_id, message.answers and f"→ {message.answers}"))
        )
        used = sum(len(text) for text, _ in texts) + 2
        texts.append((f"  {shortened(one_line(ids, 200), max(1, width - used))}", "muted"))
    yield Row(tuple(texts))


def _reasoning(message: Message, width: int, *, whole: bool) -> Iterator[Row]:
    if not message.reasoning:
        return
    if whole:
        yield Row((("thought", "muted"),))
        yield from _text(message.reasoning, "muted", width, whole=True)
    else:
        line = shortened(one_line(message.reasoning, 400), max(1, width - 9))
        yield Row(((f"thought: {line}", "muted"),))


def _text(
    text: str,
    colour: str,
    width: int,
    *,
    whole: bool,
    part: int = MESSAGE,
    limit: int = _FOLDED_ROWS,
) -> Iterator[Row]:
    """Yield a text, cut at words; if it is not shown whole, `limit` rows of it."""
    if not text.strip():
        return
    shown = text[: _MOST_CHARACTERS if whole else limit * width * 4]
    rows: list[Row] = []
    for line in visible(shown).replace("\t", "    ").strip("\n").split("\n"):
        rows += (
            Row(((line[start:end], colour),), part, start > 0)
            for start, end in pieces(cut_at_words(line, width), len(line))
        )
    if not whole and len(rows) > limit:
        rows = rows[:limit]
    elif len(shown) == len(text):
        yield from rows
        return
    yield from rows
    yield Row(
        ((f"… of {len(text):,} characters{'' if whole else '; enter shows all'}", "muted"),), part
    )


def _attachment(attachment: Attachment, width: int) -> Row:
    told = (attachment.name, attachment.media_type, _size(attachment.size))
    line = "  ".join(one_line(each, 120) for each in told if each)
    return Row(
        (
            (f"▣ {one_line(attachment.kind, 20)}  ", "attachment"),
            (shortened(line, max(1, width - 12)), "muted"),
        )
    )


def _size(size: int | None) -> str:
    if size is None:
        return ""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


# Tool calls


def _calls(
    message: Message,
    results: Sequence[Message | None],
    width: int,
    unfolded: Collection[int],
    *,
    with_details: bool,
) -> Iterator[Row]:
    for number, (call, result) in enumerate(zip(message.calls, results, strict=True), start=1):
        whole = number in unfolded
        yield _call(call, result, width, number, whole=whole)
        if whole:
            yield from _indented(json_text(call.args), "argument", width, number)
        if call.problem:
            yield Row(((f"    {shortened(one_line(call.problem), width - 4)}", "failed"),), number)
        if with_details and call.call_id:
            yield Row(((f"    {shortened(one_line(call.call_id), width - 4)}", "muted"),), number)
        if result is not None:
            yield from _result(result, width, number, whole=whole)


def _call(
    call: MessageCall, result: Message | None, width: int, number: int, *, whole: bool
) -> Row:
    status = "asked" if call.asked else "open"
    if result is not None:
        status = "failed" if result.failed else "done"
    sign = ((_SIGNS[status], status), (" ", "muted"))
    if whole:
        return Row((*sign, (one_line(call.name, width - 2), "call")), number)
    line = call_line(call.name, call.args if isinstance(call.args, dict) else {"": call.args})
    name, opening, arguments = shortened(line, width - 2).partition("(")
    return Row((*sign, (name, "call"), (f"{opening}{arguments}", "argument")), number)


def _result(result: Message, width: int, number: int, *, whole: bool) -> Iterator[Row]:
    colour = "failed" if result.failed else "muted"
    lines = [
        *_text(result.text, colour, width - 4, whole=whole, part=number, limit=_RESULT_ROWS),
        *(_attachment(each, width - 4) for each in result.attachments),
    ]
    for index, row in enumerate(lines):
        yield Row((("  └ " if index == 0 else "    ", "muted"), *row.texts), number, row.continues)


def _details(message: Message, width: int) -> Iterator[Row]:
    if message.metadata:
        yield from _indented(json_text(message.metadata), "muted", width, MESSAGE)


def _indented(text: str, colour: str, width: int, part: int) -> Iterator[Row]:
    cells = max(4, width - 4)
    for line in text.split("\n"):
        for start, end in pieces(cut_anywhere(line, cells), len(line)):
            yield Row((("    ", colour), (line[start:end], colour)), part, start > 0)
