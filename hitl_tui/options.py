"""Options that several commands share, and the types of their values."""

import argparse
import re
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from hitl_engine.strict_json import JsonProblem, read_json

if TYPE_CHECKING:
    from hitl_engine.model import JsonObject, JsonValue


_Kind = TypeVar("_Kind", bound=StrEnum)
_LOCAL_TARGET = "a langgraph.json, or file.py:graph"
_TARGET = f"a name from config.toml, a URL, {_LOCAL_TARGET}"


def add_target_argument(parser: argparse._ActionsContainer, *, local: bool = False) -> None:
    """Add the optional target; a `local` one is on this machine."""
    parser.set_defaults(target=None)
    help = _LOCAL_TARGET if local else _TARGET
    # Its own default would replace what the option of the same name was given.
    parser.add_argument("target", nargs="?", default=argparse.SUPPRESS, help=help)


def add_target_option(parser: argparse._ActionsContainer) -> None:
    """Add the target as an option, for commands with arguments of their own."""
    parser.add_argument("-t", "--target", dest="target", help=_TARGET)


def add_connection_options(parser: argparse.ArgumentParser) -> None:
    """Add how a target is reached, and where local data is kept."""
    parser.add_argument(
        "--header",
        action="append",
        default=[],
        type=header,
        metavar="'K: V'",
        help="a header to send, if the target is a URL; may be repeated",
    )
    parser.add_argument(
        "--api-key-env", metavar="NAME", help="the environment variable that holds the API key"
    )
    add_data_dir_option(parser)
    add_python_option(parser)
    add_trust_option(parser)


def add_data_dir_option(parser: argparse.ArgumentParser) -> None:
    """Add the folder of local data."""
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="where to keep local data, with a folder for each project",
    )


def add_python_option(parser: argparse.ArgumentParser) -> None:
    """Add the interpreter that runs the graphs."""
    parser.add_argument(
        "--python",
        metavar="PATH",
        help="the Python interpreter, 3.11 or later, that has the graphs' dependencies",
    )


def add_trust_option(parser: argparse.ArgumentParser) -> None:
    """Add the consent to a project's code."""
    parser.add_argument(
        "--trust",
        action="store_true",
        help="run the code of a local project without asking, this time; HITL_TUI_TRUST=1 does the same",
    )


def given_text(text: str) -> str:
    """Read a text that is not empty: an empty one would act as if the option was not given.

    It is the type of every argument without another one; see `Parser`.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("must not be empty")
    return text


def given_path(text: str) -> Path:
    """Read the path of a file or folder; it is used wherever the type of an argument is `Path`."""
    return Path(given_text(text))


def any_text(text: str) -> str:
    """Read a text that may be empty, because it is itself what is sent."""
    return text


def member_of(kinds: type[_Kind]) -> Callable[[str], _Kind]:
    """Return the type of an argument: one of these values, written as it is."""

    def member(text: str) -> _Kind:
        try:
            return kinds(text)
        except ValueError as error:
            known = ", ".join(kinds)
            raise argparse.ArgumentTypeError(f"{text!r} is none of {known}") from error

    return member


def number_between(least: int, most: int) -> Callable[[str], int]:
    """Return the type of an argument: a whole number within these bounds."""

    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be a number from {least:,} to {most:,}")
        return value

    return number


def json_value(text: str) -> "JsonValue":
    """Read JSON; `-` means standard input."""
    if text == "-" and sys.stdin is None:
        raise argparse.ArgumentTypeError("standard input is closed")
    try:
        return read_json(sys.stdin.read() if text == "-" else text)
    except UnicodeDecodeError as error:
        raise argparse.ArgumentTypeError("standard input is not UTF-8") from error
    except JsonProblem as problem:
        raise argparse.ArgumentTypeError(f"not JSON. {problem}") from problem


def json_object(text: str) -> "JsonObject":
    """Read a JSON object."""
    value = json_value(text)
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError("must be a JSON object")
    return value


def tool_arguments(text: str) -> "JsonObject":
    """Read the arguments of a tool call."""
    value = json_value(text)
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError("must be all the arguments, as a JSON object")
    return value


def key_value(text: str) -> "tuple[str, JsonValue]":
    """Read `KEY=VALUE`; a value that is no JSON is a text."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    try:
        return key, read_json(value)
    except JsonProblem:
        return key, value


def nodes(text: str) -> tuple[str, ...]:
    """Read names of nodes, with commas between them."""
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise argparse.ArgumentTypeError("a name of a node is empty")
    return names


def fingerprint_text(text: str) -> str:
    """Read a fingerprint, as `show` prints it."""
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise argparse.ArgumentTypeError("must be 64 hex digits, as hitl-tui show prints them")
    return text


def header(text: str) -> tuple[str, str]:
    """Read a header: `Name: value`."""
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or not value.strip():
        raise argparse.ArgumentTypeError("a header is one argument, in quotes: 'Name: value'")
    return name.strip().lower(), value.strip()
