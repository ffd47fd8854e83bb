"""The environment of a project's code: `env` of `langgraph.json`, read as python-dotenv reads it."""

import os
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from hitl_server.errors import BadTarget

_HINT = 'Write "env": ".env", or an object of names and texts, or a list of names.'


@dataclass(frozen=True, slots=True)
class Environment:
    """Variables for the project's code."""

    values: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    """What a person should know: one sentence each."""

    def enter(self) -> None:
        """Set the variables of this process that are not set."""
        for name, value in self.values.items():
            os.environ.setdefault(name, value)


def read_environment(config: Path, env: Any) -> Environment:
    """Read `env` of the `langgraph.json` at `config`: a path, an object, or a list of names.

    A file that is missing and a listed variable that is not set are remarks. Raises `BadTarget` for
    anything that cannot be understood, because a variable would be missing without a word.
    """
    match env:
        case None | "":
            return Environment()
        case str():
            return _of_file((config.resolve().parent / env).resolve())
        case dict():
            return Environment(
                {_name(config, name): _text(config, name, value) for name, value in env.items()}
            )
        case list():
            return _of_list(config, env)
    raise BadTarget(f'{config}: "env" is a {type(env).__name__}.', hint=_HINT)


def _of_file(path: Path) -> Environment:
    try:
        # Editors on Windows put a byte-order mark before the first name.
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        remark = f"There is no env file {path}, so none of its variables is set."
        return Environment(remarks=(remark,))
    except (OSError, UnicodeDecodeError) as error:
        raise BadTarget(f"The env file {path} cannot be read: {error}.") from None
    for binding in parse_stream(StringIO(text)):
        if binding.error:
            raise BadTarget(
                f"The env file {path} cannot be understood in line {binding.original.line}.",
                hint="Write NAME=value; put a value of several lines in quotes.",
            )
    read = dotenv_values(stream=StringIO(text))
    return Environment({name: value for name, value in read.items() if value is not None})


def _of_list(config: Path, env: list[Any]) -> Environment:
    """Take a list as names of variables that the project expects, or `NAME=value`."""
    values: dict[str, str] = {}
    unset = []
    for entry in env:
        name, has_value, value = entry.partition("=") if isinstance(entry, str) else ("", "", "")
        _name(config, name)
        if has_value:
            values[name] = value
        elif name not in os.environ:
            unset.append(name)
    remarks = (
        (f"{config} expects variables that are not set: {', '.join(unset)}.",) if unset else ()
    )
    return Environment(values, remarks)


def _name(config: Path, name: str) -> str:
    if not name or "=" in name or "\0" in name:
        raise BadTarget(f'{config}: "env" has {name!r}, which is no name.', hint=_HINT)
    return name


def _text(config: Path, name: str, value: Any) -> str:
    """Return the value of a variable. Other types than text have several spellings."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        kind = "null" if value is None else type(value).__name__
        raise BadTarget(
            f'{config}: the value of "{name}" in "env" is {kind}, not a text.', hint=_HINT
        )
    return str(value)
