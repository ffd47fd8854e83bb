"""What the server reads of a request, and how long it waits: `http.limits` of `langgraph.json`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_LISTING = {
    *("search", "count", "history", "prune", "cancel", "copy", "versions", "latest"),
    *("namespaces", "checkpoint", "events"),
}
"""Last parts of the paths of endpoints that take no values of graphs."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one server. Those in seconds and `header_bytes` hold before authentication."""

    header_bytes: int = 64 * 1024
    """Of the request line and all headers together."""
    body_bytes: int = 32 * 1024 * 1024
    """Of a body that may contain values of graphs: inputs, answers, states, items."""
    search_bytes: int = 1024 * 1024
    """Of all other bodies: searches, lists of ids."""
    endpoints: Mapping[str, int] = field(default_factory=dict)
    """Bytes for the body of one endpoint, such as `POST /threads/search`."""
    header_seconds: float = 20
    """From the connection, or the first byte of a later request, to the end of the headers."""
    body_seconds: float = 120
    """From the end of the headers to the end of the body."""
    write_seconds: float = 120
    """For which a client may leave a response unread, after the buffers are full."""

    def of_body(self, method: str, path: str) -> int:
        """Return the limit for the body of an endpoint; `path` has `{names}`."""
        is_listing = method == "DELETE" or path.rpartition("/")[2] in _LISTING
        general = self.search_bytes if is_listing else self.body_bytes
        return self.endpoints.get(f"{method} {path}", general)
