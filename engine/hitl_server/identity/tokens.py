"""Tokens: secrets that give access to the server; some have the name of a person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from hitl_server.errors import BadOption
from hitl_server.owned_files import owned_text

VARIABLE = "HITL_TUI_TOKEN"
"""The environment variable for a token. Other users can see command lines, but not this."""

_SECRET = re.compile(r"[!-~]+")


class Role(StrEnum):
    """What the holder of a token may do. A token without a role may do everything."""

    VIEWER = "viewer"
    """Read."""
    REVIEWER = "reviewer"
    """Also answer what waits, and step past breakpoints."""
    STARTER = "starter"
    """Also start runs and cancel them, and create and copy threads."""


@dataclass(frozen=True, slots=True)
class Token:
    """A secret and the name of its holder; one without a name belongs to the machine's owner."""

    secret: str = field(repr=False)
    name: str | None = None
    role: Role | None = None


def checked_token(secret: str, place: str) -> Token:
    """Return a token without a name; errors name `place` as where the secret comes from.

    Raises `BadOption` for one that no header can contain.
    """
    if not secret:
        raise BadOption(f"{place} is empty.", hint="Give it a secret.")
    if not _SECRET.fullmatch(secret):
        raise BadOption(
            f"{place} has characters that an HTTP header cannot contain.", hint=_CHARACTERS
        )
    return Token(secret)


def read_tokens(path: Path) -> tuple[Token, ...]:
    """Read a file with one token in each line, `name = secret` or `name (role) = secret`.

    Empty lines and `#` are comments.

    Raises `BadOption` with the number of a wrong line, and never with its content.
    """
    tokens: list[Token] = []
    for number, given, secret in _lines(path):
        place = f"{path}, line {number}"
        name, role = _name_and_role(given, place)
        if not secret:
            raise BadOption(f"{place} has no secret.", hint="Write: name = secret")
        if not name or not name.isprintable():
            raise BadOption(f"{place} has no printable name.", hint="Write: name = secret")
        if not _SECRET.fullmatch(secret):
            raise BadOption(f"The secret in {place} cannot be sent.", hint=_CHARACTERS)
        if any(token.name == name for token in tokens):
            raise BadOption(f"The name in {place} is already used.", hint="Keep one of the lines.")
        if any(token.secret == secret for token in tokens):
            raise BadOption(
                f"The secret in {place} is already used.", hint="Give each person a different one."
            )
        tokens.append(Token(secret, name, role))
    if not tokens:
        raise BadOption(f"{path} has no token.", hint="Write: name = secret")
    return tuple(tokens)


def _name_and_role(given: str, place: str) -> tuple[str, Role | None]:
    name, bracket, role = given.removesuffix(")").rpartition("(")
    if not bracket or not given.endswith(")"):
        return given, None
    if role not in list(Role):
        hint = f"Write name = secret, or name (role) = secret with one of: {', '.join(Role)}."
        raise BadOption(f"{place} has a role that does not exist.", hint=hint)
    return name.strip(), Role(role)


_CHARACTERS = "Use letters, digits and punctuation of ASCII, without spaces."


def _lines(path: Path) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(owned_text(path, of="tokens", secret=True).splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            name, _, secret = line.partition("=")
            yield number, name.strip(), secret.strip()
