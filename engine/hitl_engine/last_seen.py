"""What a console showed last of a target, in a private file: it is on screen before a server answers.

Imports little, because it is read before the first paint. The desk imports nothing of it.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from hitl_engine.configuration import NamedTarget
from hitl_engine.configuration.credentials import KeySource, key_in, key_of_sdk
from hitl_engine.errors import HitlError
from hitl_engine.local.target import data_folder, find_target
from hitl_engine.private_files import open_private_file

_FILE = "last-seen.json"
_LARGEST = 4 * 1024 * 1024
"""Bytes; a file that is larger was not written here."""


class LastSeenFile:
    """The file of one target, and of those who send the same headers to it.

    Whoever uses another key may see other threads, so they do not get what was shown before.
    """

    def __init__(self, path: Path, sender: str) -> None:
        self._path = path
        self._sender = sender

    @classmethod
    def of_target(
        cls,
        target: NamedTarget,
        *,
        data_dir: Path | None,
        headers: Mapping[str, str],
        api_key_env: str | None,
    ) -> Self | None:
        """Return the file of a target, which may not exist; None if the target cannot be used.

        The arguments are those of `open_desk`. Whoever opens the target then gets the reason.
        """
        try:
            folder = data_folder(find_target(target.place, environ=os.environ), data_dir)
        except HitlError:
            return None
        key = KeySource("environment", (api_key_env,)) if api_key_env else target.key
        sent = {**target.headers, **headers}
        sender = [target.name, _known_key(target, key), target.key_header, sorted(sent.items())]
        digest = hashlib.sha256(json.dumps(sender).encode())
        return cls(folder / _FILE, digest.hexdigest()[:16])

    def read(self) -> object:
        """Return what was written last, any JSON; None if there is nothing that can be read."""
        try:
            descriptor = open_private_file(self._path, os.O_RDONLY, create=False)
            with os.fdopen(descriptor, "rb") as file:
                kept = json.loads(file.read(_LARGEST))
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(kept, dict) or kept.get("sender") != self._sender:
            return None
        return kept.get("seen")

    def write(self, seen: object) -> None:
        """Write JSON in place of what was there. Raises OSError."""
        new = self._path.with_suffix(f".{os.getpid()}")
        with os.fdopen(open_private_file(new, os.O_WRONLY | os.O_TRUNC), "wb") as file:
            file.write(json.dumps({"sender": self._sender, "seen": seen}).encode())
        new.replace(self._path)  # another console reads the old file or the new one

    def remove(self) -> None:
        """Remove the file."""
        with suppress(OSError):
            self._path.unlink()


def _known_key(target: NamedTarget, key: KeySource | None) -> str:
    """Return the key, or where it is: a command may ask for a passphrase, which is not for now."""
    if key is None:
        return "" if target.name else key_of_sdk(os.environ)
    return key_in(os.environ, key.words[0]) if key.kind == "environment" else str(key)
