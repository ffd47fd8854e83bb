"""Runs one shell command: opens the desk, prints the result, returns the exit code."""

import asyncio
import json
from argparse import Namespace
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from hitl_engine.desk import Desk
from hitl_engine.errors import HitlError
from hitl_engine.model import Capability, Server
from hitl_engine.visible import one_line
from hitl_tui.shell import configuration_commands, doctor_command, log_command, story_commands
from hitl_tui.shell.all_targets import list_everywhere
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.outcome_output import interrupted_result, refusal_document
from hitl_tui.shell.standard_streams import print_note, print_output


async def run_command(
    args: Namespace, open_desk: Callable[[], AbstractAsyncContextManager[Desk]]
) -> int:
    """Run the command in `args`, print its result, and return its exit code. Raises HitlError."""
    if args.command == "list" and args.all:
        return _print_result(await list_everywhere(args, args.targets), args)
    if without_desk := _without_desk(args):
        return _print_result(await without_desk(args), args)
    try:
        async with open_desk() as desk:
            for note in _about(desk.server, args):
                print_note(f"hitl-tui: {one_line(note, 2000)}")
            result = await _result(desk, args)
            # Before the desk closes, so that a second ctrl+c cannot hide it.
            return _print_result(result, args)
    except HitlError as error:
        document = refusal_document(error, args)
        if args.json and document is not None:
            print_output(json.dumps(document))
        raise


def _about(server: Server, args: Namespace) -> tuple[str, ...]:
    """Return what a person should know about the server: old code, and remarks when it starts.

    Of the commands that start one for themselves, only `run` tells the remarks each time. Before a
    person decides, they are told that others may decide at the same moment, where that is so.
    """
    remarks = server.remarks if args.command == "run" and server.started_here else ()
    apart = server.lack(Capability.KEEP_REVIEWERS_APART) if args.command == "show" else ""
    return (*(each.what for each in server.changed), *remarks, *([apart] if apart else []))


_WITHOUT_DESK: dict[str, Callable[[Namespace], Awaitable[CommandResult]]] = {
    "log": log_command.log,
    "story": story_commands.story,
    "config": configuration_commands.config,
    "targets": configuration_commands.targets,
    "doctor": doctor_command.doctor,
}
"""Commands that need no server."""


def _without_desk(args: Namespace) -> Callable[[Namespace], Awaitable[CommandResult]] | None:
    if args.command == "log" and args.verify and args.with_runs:
        return None
    return _WITHOUT_DESK.get(args.command)


async def _result(desk: Desk, args: Namespace) -> CommandResult:
    """Run the command. Interrupted by ctrl+c after it has sent something, it has a result too."""
    try:
        result: CommandResult = await args.run(desk, args)
    except asyncio.CancelledError:
        if not desk.unsettled:
            raise
        return interrupted_result(desk.unsettled[-1])
    return result


def _print_result(result: CommandResult, args: Namespace) -> int:
    try:
        if not result.printed:
            print_output(json.dumps(result.document) if args.json else "\n".join(result.lines))
    finally:
        for note in result.notes:
            print_note(note)
    return result.exit_code
