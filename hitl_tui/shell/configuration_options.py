"""The options of the shell commands for `config.toml`."""

import argparse
from collections.abc import Callable

from hitl_engine.configuration.settings import COLOURS
from hitl_tui.options import add_data_dir_option, add_trust_option, header
from hitl_tui.shell import configuration_commands


def _add_config_options(parser: argparse.ArgumentParser) -> None:
    parser.description = "Explain every setting of config.toml, with its value."
    parser.epilog = (
        "The file is the one that HITL_TUI_CONFIG names, or config.toml in the user's folder. What "
        "it sets wins over what was chosen in the console; options and environment variables win "
        "over both."
    )
    _add_common(parser)


def _add_targets_options(parser: argparse.ArgumentParser) -> None:
    parser.description = "List, add, test and remove the named targets of config.toml."
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_common(actions.add_parser("list", help="list the targets"))
    _add_adding(actions.add_parser("add", help="add a target; nothing else of the file changes"))
    test = actions.add_parser("test", help="open targets, and tell what came of it")
    test.add_argument("names", nargs="*", metavar="NAME", help="targets; all of them without one")
    _add_common(test)
    add_trust_option(test)
    remove = actions.add_parser("remove", help="remove a target from the file")
    remove.add_argument("name", metavar="NAME", help="the name of the target")
    _add_common(remove)


def _add_adding(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Example: hitl-tui targets add prod https://agents.example.com --production "
        "--key-command 'pass show agents/prod'"
    )
    parser.add_argument("name", metavar="NAME", help="the name of the target")
    parser.add_argument("place", metavar="PLACE", help="a URL, a langgraph.json, or file.py:graph")
    parser.add_argument(
        "--header",
        action="append",
        default=[],
        type=header,
        metavar="'K: V'",
        help="a header to send; it is written into the file as it is. May be repeated",
    )
    key = parser.add_mutually_exclusive_group()
    key.add_argument("--key-env", metavar="NAME", help="the environment variable with the API key")
    key.add_argument(
        "--key-keyring", metavar="SERVICE/USER", help="the entry of the keyring with the API key"
    )
    key.add_argument(
        "--key-command",
        type=configuration_commands.command_words,
        metavar="COMMAND",
        help="a command that prints the API key; it is started without a shell",
    )
    parser.add_argument(
        "--key-header", metavar="NAME", help="the header for the API key (default: x-api-key)"
    )
    parser.add_argument("--ca", metavar="FILE", help="the certificates to check the server against")
    parser.add_argument("--proxy", metavar="URL", help="the proxy for this target")
    parser.add_argument("--python", metavar="PATH", help="the interpreter that runs its graphs")
    parser.add_argument("--read-only", action="store_true", help="send nothing that changes it")
    parser.add_argument(
        "--production", action="store_true", help="mark it, and ask once more before sending"
    )
    parser.add_argument("--colour", choices=COLOURS, help="the colour of its name")
    parser.add_argument("--default", action="store_true", help="use it where none is given")
    _add_common(parser)


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_data_dir_option(parser)


ADD_CONFIGURATION_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "config": _add_config_options,
    "targets": _add_targets_options,
}
