"""`hitl-tui watch`: tells what happens to the items of the inbox, as lines or to a command."""

import json
from argparse import Namespace
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING

from hitl_engine.errors import BadInput, HitlError, NotConfirmed
from hitl_engine.model import InboxEvent, RuledAnswer, Server
from hitl_engine.visible import one_line
from hitl_tui.external_command import run_with_input
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.endings import Endings
from hitl_tui.shell.inbox_output import item_document
from hitl_tui.shell.lookup import find_filter
from hitl_tui.shell.standard_streams import print_note, print_output

if TYPE_CHECKING:
    from hitl_engine.deciding.reviews import Reviews
    from hitl_engine.desk import Desk

_COMMAND_FAILED = 9
_LONGEST_PAUSE = 60.0
"""Seconds between two attempts to run a command that fails."""


async def watch(desk: "Desk", args: Namespace) -> CommandResult:
    """Tell each event once, until it is asked to end; with `--rules`, answer what these name."""
    if args.rules is not None:
        _require_that_rules_may_send(desk.server, args)
        with suppress(HitlError):  # what an earlier watch sent when it was killed
            await desk.settle_open()
    wanted = await find_filter(desk, args)
    async with desk.inbox_events(args.state, rules=args.rules) as events, Endings() as endings:
        batches = endings.until(
            events.follow(
                since=None if args.since == "now" else args.since,
                from_now=args.since == "now",
                ahead=args.ahead,
                once=args.once,
                on_error=_print_error,
                on_fault=_print_fault,
            )
        )
        async with aclosing(batches):
            async for batch in batches:
                for event in batch:
                    if wanted.matches(desk.reviews.item(event.item)):
                        if not await _tell(_line(event, desk.reviews), endings, args):
                            return CommandResult(None, (), exit_code=_COMMAND_FAILED, printed=True)
                        if args.command_line:
                            await events.told(event)
                    if args.command_line and endings.requested.is_set():
                        break
                else:
                    await events.told(batch[-1])
        return CommandResult(None, (), exit_code=endings.exit_code, printed=True)


def _require_that_rules_may_send(server: Server, args: Namespace) -> None:
    """Refuse rules at the start where none of their answers would be sent."""
    if server.read_only:
        raise BadInput(
            "Rules answer nothing here: the target is read-only.",
            kept="Nothing was sent.",
            hint="Leave out --rules.",
        )
    if server.production and not args.yes:
        raise NotConfirmed(
            f"{server.name} is in production, and --rules answers there without a person.",
            hint="To let it, add --yes.",
        )


async def _tell(line: str, endings: Endings, args: Namespace) -> bool:
    """Print a line, or give it to the command; return whether that succeeded."""
    if not args.command_line:
        print_output(line)
        return True
    pause = 1.0
    for number in range(1, args.tries + 1):
        fault = await run_with_input(args.command_line, f"{line}\n", seconds=args.timeout)
        if not fault:
            return True
        is_last = number == args.tries or endings.requested.is_set()
        after = "It is not told; the next watch begins with it." if is_last else "Trying again."
        print_note(f"hitl-tui: {one_line(args.command_line[0])} {fault}. {after}")
        if is_last:
            break
        await endings.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
    return False


def _line(event: InboxEvent, reviews: "Reviews") -> str:
    """Return an event as one line of JSON in ASCII, which no terminal interprets."""
    answer = event.answer or RuledAnswer()
    return json.dumps(
        {
            "cursor": event.cursor,
            "event": event.kind.value,
            "at": event.at.isoformat(),
            "by": event.by or None,
            "thread_status": event.thread_status or None,
            "rules": list(answer.rules),
            "decision": answer.decision or None,
            "outcome": answer.outcome.value if answer.outcome else None,
            "why": answer.why or None,
            "item": item_document(event.item, reviews),
        }
    )


def _print_fault(fault: str) -> None:
    text = f"the rules answer nothing. {fault}" if fault else "the rules can be used again."
    print_note(f"hitl-tui: {one_line(text, 2000)}")


def _print_error(error: str) -> None:
    text = f"the inbox cannot be read: {error} Trying again." if error else "it can be read again."
    print_note(f"hitl-tui: {one_line(text, 2000)}")
