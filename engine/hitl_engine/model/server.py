"""A server in use, and the graphs that it serves."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class BrokenGraph:
    """A graph of the target that cannot be imported."""

    graph_id: str
    what: str
    """One line: the error, and what to install where, if that is known."""
    traceback: str


@dataclass(frozen=True, slots=True)
class ChangedGraph:
    """A graph whose code has changed since the server imported it."""

    graph_id: str
    what: str
    """One or two sentences: the files, and what the server runs until it is started again."""


class Capability(StrEnum):
    """What some servers cannot do, and a person has to know."""

    KEEP_REVIEWERS_APART = "keep_reviewers_apart"
    TELL_BREAKPOINTS = "tell_breakpoints"
    LIST_QUESTIONS = "list_questions"


@dataclass(frozen=True, slots=True)
class Lack:
    """A capability that a server does not have."""

    capability: Capability
    reason: str
    """What it does instead, and what follows from it, for a person."""


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
    changed: tuple[ChangedGraph, ...] = ()
    """The graphs whose code has changed since, as of the last look at the server."""
    coming: tuple[str, ...] = ()
    """The graphs that a local server is still importing: what needs a graph waits for it."""
    lacks: tuple[Lack, ...] = ()
    """What it cannot do, found when it was connected."""
    read_only: str = ""
    """Why nothing can be answered or changed here, in sentences: it is a story, or a target that is
    configured so; mostly empty."""
    name: str = ""
    """The name of the configured target; empty for one that was given as a URL or a path."""
    colour: str = ""
    """The colour of its name, one of `configuration.settings.COLOURS`; empty for the usual one."""
    production: bool = False
    """Whether a person confirms once more before anything is sent."""

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know before they use it: the remarks, and what it cannot do."""
        look_only = [self.read_only] if self.read_only and self.name else []
        return (*look_only, *self.remarks, *(lack.reason for lack in self.lacks))

    def broken_graph(self, graph_id: str) -> BrokenGraph | None:
        """Return this graph if it cannot be imported."""
        return next((each for each in self.broken if each.graph_id == graph_id), None)

    def code_change(self, graph_id: str) -> str:
        """Return that the code of this graph changed, in words; empty if it has not."""
        return next((each.what for each in self.changed if each.graph_id == graph_id), "")

    def lack(self, capability: Capability) -> str:
        """Return why the server does not have a capability; empty if it has."""
        return next((each.reason for each in self.lacks if each.capability is capability), "")


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph on which runs can be started: an assistant of the Server API."""

    assistant_id: str
    graph_id: str
    name: str
    description: str | None = None
