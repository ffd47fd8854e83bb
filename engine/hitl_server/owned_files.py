"""Files of settings that only their owner, or nobody else, may have written."""

import os
import stat
from pathlib import Path

from hitl_server.errors import BadOption


def owned_text(path: Path, *, of: str, secret: bool) -> str:
    """Return the text of a file that nobody else can change; a `secret` one, that nobody else can read.

    `of` names what is in it. Raises `BadOption`.
    """
    refused, verbs, mode = (0o077, "read or change", "600") if secret else (0o022, "change", "go-w")
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise BadOption(f"{path} is not a file.", hint=f"Give a file of {of}.")
            if found.st_uid not in (os.getuid(), 0):
                raise BadOption(f"{path} belongs to another user.", hint="Create your own file.")
            if found.st_mode & refused:
                raise BadOption(f"Other users can {verbs} {path}.", hint=f"chmod {mode} {path}")
            return file.read().decode("utf-8-sig")
    except OSError as error:
        raise BadOption(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise BadOption(f"{path} is not UTF-8.", hint=f"Give a file of {of}.") from None
