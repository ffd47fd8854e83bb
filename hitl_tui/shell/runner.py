"""Runs one shell command: opens the desk, prints the result, returns the exit code."""

import asyncio
import json
from argparse import Namespace
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from hitl_engine.errors import HitlError
from hitl_engine.model import Capability, Server
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.standard_streams import print_note, print_output

if TYPE_CHECKING:
    from hitl_engine.desk import Desk


async def run_command(
    args: Namespace, open_desk: Callable[[], AbstractAsyncContextManager["Desk"]]
) -> int:
    """Run the command in `args`, print its result, and return its exit code. Raises HitlError."""
    if (without_desk := await _without_desk(args, open_desk)) is not None:
        return _print_result(without_desk, args)
    try:
        async with open_desk() as desk:
            for note in _about(desk.server, args):
                print_note(f"hitl-tui: {one_line(note, 2000)}")
            result = await _result(desk, args)
            # Before the desk closes, so that a second ctrl+c cannot hide it.
            return _print_result(result, args)
    except HitlError as error:
        from hitl_tui.shell.outcome_output import refusal_document  # most commands are not refused

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


async def _without_desk(
    args: Namespace, open_desk: Callable[[], AbstractAsyncContextManager["Desk"]]
) -> CommandResult | None:
    """Run a command that needs no desk, or not always one; None for the other commands."""
    match args.command:
        case "list" if args.all:
            from hitl_tui.shell.list_command import list_everywhere

            return await list_everywhere(args, args.targets)
        case "log" if not (args.others or (args.verify and args.with_runs)):
            from hitl_tui.shell.log_command import log

            return await log(args)
        case "rules" if not (args.target or args.thread):
            from hitl_tui.shell.rules_command import check_file

            return check_file(args)
        case "story":
            from hitl_tui.shell.story_commands import story

            return await story(args)
        case "config":
            from hitl_tui.shell.configuration_commands import config

            return await config(args)
        case "targets":
            from hitl_tui.shell.configuration_commands import targets

            return await targets(args)
        case "doctor":
            from hitl_tui.shell.doctor_command import doctor

            return await doctor(args)
        case "selftest":
            from hitl_tui.shell.selftest_command import selftest

            return await selftest(args, open_desk)
        case _:
            return None


async def _result(desk: "Desk", args: Namespace) -> CommandResult:
    """Run the command. Interrupted by ctrl+c after it has sent something, it has a result too."""
    try:
        result: CommandResult = await args.run(desk, args)
    except asyncio.CancelledError:
        if not desk.unsettled:
            raise
        from hitl_tui.shell.outcome_output import interrupted_result  # few commands are interrupted

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
