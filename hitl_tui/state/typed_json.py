"""An answer that was typed as JSON."""

from collections.abc import Callable

from hitl_engine.model import JsonValue
from hitl_engine.strict_json import JsonProblem, read_json
from hitl_tui.state.not_ready import NotReady


class JsonReader:
    """Reads JSON that a person types; what was read last is not read again."""

    def __init__(self) -> None:
        self._source: str | None = None
        self._found: JsonValue | JsonProblem = None

    def __call__(self, source: str) -> JsonValue:
        """Return the value, which nobody may change. Raises JsonProblem."""
        if source != self._source:
            try:
                self._found = read_json(source)
            except JsonProblem as problem:
                self._found = problem
            self._source = source
        if isinstance(self._found, JsonProblem):
            raise self._found.with_traceback(None)  # else it grows
        return self._found


def answer_in(source: str, read: Callable[[str], JsonValue]) -> JsonValue:
    """Return the answer in JSON that was typed, which `read` reads. Raises NotReady."""
    if not source.strip():
        raise NotReady("Type the answer as JSON. A text needs quotation marks.")
    try:
        return read(source)
    except JsonProblem as problem:
        raise NotReady(f"This is not JSON yet. {problem}") from problem
