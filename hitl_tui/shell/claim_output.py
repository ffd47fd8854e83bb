"""Who has claimed a thread, as the result of `hitl-tui claim` and `hitl-tui release`."""

from hitl_engine.model import Presence
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.text.presence_words import card_words, presence_document


def claim_result(thread_id: str, presence: Presence) -> CommandResult:
    """Return who is on a thread now."""
    words = card_words(presence, None) or "nobody has this"
    return CommandResult(
        {"thread_id": thread_id, "presence": presence_document(presence)},
        (f"Thread {one_line(thread_id)}: {words}.",),
    )
