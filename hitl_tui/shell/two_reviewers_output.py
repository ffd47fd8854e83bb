"""Who has answered a question that needs two reviewers, for programs."""

from hitl_engine.model import Interrupt, JsonObject, Waiting


def two_reviewers_fields(item: Waiting) -> JsonObject:
    """Return `two_reviewers`: which rules demand them, and the first answer; nothing if none does."""
    needed = item.two_reviewers if isinstance(item, Interrupt) else None
    if needed is None or not isinstance(item, Interrupt):
        return {}
    first, answered = needed.first, None
    if first is not None:
        at = first.at.isoformat() if first.at else None
        answered = {"name": first.name, "at": at, "answer": first.to(item.interrupt_id)}
    return {"two_reviewers": {"rules": list(needed.rules), "first": answered}}
