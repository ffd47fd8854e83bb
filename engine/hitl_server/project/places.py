"""Places of objects in a project's code, `./file.py:name` or `package.module:name`; and imports."""

import importlib
import importlib.util
import sys
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

JAVASCRIPT = (".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".tsx", ".jsx")
"""Suffixes of files that this server cannot run."""


class _FromSource(SourceFileLoader):
    """Runs the source that a person agreed to, whatever was compiled beside it."""

    def get_code(self, fullname: str) -> CodeType:
        """Compile the file; its copy in `__pycache__` may be of another source."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class NoSuchObject(Exception):
    """The module has no object with this name."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object of the project is."""

    source: str
    """An absolute path of a Python file, or a dotted module name."""
    attribute: str

    def __str__(self) -> str:
        return f"{self.source}:{self.attribute}"

    @property
    def file(self) -> Path | None:
        """The file, if the place names one and not a module."""
        return Path(self.source) if _is_file(self.source) else None

    @property
    def module_file(self) -> Path | None:
        """The file of the module, once it was imported; None for one without a file."""
        module = sys.modules.get(self.source)
        file = self.source if self.file else getattr(module, "__file__", None)
        return Path(file) if file else None

    def load(self) -> Any:
        """Import the module and return the object.

        Raises `NoSuchObject`, and whatever the module raises.
        """
        module = import_file(self.file) if self.file else importlib.import_module(self.source)
        try:
            return getattr(module, self.attribute)
        except AttributeError:
            raise NoSuchObject(f"{self.source} has no attribute {self.attribute!r}") from None


def read_place(folder: Path, text: Any) -> Place | None:
    """Return the place that `text` names, with paths from `folder`; None if it names none."""
    source, _, attribute = text.rpartition(":") if isinstance(text, str) else ("", "", "")
    if not source or not attribute:
        return None
    return Place(str((folder / source).resolve()) if _is_file(source) else source, attribute)


def is_javascript(source: str) -> bool:
    """Whether a source is a file of another language that LangGraph knows."""
    return Path(source).suffix in JAVASCRIPT


def import_file(path: Path) -> ModuleType:
    """Import a file; one in a package is imported as a module of it, so that `from .` works.

    If another package has its name, which was installed or comes first on `sys.path`, or if its
    package cannot be imported, the file is imported by itself, as `langgraph dev` does.
    """
    package, folder = _package_of(path)
    if package and str(folder) not in sys.path:
        sys.path.append(str(folder))
    if not package or not _is_importable(package, folder):
        return _import_alone(path)
    names = package if path.name == "__init__.py" else (*package, path.stem)
    return importlib.import_module(".".join(names))


def _is_file(source: str) -> bool:
    return "/" in source or source.endswith((".py", *JAVASCRIPT))


def _package_of(path: Path) -> tuple[tuple[str, ...], Path]:
    """Return the package of a file, outermost name first, and the folder that contains it."""
    names: tuple[str, ...] = ()
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        names, folder = (folder.name, *names), folder.parent
    return names, folder


def _is_importable(package: tuple[str, ...], folder: Path) -> bool:
    """Whether a package can be imported, and is the one in this folder."""
    try:
        module = importlib.import_module(".".join(package))
    except Exception:  # noqa: BLE001  a package may raise anything
        return False
    return folder.joinpath(*package) in [Path(place).resolve() for place in module.__path__]


def _import_alone(path: Path) -> ModuleType:
    """Import a file with the module name of langgraph-api, once for all its graphs.

    LangGraph creates the objects in a checkpoint from the module with this name. With a second
    module of the file, they would be of other classes than those that its graphs use.
    """
    name = str(path).replace("/", "__").replace(".py", "").replace(" ", "_").lstrip(".")
    known = sys.modules.get(name)
    if known is not None and known.__file__ == str(path):
        return known
    loader = _FromSource(name, str(path)) if path.suffix == ".py" else None
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module
