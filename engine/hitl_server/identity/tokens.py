"""Tokens: secrets that let their holders in, some of them with a name."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hitl_server.errors import BadOption

VARIABLE = "HITL_TUI_TOKEN"
"""The environment variable that brings a token: other users see command lines, not this."""

_SECRET = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A secret, and whose it is; one without a name belongs to the machine's owner."""

    secret: str = field(repr=False)
    name: str | None = None


def checked_token(secret: str, place: str) -> Token:
    """Return a token without a name; `place` says in an error where the secret stands.

    Raises `BadOption` for one that no header could bring.
    """
    if not secret:
        raise BadOption(f"{place} is empty, and would let anybody in.", hint="Give it a secret.")
    if not _SECRET.fullmatch(secret):
        raise BadOption(f"{place} holds what no header can carry.", hint=_CHARACTERS)
    return Token(secret)


def read_tokens(path: Path) -> tuple[Token, ...]:
    """Read a file of tokens: a line each, `name = secret`; empty lines and `# comments` are none.

    Raises `BadOption` with the line that is wrong, and never with what is in it.
    """
    tokens: list[Token] = []
    for number, name, secret in _lines(path):
        place = f"{path}, line {number}"
        if not secret:
            raise BadOption(f"{place} has no secret.", hint="Write: name = secret")
        if not name or not name.isprintable():
            raise BadOption(
                f"{place} has no name that could be shown.", hint="Write: name = secret"
            )
        if not _SECRET.fullmatch(secret):
            raise BadOption(f"The secret in {place} cannot be sent.", hint=_CHARACTERS)
        if any(token.name == name for token in tokens):
            raise BadOption(f"The name in {place} was given before.", hint="Keep one of the lines.")
        if any(token.secret == secret for token in tokens):
            raise BadOption(
                f"The secret in {place} is somebody else's, too.", hint="Give everybody their own."
            )
        tokens.append(Token(secret, name))
    if not tokens:
        raise BadOption(f"{path} holds no token.", hint="Write: name = secret")
    return tuple(tokens)


_CHARACTERS = "Use letters, digits and punctuation of ASCII, without spaces."


def _lines(path: Path) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(_private_text(path).splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            name, _, secret = line.partition("=")
            yield number, name.strip(), secret.strip()


def _private_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise BadOption(f"{path} is not a file.", hint="Give a file of tokens.")
            if found.st_uid not in (os.getuid(), 0):
                raise BadOption(f"{path} belongs to somebody else.", hint="Make one of your own.")
            if found.st_mode & 0o077:
                raise BadOption(f"{path} is open to other users.", hint=f"chmod 600 {path}")
            return file.read().decode("utf-8-sig")
    except OSError as error:
        raise BadOption(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise BadOption(f"{path} is not UTF-8.", hint="Give a file of tokens.") from None
