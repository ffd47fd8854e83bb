"""What a project on this machine would run, for a person who has to agree to it.

Not in `model`: a local server is started before that is imported.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CodeFile:
    """A file that decides what runs, as it was read. Its path and its uses are untrusted."""

    path: str
    """Absolute, with links resolved."""
    uses: tuple[str, ...] = ()
    """What it is for: `graph refund`, `auth`, `http.app`, `store`, `checkpointer`, `package`."""
    digest: str = ""
    """The SHA-256 of its content, as hex digits; empty if it could not be read."""
    problem: str = ""
    """Why it could not be read; empty if it was."""


@dataclass(frozen=True, slots=True)
class ProjectCode:
    """The code of a local project, as it was at one moment. All texts are untrusted."""

    target: str
    """The absolute path of its `langgraph.json`, or absolute `file.py:graph`."""
    folder: str
    files: tuple[CodeFile, ...]
    env_file: str = ""
    """The path of the file with its variables; empty if they are in `langgraph.json`, or missing."""
    variables: tuple[str, ...] = ()
    """The names of the variables that it sets, sorted."""
    modules: tuple[str, ...] = ()
    """What it uses of installed packages, as `module (use)`."""
    helpers: tuple[str, ...] = ()
    """Paths of files and folders that its files import, and whose changes are not noticed."""
    changes: tuple[str, ...] = ()
    """What is otherwise than when somebody agreed, a few words each; empty if nobody has yet."""

    def name_of(self, path: str) -> str:
        """Return a path as one inside the project's folder; others are absolute."""
        if not self.is_inside(path):
            return path
        return str(Path(path).relative_to(self.folder))

    def is_inside(self, path: str) -> bool:
        """Whether a path is inside the project's folder."""
        return Path(path).is_relative_to(self.folder)
