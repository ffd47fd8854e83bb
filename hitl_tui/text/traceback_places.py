"""Where in the user's own code a traceback of Python leads."""

import re
from pathlib import Path
from typing import NamedTuple

_FRAME = re.compile(r'^\s*File "(?P<path>[^"\n]+)", line (?P<line>\d+)', re.MULTILINE)
_OTHERS = ("site-packages", "dist-packages", "<")


class Place(NamedTuple):
    """A line of a file."""

    path: Path
    line: int


def place_in(traceback: str) -> Place | None:
    """Return the innermost line of a traceback that is in a file here and in no installed package.

    None if there is none. A path of another machine may exist here by chance: call it for graphs
    that run on this machine only.
    """
    for frame in reversed(list(_FRAME.finditer(traceback))):
        path = Path(frame["path"])
        own = not any(part.startswith(_OTHERS) for part in path.parts)
        if own and path.is_absolute() and path.is_file():
            return Place(path, int(frame["line"]))
    return None
