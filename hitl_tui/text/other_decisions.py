"""A decision of somebody else in words, as the server tells it."""

from hitl_engine.model import OtherDecision
from hitl_engine.visible import json_text, one_line


def decided_by(decision: OtherDecision) -> str:
    """Return what was decided and by whom, on one line."""
    return one_line(f"{decision.event} by {decision.who or 'another'}", 60)


def state_words(decision: OtherDecision) -> str:
    """Return what became of its run, as the server tells it; an outcome is not known."""
    return f"↓ server: {decision.status}"


def full_text(decision: OtherDecision) -> str:
    """Return all that is known, in lines."""
    ended, by = decision.ended, decision.who or "another client; the server does not tell who"
    lines = (
        ": ".join(filter(None, (f"run {decision.status}", decision.error))),
        f"{decision.event} by {by}",
        "told by the server; not in the journal",
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
