"""The shell commands that print what a thread holds: its state, and its messages."""

from argparse import Namespace
from typing import TYPE_CHECKING

from hitl_engine.errors import BadInput
from hitl_engine.model import JsonValue, Path, SubgraphState, ThreadView
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.lookup import find_thread
from hitl_tui.shell.messages_output import messages_result
from hitl_tui.shell.state_output import ShownState, state_result

if TYPE_CHECKING:
    from hitl_engine.desk import Desk


async def state(desk: "Desk", args: Namespace) -> CommandResult:
    """Return the state of a thread, of one of its checkpoints or subgraphs, or parts of it."""
    thread = await _thread(desk, args)
    subgraphs = await desk.state_values.of_subgraphs(thread.thread_id, thread.checkpoint_id)
    inside = named_subgraph(subgraphs, args.subgraph) if args.subgraph else None
    values, following = (inside.values, inside.next) if inside else (thread.values, thread.next)
    found = None if args.path is None else await _found(desk, values, args.path)
    return state_result(ShownState(thread, inside, values, following, found), subgraphs)


async def _found(desk: "Desk", values: JsonValue, path: str) -> tuple[tuple[Path, JsonValue], ...]:
    """Return the places that a JSONPath names. Raises BadInput for one that cannot be read."""
    (watched,) = await desk.state_values.watched(values, [path])
    if watched.problem:
        raise BadInput(watched.problem, hint="For example: $.messages[0].content")
    return watched.found


async def messages(desk: "Desk", args: Namespace) -> CommandResult:
    """Return the conversations of a thread, or of one key of its state."""
    thread = await _thread(desk, args)
    conversations = desk.conversations.of(thread)
    if args.key is not None:
        conversations = tuple(each for each in conversations if each.key == args.key)
    return messages_result(thread.thread_id, conversations, last=args.last)


async def _thread(desk: "Desk", args: Namespace) -> ThreadView:
    thread = await find_thread(desk, args.thread)
    if args.checkpoint is None:
        return thread
    return await desk.history.moment(thread.thread_id, args.checkpoint)


def named_subgraph(subgraphs: tuple[SubgraphState, ...], name: str) -> SubgraphState:
    """Return the subgraph with this namespace, or at this node. Raises BadInput."""
    named = [each for each in subgraphs if name in (each.namespace, "|".join(each.path))]
    if len(named) == 1:
        return named[0]
    what = f"Several subgraphs are at {name}." if named else f"No subgraph {name} has a state now."
    known = "\n".join(one_line(each.namespace, 400) for each in subgraphs)
    raise BadInput(what, hint="Give one of these namespaces:" if known else "", detail=known)
