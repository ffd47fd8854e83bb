"""A story, and what its replay did otherwise, as the results of shell commands."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from hitl_engine.model import (
    Act,
    Answered,
    Commanded,
    Copied,
    JsonObject,
    JsonValue,
    Replay,
    Started,
    Story,
    StoryDifference,
    StoryStep,
    WentOn,
    Wrote,
)
from hitl_engine.visible import json_text, one_line, visible
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.text.change_lines import lines_of_changes
from hitl_tui.text.fitting import counted

DIFFERS = 8
"""The exit code of a replay that did something otherwise."""
_LONG = 200


@dataclass(frozen=True, slots=True)
class StoryResult(CommandResult):
    """A story that is printed, or saved as it is."""

    @property
    def text(self) -> str:
        """The story as its file has it."""
        return json.dumps(self.document, indent=1, ensure_ascii=False) + "\n"


def story_result(story: Story, document: JsonObject) -> StoryResult:
    """Return the acts of a story, each with the state after it."""
    return StoryResult(document, tuple(_story_lines(story)))


def replay_result(story: Story, replay: Replay) -> CommandResult:
    """Return what a replay did otherwise; a difference has an exit code of its own."""
    document: JsonObject = {
        "thread_id": replay.thread_id or None,
        "steps": replay.steps,
        "differences": [_difference_document(each) for each in replay.differences],
    }
    lines = tuple(_replay_lines(story, replay))
    return CommandResult(document, lines, exit_code=DIFFERS if replay.differences else 0)


def _story_lines(story: Story) -> Iterator[str]:
    saved = story.saved_at.astimezone().strftime("%Y-%m-%d %H:%M")
    yield f"Story of {one_line(story.graph_id)}, thread {one_line(story.thread_id)}"
    yield f"  saved {saved} from {one_line(story.server)}"
    for number, step in enumerate(story.steps, 1):
        yield ""
        yield f"{number}. {_step_line(step)}"
        if step.after is not None:
            yield from (f"   {line}" for line in json_text(step.after).split("\n"))


def _replay_lines(story: Story, replay: Replay) -> Iterator[str]:
    for each in replay.differences:
        yield f"{each.step}. {_step_line(story.steps[each.step - 1])}"
        yield from (f"   {visible(line)}" for line in lines_of_changes(each.changes))
        if each.problem:
            yield f"   {one_line(each.problem, 2000)}"
    count = len(replay.differences)
    found = "as the story tells" if not count else f"{count} of them otherwise"
    yield f"{replay.steps} of {counted(len(story.steps), 'step')} done on thread {replay.thread_id}, {found}."
    if count:
        yield "hitl-tui open shows the story step by step, hitl-tui history THREAD what the replay did."


def _step_line(step: StoryStep) -> str:
    """Return an act and where it begins on one line, as visible text."""
    place = step.begins_at
    if place is None:
        return _act_line(step.act)
    return f"from checkpoint {place.checkpoint + 1} of step {place.step}: {_act_line(step.act)}"


def _act_line(act: Act) -> str:
    """Return an act on one line, as visible text."""
    match act:
        case Started():
            stops = ", ".join((*act.breakpoints.before, *act.breakpoints.after))
            where = f", with breakpoints at {one_line(stops, _LONG)}" if stops else ""
            return f"start with {_short(act.input)}{where}"
        case Answered():
            given = (f"{one_line(each.node, 60)}: {_short(each.value)}" for each in act.answers)
            return f"answer {', '.join(given)}"
        case WentOn():
            return "go on without an input"
        case Commanded():
            sent = {"goto": act.goto, "update": act.update}
            sent |= {each.node: each.value for each in act.answers}
            given = (f"{name} {_short(value)}" for name, value in sent.items() if value is not None)
            return f"command {', '.join(given)}"
        case Copied():
            return "copy the checkpoint, which asks its questions again"
        case Wrote():
            return f"write {_short(act.values)} as {one_line(act.as_node, 60)}"


def _short(value: JsonValue) -> str:
    return one_line(json_text(value, indent=None), _LONG)


def _difference_document(difference: StoryDifference) -> JsonObject:
    changes: list[JsonValue] = [
        {
            "path": list(change.path),
            "kind": change.kind.value,
            "story": change.before,
            "replay": change.after,
        }
        for change in difference.changes
    ]
    return {"step": difference.step, "changes": changes, "problem": difference.problem or None}
