"""An answer that was typed as JSON."""

from collections.abc import Callable

from hitl_engine.model import JsonValue
from hitl_engine.strict_json import JsonProblem, read_json
from hitl_tui.state.not_ready import NotReady


def answer_in(source: str, read: Callable[[str], JsonValue] = read_json) -> JsonValue:
    """Return the answer in JSON that was typed, which `read` reads. Raises NotReady."""
    if not source.strip():
        raise NotReady("Type the answer as JSON. A text needs quotation marks.")
    try:
        return read(source)
    except JsonProblem as problem:
        raise NotReady(f"This is not JSON yet. {problem}") from problem
