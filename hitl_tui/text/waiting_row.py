"""The row of a pending item in the inbox: its texts, and how its kind is drawn."""

from hitl_engine.model import ItemKind, Waiting
from hitl_engine.visible import one_line
from hitl_tui.text.essence import Essence
from hitl_tui.text.inbox_row import InboxRow, Look
from hitl_tui.text.item_summary import needs_care
from hitl_tui.text.literal import short_id

_LOOKS: dict[ItemKind, Look] = {
    ItemKind.TOOL: "tool",
    ItemKind.TEXT: "text",
    ItemKind.FORM: "form",
    ItemKind.CHOICE: "choice",
    ItemKind.QUESTIONS: "asks",
    ItemKind.PROGRAM: "muted",
    ItemKind.JSON: "asks",
    ItemKind.BREAKPOINT: "stop",
}


def row_of(item: Waiting, essence: Essence, *, waiting: str, note: str = "") -> InboxRow:
    """Return the texts of a row; `waiting` and `note`, which is before what is asked, are visible."""
    sign = "!" if needs_care(item) else essence.sign
    return InboxRow(
        f"{sign} {essence.word}",
        one_line(item.target, 80),
        f"{note} {essence.text}" if note else essence.text,
        waiting,
        one_line(item.graph_id, 80),
        one_line(item.node, 80),
        short_id(item.thread_id),
    )


def look_of(item: Waiting, essence: Essence) -> Look:
    """Return how the kind of an item is drawn: like no other, if there is something to know first."""
    return "stuck" if needs_care(item) else _LOOKS[essence.kind]
