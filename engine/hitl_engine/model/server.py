"""A server in use, and the graphs that it serves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BrokenGraph:
    """A graph of the target that cannot be imported."""

    graph_id: str
    what: str
    """One line: the error, and what to install where, if that is known."""
    traceback: str


@dataclass(frozen=True, slots=True)
class Server:
    """The server in use, as every screen names it."""

    label: str
    """The project's folder or file, or the URL without credentials."""
    url: str
    local: bool
    version: str
    identity: str
    """The same for the same server: the id of the local server's database, or the URL."""
    started_here: bool = False
    """Whether this program started it."""
    broken: tuple[BrokenGraph, ...] = ()
    remarks: tuple[str, ...] = ()
    """About the settings of a local project, when the server was found."""
    code_changes: tuple[str, ...] = ()
    """One sentence for each graph whose code had changed when the server was found."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph on which runs can be started: an assistant of the Server API."""

    assistant_id: str
    graph_id: str
    name: str
    description: str | None = None
