"""Whether the code of a local project may be run: a person agrees to it, as it is, once.

What was agreed to is kept by content, in the user's own data folder whatever `--data-dir` is: a
folder that is part of the project could bring its own consent.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from hitl_engine.code_to_run import ProjectCode
from hitl_engine.errors import NotTrusted
from hitl_engine.local.project_code import read_code
from hitl_engine.private_files import make_private_folder, open_private_file

if TYPE_CHECKING:
    from hitl_engine.model import JsonObject

_VARIABLE = "HITL_TUI_TRUST"
_FOLDER = "trusted"
_LARGEST = 4 * 1024 * 1024
"""Bytes of a file with what was agreed to; a larger one was not written here."""
_NAMED = 5
"""Changes that the error names."""
_HINT = (
    "To look at it and agree, open it in a terminal: hitl-tui TARGET. To run it unseen, add --trust, or"
    f" set {_VARIABLE}=1."
)


def trusts_unseen(given: bool) -> bool:
    """Whether code may run unseen: by an option that was given, or by the environment."""
    return given or os.environ.get(_VARIABLE) == "1"


def keep_trust(code: ProjectCode) -> None:
    """Keep that a person agreed to this code. Raises NotTrusted if that cannot be written."""
    path = _kept(code.target)
    new = path.with_suffix(f".{os.getpid()}")
    try:
        make_private_folder(path.parent)
        with os.fdopen(open_private_file(new, os.O_WRONLY | os.O_TRUNC), "wb") as file:
            file.write(json.dumps(_agreement(code)).encode())
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise NotTrusted(
            f"That you agreed cannot be kept: {error}.", hint="To run it this time, add --trust."
        ) from error


@dataclass(frozen=True, slots=True)
class ProjectTrust:
    """Whether the code of one project may be run."""

    spec: str
    always: bool = False
    """Whether it may be run as it is, unseen, and nothing is kept."""

    def check(self) -> None:
        """Return if the code may be run as it is now.

        Raises NotTrusted, BadTarget for a `langgraph.json` that cannot be read.
        """
        if self.always:
            return
        code = read_code(self.spec)
        agreed = _agreed(self.spec)
        if agreed == _agreement(code):
            return
        if agreed is None:
            raise NotTrusted(
                f"Nobody has agreed yet to run the code of {code.folder}.", hint=_HINT, code=code
            )
        changes = tuple(_changes(agreed, code))
        more = f", and {len(changes) - _NAMED} more" if len(changes) > _NAMED else ""
        raise NotTrusted(
            f"The code of {code.folder} has changed since it was agreed to:"
            f" {', '.join(changes[:_NAMED])}{more}.",
            hint=_HINT,
            code=replace(code, changes=changes),
        )

    def agree(self) -> None:
        """Keep that a person agrees to the code as it is now. Raises NotTrusted, BadTarget."""
        if not self.always:
            keep_trust(read_code(self.spec))


def _kept(spec: str) -> Path:
    """Return where it is kept what somebody agreed to for a project."""
    name = hashlib.sha256(os.fsencode(spec)).hexdigest()[:32]
    return user_data_path("hitl-tui") / _FOLDER / f"{name}.json"


def _agreement(code: ProjectCode) -> "JsonObject":
    """Return what is compared: the content of each file, and the names of the variables."""
    return {
        "target": code.target,
        "files": {file.path: file.digest for file in code.files},
        "env_file": code.env_file,
        "variables": list(code.variables),
        "modules": list(code.modules),
    }


def _agreed(spec: str) -> "JsonObject | None":
    """Return what somebody agreed to; None if nobody has, or if it cannot be read."""
    try:
        descriptor = open_private_file(_kept(spec), os.O_RDONLY, create=False)
        with os.fdopen(descriptor, "rb") as file:
            agreed = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return None
    is_whole = isinstance(agreed, dict) and isinstance(agreed.get("files"), dict)
    return agreed if is_whole else None


def _changes(agreed: "JsonObject", code: ProjectCode) -> Iterator[str]:
    """Yield what is otherwise than it was agreed to, in a few words each."""
    before, now = agreed["files"], {file.path: file.digest for file in code.files}
    assert isinstance(before, dict), "it was checked when it was read"
    for path, digest in now.items():
        if path not in before:
            yield f"{code.name_of(path)} is new"
        elif before[path] != digest:
            yield code.name_of(path)
    yield from (f"{code.name_of(path)} is no longer named" for path in before if path not in now)
    for key, what in (("variables", "variables"), ("modules", "packages")):
        if agreed.get(key) != list(getattr(code, key)):
            yield f"the {what}"
    if agreed.get("env_file") != code.env_file:
        yield "the env file"
