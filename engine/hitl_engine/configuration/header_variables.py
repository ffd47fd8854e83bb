"""From which environment variables copied code takes the headers that authenticate a request."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hitl_engine.configuration.credentials import KeySource, variable_of_sdk
from hitl_engine.configuration.targets import NamedTarget

_TOKEN = "HITL_TUI_TOKEN"
_UNLIKE = re.compile(r"[^A-Za-z0-9]+")
_USABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""The names that a shell can read."""


@dataclass(frozen=True, slots=True)
class HeaderVariable:
    """A header of each request, and the variable that its value is in when the code runs."""

    header: str
    """Its name, in lower case."""
    variable: str
    about: str = ""
    """What has to be put into the variable, as a sentence; empty where the user has set it."""
    is_bearer: bool = False
    """Whether the header is `Bearer ` and the value of the variable."""


def header_variables(
    target: NamedTarget, headers: Sequence[str], environ: Mapping[str, str], *, is_ours: bool
) -> tuple[HeaderVariable, ...]:
    """Return a variable for each of the headers that a target gets.

    No target gets the variable of another one: those of LangGraph's SDK are for a URL that has no
    name. `is_ours`: whether it is a server of this program, whose token is in HITL_TUI_TOKEN.
    """
    return tuple(_variables(target, [name.lower() for name in headers], environ, is_ours))


def _variables(
    target: NamedTarget, headers: Sequence[str], environ: Mapping[str, str], is_ours: bool
) -> Iterator[HeaderVariable]:
    configured = {name.lower() for name in target.headers}
    for header in headers:
        is_bearer = header == "authorization"
        if header in configured:
            yield _whole(header)
        elif target.key is not None and header == target.key_header:
            yield _of_key(target.key, target.name, header, is_bearer)
        elif is_bearer and is_ours:
            yield HeaderVariable(header, _TOKEN, is_bearer=True)
        elif header == "x-api-key" and not target.name and (named := variable_of_sdk(environ)):
            yield HeaderVariable(header, named)
        else:
            yield _whole(header)


def _of_key(key: KeySource, target: str, header: str, is_bearer: bool) -> HeaderVariable:
    if key.kind == "environment" and _USABLE.fullmatch(key.words[0]):
        return HeaderVariable(header, key.words[0], is_bearer=is_bearer)
    variable = f"KEY_{_UNLIKE.sub('_', target)}".upper().rstrip("_")
    return HeaderVariable(header, variable, f"{variable} is the key from {key}.", is_bearer)


def _whole(header: str) -> HeaderVariable:
    variable = "HEADER_" + _UNLIKE.sub("_", header).upper()
    return HeaderVariable(header, variable, f"{variable} is the value of the header {header}.")
