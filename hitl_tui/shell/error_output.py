"""Errors as lines on standard error, safe to print."""

from hitl_engine.errors import HitlError, NotTaken
from hitl_engine.visible import one_line, visible

_LINE = 2000


def error_line(title: str, text: str) -> str:
    """Return an error as the one line that a shell command prints."""
    return one_line(f"hitl-tui: {title}: {text}", limit=_LINE)


def error_lines(error: HitlError) -> tuple[str, ...]:
    """Return an error as its line, each of several faults on its own, and its detail."""
    detail = (error_detail(error.detail),) if error.detail else ()
    return (error_line(error.title, str(error)), *_fault_lines(error), *detail)


def error_detail(detail: str) -> str:
    """Return what comes below the line of an error: a traceback, a reply."""
    return visible(detail.rstrip())


def _fault_lines(error: HitlError) -> tuple[str, ...]:
    """Return the faults of an answer, where the error itself names only the first of them."""
    faults = error.faults if isinstance(error, NotTaken) else ()
    return tuple(one_line(str(fault), limit=_LINE) for fault in faults) if len(faults) > 1 else ()
