"""The texts for one of many items: the item in full, and the result of its decision."""

from hitl_engine.errors import HitlError
from hitl_engine.model import Breakpoint, Outcome, OutcomeKind, ThreadStatus
from hitl_engine.visible import json_text
from hitl_tui.screens.text_modal import ModalText
from hitl_tui.state.bulk_items import BulkItem
from hitl_tui.widgets.text_view import Syntax
from hitl_tui.widgets.title_line import status_text


def item_text(item: BulkItem) -> ModalText:
    """Return an item in full: its status, the JSON that it gets, and its payload."""
    detail = []
    if item.planned is not None and not item.planned.fault:
        detail += ["What is sent", json_text(item.planned.answer), ""]
    if not isinstance(item.item, Breakpoint):
        detail += ["What it asks", json_text(item.item.interrupt.payload)]
    cautions = item.planned.cautions if item.planned else ()
    return ModalText(
        item.name(),
        item.status_text
        or (
            "This has a decision of its own." if item.own else "This is decided on with the others."
        ),
        hint="\n".join(cautions),
        detail="\n".join(detail),
        syntax=Syntax.JSON,
    )


def result_text(result: Outcome | HitlError) -> str:
    """Return what was not as decided, and what the thread does next."""
    if isinstance(result, HitlError):
        return str(result)
    return "; ".join((*result.mismatches, _next_text(result)))


def _next_text(outcome: Outcome) -> str:
    """Return what the thread does next, or why no decision was taken."""
    if outcome.kind is not OutcomeKind.APPLIED or outcome.thread is None:
        return outcome.why
    words = status_text(outcome.thread.status)
    if outcome.thread.status is ThreadStatus.ERROR:
        return f"{words}: {outcome.error or outcome.thread.error or ''}"
    nodes = ", ".join(item.node for item in outcome.thread.waiting)
    return f"{words} ({nodes})" if nodes else words
