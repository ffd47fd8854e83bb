"""The shell commands that run graphs, and that show, answer and step threads, one function each.

What they print is made in the `*_output` modules. Everything that comes from a graph or a server
goes through `hitl_engine.visible` there.
"""

from argparse import Namespace
from typing import TYPE_CHECKING

from hitl_engine.errors import NoLongerWaits
from hitl_engine.model import (
    Breakpoints,
    Interrupt,
    ThreadView,
)
from hitl_tui.shell.answering import (
    check_answer_options,
    decisions,
    require_confirmation,
    require_confirmed_answers,
    require_unclaimed,
    with_log_reason,
)
from hitl_tui.shell.claim_output import claim_result
from hitl_tui.shell.command_result import CommandResult, ignore_progress
from hitl_tui.shell.debugging_commands import is_long_step, step_on
from hitl_tui.shell.expectations import expected_item, require_expected, require_waiting
from hitl_tui.shell.graph_output import graphs_result
from hitl_tui.shell.lookup import (
    find_graph,
    find_interrupt,
    find_thread,
    pending_interrupts,
)
from hitl_tui.shell.outcome_output import answer_result, outcome_result, reopen_result
from hitl_tui.shell.question_output import QuestionDetails
from hitl_tui.shell.run_options import run_settings
from hitl_tui.shell.thread_output import thread_result

if TYPE_CHECKING:
    from hitl_engine.desk import Desk


async def graphs(desk: "Desk", args: Namespace) -> CommandResult:
    """Return the graphs of the target."""
    return graphs_result(await desk.graphs(), desk.server)


async def run(desk: "Desk", args: Namespace) -> CommandResult:
    """Run a graph on a new thread (or the one given) to its next stop or end."""
    graph = await find_graph(desk, args.graph)
    if args.thread is not None:
        await find_thread(desk, args.thread)
    breakpoints = Breakpoints(before=args.interrupt_before, after=args.interrupt_after)
    text = args.input_text
    outcome = await desk.start(
        graph,
        args.input if text is None else await desk.input_of_text(graph, text),
        ignore_progress,
        thread_id=args.thread,
        breakpoints=breakpoints,
        replace_compiled=args.replace_breakpoints,
        settings=run_settings(args),
    )
    return outcome_result(outcome, desk.reviews.fingerprint_of)


async def show(desk: "Desk", args: Namespace) -> CommandResult:
    """Return the state of one thread, how its questions were understood, and what they take."""
    thread = await find_thread(desk, args.thread)
    places = await desk.places(thread)
    questions = [
        await question_details(desk, thread, item, places.get(item.interrupt_id, (item.node,)))
        for item in pending_interrupts(thread)
    ]
    people = desk.people.of(thread.thread_id)
    return thread_result(thread, questions, desk.reviews.fingerprint_of, people)


async def answer(desk: "Desk", args: Namespace) -> CommandResult:
    """Answer one interrupt, or several of one thread at once."""
    check_answer_options(args)
    thread = await find_thread(desk, args.thread)
    decided = decisions(desk, thread, args)
    claimed = require_unclaimed(desk, thread, args)
    require_confirmed_answers(desk, decided, args, claimed=claimed)
    outcomes = await desk.decide_all(decided, ignore_progress)
    return answer_result(decided, outcomes, desk.reviews.fingerprint_of)


async def claim(desk: "Desk", args: Namespace) -> CommandResult:
    """Take a thread, so that others see who has it; with `--take-over` also from somebody else."""
    thread = await find_thread(desk, args.thread)
    before = desk.people.of(thread.thread_id).others_claim
    await desk.people.claim(thread.thread_id, instead_of=before if args.take_over else None)
    return claim_result(thread.thread_id, desk.people.of(thread.thread_id))


async def release(desk: "Desk", args: Namespace) -> CommandResult:
    """Give a thread back that was claimed."""
    thread = await find_thread(desk, args.thread)
    await desk.people.release(thread.thread_id)
    return claim_result(thread.thread_id, desk.people.of(thread.thread_id))


async def reopen(desk: "Desk", args: Namespace) -> CommandResult:
    """Ask again a question whose node failed on its last answer."""
    thread = await find_thread(desk, args.thread)
    require_waiting(desk, thread, args.expect)
    raised = [item for item in pending_interrupts(thread) if item.task_error is not None]
    one = raised[0].interrupt_id if len(raised) == 1 else None
    named = args.interrupt or expected_item(desk, thread, args.expect)
    item = find_interrupt(desk, thread, named or one)
    require_expected(desk, thread, [item], args.expect)
    reopening = await desk.reopening(item)
    if reopening.runs_twice and not reopening.why_not:
        nodes = ", ".join(reopening.runs_twice)
        caution = f"Nodes of this step that have finished will run again: {nodes}."
        require_confirmation([caution], args)
    outcome = await desk.reopen(item, ignore_progress)
    return reopen_result(outcome, reopening, desk.reviews.fingerprint_of)


async def step(desk: "Desk", args: Namespace) -> CommandResult:
    """Step past a breakpoint, or on after an error, to the next stop or the end."""
    thread = await find_thread(desk, args.thread)
    require_waiting(desk, thread, args.expect)
    if thread.stop:
        require_unclaimed(desk, thread, args)
        stop = with_log_reason(desk, thread.stop, args)
        require_confirmation([stop.caution] if stop.caution else [], args)
        await desk.stepping.break_where(thread.graph_id, args.break_if)
        long = is_long_step(args)
        outcome = await (step_on(desk, thread, args) if long else desk.step(stop, ignore_progress))
        return outcome_result(outcome, desk.reviews.fingerprint_of)
    if thread.waiting:
        raise NoLongerWaits(
            f"Thread {thread.thread_id} waits for an answer; it is not at a breakpoint.",
            kept="Nothing was sent.",
            hint="Use hitl-tui answer.",
        )
    raise NoLongerWaits(
        f"Thread {thread.thread_id} is {thread.status}; it is not at a breakpoint.",
        kept="Nothing was sent.",
    )


async def question_details(
    desk: "Desk", thread: ThreadView, item: Interrupt, place: tuple[str, ...]
) -> QuestionDetails:
    """Return everything that is printed about a question."""
    question = desk.reviews.question(item)
    return QuestionDetails(
        question,
        place,
        desk.reviews.answer_schema(question),
        together=tuple(
            other.interrupt_id
            for other in pending_interrupts(thread)
            if other.task_id == item.task_id and other is not item
        ),
        reopening=await desk.reopening(item) if item.task_error is not None else None,
        answered_before=await desk.answered_before(question),
    )
