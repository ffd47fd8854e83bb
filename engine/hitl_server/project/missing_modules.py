"""What to do about a module that cannot be imported.

A name that is not installed is often not the name of a distribution: `agent`, `common` or `azure`
are folders of the project or namespaces, and a stranger's package may have that name. So such names
are never suggested to be installed.
"""

import importlib.util
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

_DISTRIBUTIONS = {
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dotenv": "python-dotenv",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Well-known modules whose distribution has another name."""

_BUILD_FILES = ("pyproject.toml", "setup.py", "setup.cfg")
_NOT_SEARCHED = frozenset({"node_modules", "site-packages", "__pycache__", "venv", "env", "build"})
_MAX_FOLDERS = 2000
"""Folders of the project in which a module is looked for."""


def advice(name: str, folders: Sequence[Path]) -> str:
    """Return one or two sentences about the missing module `name`.

    `folders` are the import paths of the project; the first contains its `langgraph.json`.
    """
    top = name.partition(".")[0]
    pip = f"{shlex.quote(sys.executable)} -m pip install"
    found = _found_in_project(top, folders)
    build = next((folder for folder in folders[:1] if _has_build_file(folder)), None)
    if found is not None and str(found) in sys.path:
        return f"{top} is in {found}, but {name} is not."
    if build is not None:
        return f"Install the project there: {pip} -e {shlex.quote(str(build))}"
    if found is not None:
        return f'{top} is in {found}. Add this folder to "dependencies" of langgraph.json.'
    if _is_importable(top):
        return f"{top} is installed there, but not this part of it. Find out what provides it."
    for folder in folders[:1]:
        if (listed := folder / "requirements.txt").is_file():
            return f"Install what the project needs: {pip} -r {shlex.quote(str(listed))}"
    return f"Install it there: {pip} {_DISTRIBUTIONS.get(top, top)}"


def _has_build_file(folder: Path) -> bool:
    return any((folder / name).is_file() for name in _BUILD_FILES)


def _is_importable(top: str) -> bool:
    """Whether the name belongs to something that is installed, such as a namespace."""
    try:
        return importlib.util.find_spec(top) is not None or top in metadata.packages_distributions()
    except (ImportError, ValueError):
        return True


def _found_in_project(top: str, folders: Sequence[Path]) -> Path | None:
    """Return the folder of the project that contains this module or package, the nearest first."""
    for folder in folders[:1]:
        for place in _folders_below(folder):
            if (place / f"{top}.py").is_file() or _is_package(place / top):
                return place
    return None


def _is_package(folder: Path) -> bool:
    try:
        return folder.is_dir() and any(folder.rglob("*.py"))
    except OSError:
        return False


def _folders_below(folder: Path) -> Iterator[Path]:
    """Yield a folder and those in it, level by level, without environments and hidden folders."""
    level, count = [folder], 0
    while level and count < _MAX_FOLDERS:
        below: list[Path] = []
        for each in level:
            count += 1
            yield each
            with os.scandir(each) as entries:
                below += [
                    Path(entry.path)
                    for entry in entries
                    if entry.is_dir(follow_symlinks=False)
                    and entry.name not in _NOT_SEARCHED
                    and not entry.name.startswith(".")
                ]
        level = below
