"""Notices that files of the project's code have changed since they were imported.

Python does not import a module again, so the server runs the old code until its next start.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path


@dataclass(slots=True)
class CodeFile:
    """A file as it was when it was imported."""

    path: Path
    digest: bytes | None
    _stamp: tuple[int, int] | None

    @classmethod
    def read(cls, path: Path) -> "CodeFile":
        """Read the file as it is now."""
        return cls(path, _digest(path), _stamp(path))

    def has_changed(self) -> bool:
        """Whether its content is another now; a file that was only saved again has not changed."""
        stamp = _stamp(self.path)
        if stamp == self._stamp:
            return False
        if _digest(self.path) != self.digest:
            return True
        self._stamp = stamp
        return False


@dataclass(slots=True)
class CodeChanges:
    """The files of the project's code, with the graphs that use them."""

    _files: list[CodeFile] = field(default_factory=list)
    _main_files: dict[str, Path] = field(default_factory=dict)
    """The file of each graph. All other files are taken to be used by all graphs."""

    @classmethod
    def since_now(
        cls, main_files: Mapping[str, Path], import_paths: Iterable[Path]
    ) -> "CodeChanges":
        """Remember the modules that were imported from these folders, but not from environments."""
        folders = tuple(path.resolve() for path in import_paths)
        mains = {graph_id: path.resolve() for graph_id, path in main_files.items()}
        paths = {*mains.values(), *_imported(folders)}
        return cls([CodeFile.read(path) for path in sorted(paths)], mains)

    def of_graph(self, graph_id: str) -> tuple[str, ...]:
        """Return the names of the files of a graph that have changed."""
        others = {path for name, path in self._main_files.items() if name != graph_id}
        others.discard(self._main_files.get(graph_id, Path()))
        return tuple(
            file.path.name for file in self._files if file.path not in others and file.has_changed()
        )


def _imported(folders: tuple[Path, ...]) -> set[Path]:
    """Return the files of the modules in these folders."""
    files = [getattr(module, "__file__", None) for module in tuple(sys.modules.values())]
    paths = [Path(file).resolve() for file in files if file and file.endswith(".py")]
    environment = Path(sys.prefix).resolve()
    return {
        path
        for path in paths
        if any(path.is_relative_to(folder) for folder in folders)
        and not path.is_relative_to(environment)
        and "site-packages" not in path.parts
    }


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _digest(path: Path) -> bytes | None:
    try:
        return sha256(path.read_bytes()).digest()
    except OSError:
        return None
