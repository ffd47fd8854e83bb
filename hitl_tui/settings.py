"""What the console keeps for its user: the theme, the views, and choices for each graph."""

import json
import os
from pathlib import Path

_FILE = "console.json"


class Settings:
    """A small JSON file in a folder of the user; without a folder, nothing is kept.

    A file that is missing or cannot be read counts as empty. Imports nothing slow: it is read before
    the first paint.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._path = folder / _FILE if folder is not None else None
        self._values = _read(self._path)

    @property
    def theme(self) -> str | None:
        """The name of the theme that the user chose last; it may be one that no longer exists."""
        name = self.kept("theme")
        return name if isinstance(name, str) else None

    def kept(self, *keys: str) -> object:
        """Return what is kept under these keys, the outermost first; None if there is nothing.

        The file may have been edited: the value can be of any type of JSON.
        """
        found: object = self._values
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found

    def keep(self, value: object, *keys: str) -> None:
        """Write a value down under these keys, unless it is there already. Raises OSError."""
        if value == self.kept(*keys):
            return
        inside: dict[str, object] = self._values
        for key in keys[:-1]:
            deeper = inside.get(key)
            inside[key] = deeper = deeper if isinstance(deeper, dict) else {}
            inside = deeper
        inside[keys[-1]] = value
        if self._path is not None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            written = self._path.with_suffix(f".{os.getpid()}")
            written.write_text(json.dumps(self._values), encoding="utf-8")
            written.replace(self._path)  # another console reads the old file or the new one


def _read(path: Path | None) -> dict[str, object]:
    try:
        values = json.loads(path.read_text(encoding="utf-8")) if path is not None else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
