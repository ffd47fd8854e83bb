"""A decision of somebody else in words, as the server tells it."""

from hitl_engine.model import OtherDecision
from hitl_engine.visible import json_text, one_line

_TOLD = "told by the server"


def decided_by(decision: OtherDecision) -> str:
    """Return what was decided and by whom, on one line."""
    return one_line(f"{decision.event} by {decision.who or 'another client'}", 60)


def state_words(decision: OtherDecision) -> str:
    """Return what became of its run; an outcome is not known."""
    return f"⇣ run {decision.status}, {_TOLD}"


def full_text(decision: OtherDecision) -> str:
    """Return all that is known, in lines."""
    ended, by = decision.ended, decision.who or "another client; the server does not tell who"
    lines = (
        ": ".join(filter(None, (f"run {decision.status}", decision.error))),
        f"{decision.event} by {by}",
        f"{_TOLD}; not in the journal",
        "",
        "Sent",
        json_text(decision.answer),
        "",
        f"at         {decision.at.astimezone():%Y-%m-%d %H:%M:%S %z}",
        f"run ended  {ended.astimezone():%Y-%m-%d %H:%M:%S %z}" if ended else "run ended  -",
        f"graph      {decision.graph_id}",
        f"thread     {decision.thread_id}",
        f"run        {decision.run_id}",
        f"server     {decision.server}",
        *(
            [f"id         {decision.decision_id}, of another journal"]
            if decision.decision_id
            else []
        ),
    )
    return "\n".join(lines)
