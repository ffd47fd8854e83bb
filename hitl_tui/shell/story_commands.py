"""The shell commands for stories: save one from a thread, print it, replay it."""

from argparse import Namespace
from typing import TYPE_CHECKING

from hitl_engine.desk import read_story_file, story_json, write_story_file
from hitl_engine.visible import one_line
from hitl_tui.shell.answering import require_confirmation
from hitl_tui.shell.command_result import CommandResult, ignore_progress
from hitl_tui.shell.lookup import find_graph, find_thread
from hitl_tui.shell.standard_streams import OutputFailed, print_note
from hitl_tui.shell.story_output import replay_result, story_result
from hitl_tui.text.fitting import counted

if TYPE_CHECKING:
    from hitl_engine.desk import Desk


async def export(desk: "Desk", args: Namespace) -> CommandResult:
    """Save what was done on a thread in a file, or print it."""
    thread = await find_thread(desk, args.thread)
    story = await desk.stories.of(thread.thread_id)
    result = story_result(story, story_json(story))
    if args.output is None:
        return result
    try:
        write_story_file(args.output, result.text)
    except OSError as error:
        raise OutputFailed(f"{args.output} cannot be written: {error.strerror}.") from error
    saved = f"{counted(len(story.steps), 'step')} of thread {one_line(thread.thread_id)} in {args.output}."
    return CommandResult(result.document, (saved,))


async def story(args: Namespace) -> CommandResult:
    """Print a story. Needs no server."""
    told = read_story_file(args.story)
    return story_result(told, story_json(told))


async def replay(desk: "Desk", args: Namespace) -> CommandResult:
    """Do again what a story tells, on a new thread, and print what came of it otherwise."""
    told = read_story_file(args.story)
    graph = await find_graph(desk, args.graph or told.graph_id)
    require_confirmation(
        [f"The nodes of {graph.name} run again, with all that they do to other systems."], args
    )

    def tell(step: int) -> None:
        print_note(f"hitl-tui: step {step} of {len(told.steps)}")

    result = await desk.stories.replay(
        told, graph, ignore_progress, ignored=args.ignore, on_step=tell
    )
    return replay_result(told, result)
