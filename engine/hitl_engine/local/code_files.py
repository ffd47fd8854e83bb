"""Reads the files that decide what a project runs, each once, and finds where its modules are."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from os.path import isdir, isfile  # they raise nothing, whatever the name is
from pathlib import Path

from hitl_engine.code_to_run import CodeFile
from hitl_engine.errors import NotTrusted

LARGEST = 4 * 1024 * 1024
"""Bytes of a file; a larger one is not checked."""
MOST = 500
"""Files, or variables: more than a person looks at."""
UNCHECKED_HINT = "To run it without a check, add --trust."

_IMPORT = re.compile(
    r"^[ \t]*+(?:from[ \t]++(\.*+)(\w[\w.]*+)?+[ \t]++import[ \t(]++([^#\n]*+)"
    r"|import[ \t]++([^#;\n]++))",
    re.MULTILINE,
)
"""A line with an import; it matches in linear time."""


class CodeFiles:
    """The files that are covered; those of packages come with their `__init__.py`."""

    def __init__(self) -> None:
        self.import_paths: tuple[Path, ...] = ()
        """The folders in which modules are looked for."""
        self._digests: dict[Path, tuple[str, str]] = {}
        self._uses: dict[Path, list[str]] = {}
        self._imports: set[Path] = set()

    @property
    def files(self) -> tuple[CodeFile, ...]:
        """The files that were added, in this order."""
        return tuple(
            CodeFile(str(path), tuple(dict.fromkeys(self._uses[path])), digest, problem)
            for path, (digest, problem) in self._digests.items()
        )

    @property
    def helpers(self) -> tuple[str, ...]:
        """The files and folders in the project that the files import, without the files."""
        return tuple(sorted(str(path) for path in self._imports - self._digests.keys())[:MOST])

    def add(self, path: Path, use: str) -> bytes:
        """Cover a file; return its content, empty if it cannot be read.

        Raises NotTrusted for a file that cannot be checked.
        """
        self._uses.setdefault(path, []).append(use)
        if path in self._digests:
            return b""
        if len(self._digests) == MOST:
            raise NotTrusted(f"The project names more than {MOST} files.", hint=UNCHECKED_HINT)
        content, problem = read_checked(path)
        self._digests[path] = hashlib.sha256(content).hexdigest() if not problem else "", problem
        return content

    def add_python(self, path: Path, use: str) -> None:
        """Cover a Python file, and the packages that are imported before it. Raises NotTrusted."""
        known = path in self._digests
        content = self.add(path, use)
        folder = path.parent
        while isfile(package := folder / "__init__.py") and folder != folder.parent:
            if package != path:
                self.add(package, "package")
            folder = folder.parent
        if not known:
            text = content.decode("utf-8", "replace")
            self._imports.update(_imported(text, path.parent, self.import_paths))

    def add_module(self, name: str, use: str) -> bool:
        """Cover a module of the project; False if it is none of its own. Raises NotTrusted."""
        parts = name.split(".")
        if not all(part.isidentifier() for part in parts):
            return False
        for folder in self.import_paths:
            base = folder.joinpath(*parts)
            for path in (base / "__init__.py", base.with_name(f"{base.name}.py")):
                if isfile(path):
                    self.add_python(path.resolve(), use)
                    return True
        return False


def read_checked(path: Path) -> tuple[bytes, str]:
    """Return the content of a file, and why it could not be read, which is empty if it was.

    Raises NotTrusted for one that is too large, or that is no file: a pipe may have other content
    for each reader.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return b"", "there is no such file"
    except (OSError, ValueError) as error:
        return b"", str(getattr(error, "strerror", None) or error)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotTrusted(
                f"{path} is not a file, so what would run cannot be checked.", hint=UNCHECKED_HINT
            )
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        return b"", error.strerror or "it cannot be read"
    finally:
        os.close(descriptor)
    if len(content) > LARGEST:
        raise NotTrusted(
            f"{path} is larger than {LARGEST // 1024**2} MB, so it is not checked.",
            hint=UNCHECKED_HINT,
        )
    return content, ""


def _imported(text: str, folder: Path, import_paths: tuple[Path, ...]) -> Iterator[Path]:
    """Yield what the code in `folder` imports from the project: a file or a folder for each."""
    for dots, name in _imported_names(text):
        above = [folder, *folder.parents][len(dots) - 1 : len(dots)] if dots else import_paths
        for place in (base / name for base in above):
            if isfile(file := place.with_name(f"{name}.py")):
                yield file.resolve()
            elif isdir(place):
                yield place.resolve()


def _imported_names(text: str) -> set[tuple[str, str]]:
    """Return what is imported, as dots and the first name; of much, not all."""
    found: set[tuple[str, str]] = set()
    for dots, module, members, modules in _IMPORT.findall(text):
        for named in [module] if module else (modules or members).split(","):
            if words := named.split():  # `name`, or `name as another`
                found.add((dots, words[0].partition(".")[0]))
        if len(found) > MOST:
            break
    return found
