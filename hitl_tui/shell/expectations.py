"""`--expect FINGERPRINT`: send only if what was shown earlier still waits.

Between `show` and `answer` a node can run again and ask something else under the same interrupt id.
Who answers because of a notification or a ticket gives the fingerprint from it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hitl_engine.errors import NoLongerWaits
from hitl_engine.model import Breakpoint, JsonObject, ThreadView, Waiting
from hitl_engine.visible import json_text, one_line
from hitl_tui.shell.thread_output import waiting_documents
from hitl_tui.text.item_summary import breakpoint_line

if TYPE_CHECKING:
    from hitl_engine.desk import Desk


class AnotherWaits(NoLongerWaits):
    """Not what was expected: the question was answered, replaced or asked anew."""

    def __init__(self, what: str, *, detail: str, waiting: JsonObject) -> None:
        hint = "What waits now:" if detail else "Nothing waits on the thread now."
        super().__init__(what, kept="Nothing was sent.", hint=hint, detail=detail)
        self.waiting = waiting
        """What waits now, as in every document of a thread."""


def expected_item(desk: "Desk", thread: ThreadView, expected: Sequence[str]) -> str | None:
    """Return the id of the interrupt that is expected, if it is a single one that waits."""
    ids = [
        item.interrupt_id
        for item in thread.waiting
        if not isinstance(item, Breakpoint) and desk.reviews.fingerprint_of(item) in expected
    ]
    return ids[0] if len(ids) == 1 else None


def require_waiting(desk: "Desk", thread: ThreadView, expected: Sequence[str]) -> None:
    """Raise AnotherWaits unless everything that is expected waits on the thread."""
    there = {desk.reviews.fingerprint_of(item) for item in thread.waiting}
    for each in expected:
        if each not in there:
            raise _another(desk, thread, f"What has the fingerprint {each} no longer waits")


def require_expected(
    desk: "Desk", thread: ThreadView, chosen: Sequence[Waiting], expected: Sequence[str]
) -> None:
    """Raise AnotherWaits unless each chosen item is expected; nothing is checked without any."""
    for item in chosen if expected else ():
        found = desk.reviews.fingerprint_of(item)
        if found not in expected:
            name = item.node if isinstance(item, Breakpoint) else item.interrupt_id
            raise _another(desk, thread, f"{name} has the fingerprint {found}: not what you expect")


def _another(desk: "Desk", thread: ThreadView, what: str) -> AnotherWaits:
    return AnotherWaits(
        f"{what} on thread {thread.thread_id}.",
        detail="\n".join(_described(desk, item) for item in thread.waiting),
        waiting=waiting_documents(thread.waiting, desk.reviews.fingerprint_of),
    )


def _described(desk: "Desk", item: Waiting) -> str:
    name = "breakpoint" if isinstance(item, Breakpoint) else item.interrupt_id
    asked = breakpoint_line(item) if isinstance(item, Breakpoint) else json_text(item.payload)
    head = f"{name} ({one_line(item.node)}), fingerprint {desk.reviews.fingerprint_of(item)}:"
    return f"{head}\n{asked}"
