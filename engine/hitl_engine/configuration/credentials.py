"""Keys of targets: read when a target is opened, from where the configuration says; never printed."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from hitl_engine.errors import BadInput

_SDK_KEYS = ("LANGGRAPH_API_KEY", "LANGSMITH_API_KEY", "LANGCHAIN_API_KEY")
"""Environment variables that hold a key, in the order in which LangGraph's own SDK looks."""
_SECONDS = 60.0
"""How long a command may take: it may ask for a passphrase in a window of its own."""


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where a key is: a variable, a service with its user, or a command with its arguments."""

    kind: Literal["environment", "keyring", "command"]
    words: tuple[str, ...]

    def __str__(self) -> str:
        match self.kind:
            case "environment":
                return f"the environment variable {self.words[0]}"
            case "keyring":
                return f"the keyring's entry {'/'.join(self.words)}"
            case "command":
                return f"the command {self.words[0]}"

    async def read(self, environ: Mapping[str, str]) -> str:
        """Return the key. Raises BadInput, which never contains it."""
        match self.kind:
            case "environment":
                key = key_in(environ, self.words[0])
            case "keyring":
                key = await asyncio.to_thread(_from_keyring, *self.words)
            case "command":
                key = await _printed_by(self.words)
        if not key:
            problem = "printed none" if self.kind == "command" else "is not set, or empty"
            raise BadInput(
                f"There is no key: {self} {problem}.",
                hint="Set it, or name another: --api-key-env, or the target in config.toml.",
            )
        return key


def key_in(environ: Mapping[str, str], name: str) -> str:
    """Return the key in a variable, without spaces and quotation marks around it; else nothing."""
    return environ.get(name, "").strip().strip("'\"")


def key_of_sdk(environ: Mapping[str, str]) -> str:
    """Return the key in the variables of LangGraph's SDK; else nothing."""
    return key_in(environ, variable_of_sdk(environ))


def variable_of_sdk(environ: Mapping[str, str]) -> str:
    """Return the name of the variable of LangGraph's SDK that holds its key; else nothing."""
    return next((name for name in _SDK_KEYS if key_in(environ, name)), "")


def _from_keyring(service: str, user: str) -> str:
    try:
        keyring = import_module("keyring")  # an extra: most users have their keys elsewhere
    except ImportError as error:
        raise BadInput(
            "The key is in the keyring, and the package keyring is not installed.",
            hint="Install hitl-tui[keyring].",
        ) from error
    try:
        return str(keyring.get_password(service, user) or "")
    except Exception as error:  # each system's keyring has errors of its own
        raise BadInput(
            f"The keyring cannot be read: {type(error).__name__}.",
            hint="Unlock it, or use key_env or key_command in config.toml.",
            detail=str(error),
        ) from error


async def _printed_by(command: tuple[str, ...]) -> str:
    """Return the first line that a command prints.

    What it prints is in no error; what it writes to its standard error is.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # ctrl+c in the console is not for it
        )
    except OSError as error:
        raise _failed(command, error.strerror or "it cannot be started") from error
    try:
        async with asyncio.timeout(_SECONDS):
            printed, said = await process.communicate()
    except TimeoutError:
        raise _failed(command, f"it did not end within {_SECONDS:.0f} seconds") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        words = said.decode(errors="replace")[-2000:]
        raise _failed(command, f"it ended with code {process.returncode}", words)
    line, *_ = printed.decode(errors="replace").splitlines() or [""]
    return line.strip()


def _failed(command: tuple[str, ...], why: str, words: str = "") -> BadInput:
    return BadInput(
        f"The command {command[0]}, which prints the key, failed: {why}.",
        hint=f"Run {os.path.basename(command[0])} by hand to see why.",
        detail=words,
    )
