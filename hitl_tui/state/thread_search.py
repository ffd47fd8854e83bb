"""What a person searches for among all threads of a server, as they type it on one line."""

from dataclasses import dataclass
from uuid import UUID

from hitl_engine.model import ThreadFilter, ThreadGroup
from hitl_tui.state.search_parts import Pairs, parts_of_search, values_of

_GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class ThreadSearch:
    """A search: a part that the server answers, and words that are looked for in what it lists."""

    graph_id: str = ""
    metadata: Pairs = ()
    """Keys of the metadata and their values, as they were typed."""
    words: tuple[str, ...] = ()
    """In lower case; each must be in the text of a row."""

    @classmethod
    def read(cls, text: str) -> "ThreadSearch":
        """Read `graph=NAME`, `KEY=VALUE` for metadata, and words."""
        pairs, words = parts_of_search(text)
        graph_id = next((value for key, value in reversed(pairs) if key == _GRAPH), "")
        metadata = tuple(pair for pair in pairs if pair[0] != _GRAPH)
        return cls(graph_id, metadata, words)

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
        return ThreadFilter(group, self.graph_id, values_of(self.metadata))

    def matches(self, text: str) -> bool:
        """Whether the text of a row contains all words."""
        return not self.words or all(word in text.casefold() for word in self.words)
