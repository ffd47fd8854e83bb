"""The options of the shell commands for stories."""

import argparse
from collections.abc import Callable
from pathlib import Path

from hitl_tui.shell import story_commands
from hitl_tui.shell.common_options import add_shell_options, add_thread_argument, add_yes_option


def _add_export_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser,
        story_commands.export,
        "Save what was done on a thread as a story: inputs, breakpoints, answers, states.",
    )
    add_thread_argument(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="the file; without it, the story is printed",
    )


def _add_story_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(parser, None, "Print a story. Needs no server.")
    _add_story_argument(parser)


def _add_replay_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser,
        story_commands.replay,
        "Do again what a story tells, on a new thread of a local graph, and print the differences.",
    )
    _add_story_argument(parser)
    parser.add_argument("--graph", metavar="G", help="the graph, if its name is another one now")
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="JSONPATH",
        help="what may differ, in {values, next, waiting, failed}; may be repeated. Ids and times"
        " may always differ",
    )
    add_yes_option(parser)


def _add_story_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("story", type=Path, help="a file that hitl-tui export wrote")


ADD_STORY_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "export": _add_export_options,
    "story": _add_story_options,
    "replay": _add_replay_options,
}
