"""What a person searches for among all threads of a server, as they type it on one line."""

from dataclasses import dataclass
from uuid import UUID

from hitl_engine.model import JsonObject, JsonValue, ThreadFilter, ThreadGroup, ThreadRow
from hitl_engine.strict_json import JsonProblem, read_json

_GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class ThreadSearch:
    """A search: a part that the server answers, and words that are looked for in what it lists."""

    graph_id: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    """Keys of the metadata and their values, as they were typed."""
    words: tuple[str, ...] = ()
    """In lower case; each must be in the text of a row."""

    @classmethod
    def read(cls, text: str) -> "ThreadSearch":
        """Read `graph=NAME`, `KEY=VALUE` for metadata, and words."""
        graph_id = ""
        metadata: list[tuple[str, str]] = []
        words: list[str] = []
        for part in text.split():
            key, equals, value = part.partition("=")
            if not (equals and key and value):
                words.append(part.casefold())
            elif key == _GRAPH:
                graph_id = value
            else:
                metadata.append((key, value))
        return cls(graph_id, tuple(metadata), tuple(words))

    @property
    def thread_id(self) -> str:
        """The id, if the search is that of one thread; else empty."""
        if len(self.words) != 1:
            return ""
        try:
            return str(UUID(self.words[0]))
        except ValueError:
            return ""

    def filter(self, group: ThreadGroup | None) -> ThreadFilter:
        """Return the part that the server answers."""
        metadata: JsonObject = {key: _value(text) for key, text in self.metadata}
        return ThreadFilter(group, self.graph_id, metadata)

    def matches(self, text: str) -> bool:
        """Whether the text of a row contains all words."""
        return not self.words or all(word in text.casefold() for word in self.words)


class LoadedThreads:
    """The threads that were read so far, last changed first."""

    def __init__(self) -> None:
        self.rows: list[ThreadRow] = []
        self.complete = False
        """Whether nothing comes after them."""

    def add(self, page: tuple[ThreadRow, ...]) -> None:
        """Add the next rows; of a row that came before, the newer one counts."""
        newer = {row.thread_id for row in page}
        self.rows = [row for row in self.rows if row.thread_id not in newer]
        self.rows += page

    def renew(self, page: tuple[ThreadRow, ...], *, is_all: bool) -> None:
        """Replace the newest rows; `is_all`: there are no others.

        What is as new as these, and is not among them, has gone.
        """
        times = [row.updated_at for row in page if row.updated_at is not None]
        newer = {row.thread_id for row in page}
        kept = [
            row
            for row in self.rows
            if row.thread_id not in newer
            and times
            and row.updated_at is not None
            and row.updated_at <= times[-1]
        ]
        self.rows = [*page, *([] if is_all else kept)]
        self.complete = self.complete or is_all

    def remove(self, thread_id: str) -> None:
        """Forget a thread that was deleted."""
        self.rows = [row for row in self.rows if row.thread_id != thread_id]


def _value(text: str) -> JsonValue:
    """Return JSON, or else the text itself."""
    try:
        return read_json(text)
    except JsonProblem:
        return text
