"""The types of values that this server wrote into its database, and so may create again."""

import json
import os
import re
import threading
from pathlib import Path
from typing import TypeAlias

import ormsgpack

from hitl_server.private_files import private_file, replace_private_file

TypeName: TypeAlias = tuple[str, ...]
"""The module and the name of a type."""

_EXTENSION = re.compile(rb"[\xc7-\xc9\xd4-\xd8]")
"""The first byte of a msgpack extension, which is how LangGraph writes all but plain values."""


class WrittenTypes:
    """Notes types in a private file next to the database.

    They are not in the database itself: a database that somebody else made must not decide which
    types are created when it is read. Notes about another database are dropped.
    """

    def __init__(self, file: Path, database: str) -> None:
        self._file = file
        self._database = database
        """The identity of the database."""
        self._lock = threading.Lock()
        self.types: frozenset[TypeName] = _read(file, database)

    def note(self, packed: bytes) -> None:
        """Note the types in a msgpack value. The file is on disk before the value is.

        Raises `OSError` if the file cannot be written.
        """
        if _EXTENSION.search(packed) and not (found := types_in(packed)) <= self.types:
            with self._lock:
                types = self.types | found
                note = {"database": self._database, "types": sorted(types)}
                replace_private_file(self._file, json.dumps(note))
                self.types = types


def types_in(packed: bytes) -> set[TypeName]:
    """Return the types that a msgpack value names, at all levels. Nothing is imported."""
    found: set[TypeName] = set()

    def note(code: int, data: bytes) -> None:
        match ormsgpack.unpackb(data, ext_hook=note, option=ormsgpack.OPT_NON_STR_KEYS):
            case [str(module), str(name), *_] if code in _WITH_TYPE:
                found.add((module, name))

    ormsgpack.unpackb(packed, ext_hook=note, option=ormsgpack.OPT_NON_STR_KEYS)
    return found


_WITH_TYPE = range(6)
"""The extensions of LangGraph that begin with a module and a name (`serde/jsonplus.py`, EXT_…)."""


def _read(file: Path, database: str) -> frozenset[TypeName]:
    with os.fdopen(private_file(file, os.O_RDONLY), encoding="utf-8") as opened:
        text = opened.read()
    try:
        note = json.loads(text)
        types = note["types"] if note["database"] == database else ()
        return frozenset(tuple(map(str, entry)) for entry in types)
    except (ValueError, KeyError, TypeError):  # new, or damaged
        return frozenset()
