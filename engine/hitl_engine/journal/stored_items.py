"""Waiting items as JSON, and back: the same item, field by field."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from hitl_engine.model import (
    Breakpoint,
    ExactValue,
    Interrupt,
    JsonObject,
    RejectedCall,
    RunningCall,
    Waiting,
)


def stored_item(item: Waiting) -> JsonObject:
    """Return an item as JSON, without what is over when it is restored.

    That is when its thread changed, and who has answered.
    """
    since = item.since.isoformat() if item.since else None
    kept = replace(item, changed=None)
    if isinstance(kept, Interrupt):
        kept = replace(kept, two_reviewers=None)
    return {**asdict(kept), "since": since}


def restored_item(stored: dict[str, Any]) -> Waiting:
    """Return the item that `stored_item` was given."""
    since = datetime.fromisoformat(stored["since"]) if stored["since"] else None
    if "interrupt_id" not in stored:
        return Breakpoint(**{**stored, "since": since, "next": tuple(stored["next"])})
    call = stored["tool_call"]
    return Interrupt(
        **{
            **stored,
            "since": since,
            "exact_values": tuple(
                ExactValue(tuple(each["path"]), each["value"]) for each in stored["exact_values"]
            ),
            "tool_call": RunningCall(**call) if call else None,
            "rejected": tuple(RejectedCall(**each) for each in stored["rejected"]),
        }
    )
