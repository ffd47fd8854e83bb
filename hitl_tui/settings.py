"""What the console keeps for its user, whatever the target: the theme."""

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
        name = self._values.get("theme")
        return name if isinstance(name, str) else None

    def keep_theme(self, name: str) -> None:
        """Write the theme down, unless it is there already. Raises OSError."""
        if name == self.theme:
            return
        self._values["theme"] = name
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
