"""The end of a conversation in a few rows: what the person wanted, and what was found or said last."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from hitl_engine.model import Conversation, Message, Role
from hitl_engine.visible import one_line
from hitl_tui.text.fitting import padded, shortened
from hitl_tui.text.message_rows import Row, author
from hitl_tui.text.rows import cut_at_words

_MESSAGES_BACK = 100
"""How many of the newest messages are searched for those two."""
_NAME_CELLS = 16
"""An author's name is cut to fit these cells."""


def tail_of(conversations: Sequence[Conversation]) -> tuple[Message, ...]:
    """Return the newest message with words by a person, and by a model or tool; the older first.

    Of several conversations, the one with the call that is asked about counts, else the first.
    """
    asked = (each for each in conversations if each.asked is not None)
    conversation = next(asked, next(iter(conversations), None))
    if conversation is None:
        return ()
    found: dict[bool, Message] = {}
    length = len(conversation.messages)
    for index in reversed(range(max(0, length - _MESSAGES_BACK), length)):
        message = conversation.messages[index]
        if message.role is not Role.SYSTEM and message.text.strip():
            found.setdefault(message.role is Role.HUMAN, message)
        if len(found) == 2:
            break
    return tuple(reversed(found.values()))


def tail_rows(messages: Sequence[Message], width: int, rows_each: int) -> list[Row]:
    """Return the rows of these messages: each at most `rows_each`, behind its author's name."""
    names = [shortened(author(message), _NAME_CELLS) for message in messages]
    indent = max(map(cell_len, names), default=0) + 2
    return [
        row
        for name, message in zip(names, messages, strict=True)
        for row in _rows(name, message, indent, max(1, width - indent), rows_each)
    ]


def _rows(name: str, message: Message, indent: int, width: int, limit: int) -> Iterator[Row]:
    left = one_line(message.text, (limit + 1) * width).strip()
    head = (padded(name, indent), message.role.value)
    for number in range(1, limit + 1):
        cuts = cut_at_words(left, width)
        end = cuts[0] if cuts and number < limit else len(left)
        yield Row((head, (shortened(left[:end], width), "text")), continues=number > 1)
        left = left[end:]
        head = (" " * indent, "text")
        if not left:
            return
