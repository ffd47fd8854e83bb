"""The shell commands of a developer: the history of a thread, its state, and runs from elsewhere."""

from argparse import Namespace
from typing import TYPE_CHECKING

from hitl_engine.errors import BadInput
from hitl_engine.model import (
    Checkpoint,
    Outcome,
    StateEdit,
    StepGoal,
    ThreadView,
)
from hitl_tui.shell.answering import require_confirmation
from hitl_tui.shell.command_result import CommandResult, ignore_progress
from hitl_tui.shell.history_output import history_result
from hitl_tui.shell.lookup import find_thread
from hitl_tui.shell.outcome_output import outcome_result
from hitl_tui.shell.state_commands import named_subgraph

if TYPE_CHECKING:
    from hitl_engine.desk import Desk

_PAGE = 100


async def history(desk: "Desk", args: Namespace) -> CommandResult:
    """Return the newest checkpoints of a thread."""
    thread = await find_thread(desk, args.thread)
    found: list[Checkpoint] = []
    is_last = False
    while not is_last and len(found) < args.limit:
        before = found[-1].checkpoint_id if found else ""
        limit = min(_PAGE, args.limit - len(found))
        page = await desk.history.page(thread.thread_id, before=before, limit=limit)
        found += page.checkpoints
        is_last = page.is_last
    return history_result(thread.thread_id, found, more=not is_last)


async def update(desk: "Desk", args: Namespace) -> CommandResult:
    """Write into the state of a thread; with `--go-on`, step on from there."""
    thread = await find_thread(desk, args.thread)
    namespace = ""
    if args.subgraph:
        inside = await desk.state_values.of_subgraphs(thread.thread_id, thread.checkpoint_id)
        namespace = named_subgraph(inside, args.subgraph).namespace
    edit = await desk.states.plan(
        thread.thread_id, args.set, as_node=args.as_node or "", namespace=namespace
    )
    return await _written(desk, edit, args, goes_on=args.go_on or bool(edit.asks_again))


async def fork(desk: "Desk", args: Namespace) -> CommandResult:
    """Begin a branch at a checkpoint: with another state, or by running again from it."""
    thread = await find_thread(desk, args.thread)
    if args.set or args.as_node:
        edit = await desk.states.plan(
            thread.thread_id,
            args.set,
            checkpoint_id=args.checkpoint,
            as_node=args.as_node or "",
        )
        return await _written(desk, edit, args, goes_on=args.runs)
    if not args.runs:
        raise BadInput(
            "A branch begins with another state (--set) or with a run (--run).",
            kept="Nothing was sent.",
        )
    rerun = await desk.reruns.plan_again(thread.thread_id, args.checkpoint)
    require_confirmation(rerun.cautions, args)
    return outcome_result(
        await desk.reruns.run(rerun, ignore_progress), desk.reviews.fingerprint_of
    )


async def goto(desk: "Desk", args: Namespace) -> CommandResult:
    """Run at another node."""
    thread = await find_thread(desk, args.thread)
    rerun = await desk.reruns.plan_goto(thread.thread_id, args.node)
    require_confirmation(rerun.cautions, args)
    return outcome_result(
        await desk.reruns.run(rerun, ignore_progress), desk.reviews.fingerprint_of
    )


async def step_on(desk: "Desk", thread: ThreadView, args: Namespace) -> Outcome:
    """Step on to a node, until a condition holds, or to the end."""
    goal = StepGoal(
        node=args.node or "", until=args.until or "", until_changed=args.until_changed or ""
    )
    run_on = desk.stepping.run_on
    return await run_on(thread, goal, ignore_progress, log_reason=args.log_reason or "")


def is_long_step(args: Namespace) -> bool:
    """Whether a step goes further than the next stop."""
    return bool(args.node or args.until or args.until_changed or args.to_end)


async def _written(
    desk: "Desk", edit: StateEdit, args: Namespace, *, goes_on: bool
) -> CommandResult:
    require_confirmation(edit.cautions, args)
    writing = desk.write_and_go_on(edit, ignore_progress) if goes_on else desk.states.write(edit)
    return outcome_result(await writing, desk.reviews.fingerprint_of)
