"""How a tool call that writes a file would change the file as it is now."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hitl_engine.model import JsonObject, ProjectFile, ToolCall
from hitl_engine.visible import one_line, visible
from hitl_tui.text.argument_line import ArgumentLine
from hitl_tui.text.argument_lines import lines_of_change
from hitl_tui.text.arguments import language_of_path, path_in, two_sides, written_text
from hitl_tui.text.diff import CONTEXT, aligned, change_count
from hitl_tui.text.two_columns import in_two_columns

_WRITES = re.compile(r"write|edit|create|save|replace|update|put|patch")
"""Parts of the names of tools that write files; others may only mention a path."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a tool call writes into a file."""

    path: str
    """As the call names it; untrusted."""
    content: str | None
    """The whole new text; None if a part is replaced."""
    old: str = ""
    """The part that is replaced."""
    new: str = ""
    everywhere: bool = False
    """Whether the part is replaced wherever it is, and not only where it is first."""

    def after(self, before: str) -> str:
        """Return the text of the file after the call."""
        if self.content is not None:
            return self.content
        return before.replace(self.old, self.new, -1 if self.everywhere else 1)


def file_change_of(call: ToolCall) -> FileChange | None:
    """Return what a call writes into a file; None if it is not a call that does."""
    path = path_in(call.args)
    if not path or not _WRITES.search(call.name.casefold()):
        return None
    if (sides := two_sides(call.args)) is not None:
        old, new = sides
        return FileChange(path, None, old, new, call.args.get("replace_all") is True)
    content = written_text(call.args)
    return FileChange(path, content) if content is not None else None


def compared(
    change: FileChange, file: ProjectFile, args: JsonObject, columns: int
) -> tuple[str, list[ArgumentLine]]:
    """Return in words how the call changes the file, and the lines that differ."""
    before = file.text
    if file.problem:
        return f"not compared: {file.problem}", []
    if before is None:
        return "there is no such file", []
    if change.content is None and not change.old:
        return "not compared: the text to replace is empty", []
    if change.content is None and change.old not in before:
        return "the text to replace is not in it", []
    after = change.after(before)
    if after == before:
        return "it has this content already", []
    times = before.count(change.old) if change.content is None else 0
    if times == 1:  # the arguments show how it differs
        line = before.count("\n", 0, before.index(change.old)) + 1
        return f"the text to replace is there once, in line {line:,}", []
    lines = aligned(visible(before), visible(after))
    words = change_count(lines)
    if times:
        which = "all are replaced" if change.everywhere else "the first one is replaced here"
        words += f", the text to replace is there {times:,} times: {which}"
    shown = _near_changes(lines_of_change(lines, language_of_path(args)))
    return words, in_two_columns(shown, columns)


def place_and_time(file: ProjectFile) -> str:
    """Return which file was read, and when."""
    return f"{one_line(file.path, 120)}, read {file.read_at.astimezone():%H:%M:%S}"


def _near_changes(lines: Sequence[ArgumentLine]) -> list[ArgumentLine]:
    """Return the lines that changed with a few around them; what is left out is counted."""
    kept: set[int] = set()
    for number, line in enumerate(lines):
        if line.gutter.strip():
            kept.update(range(number - CONTEXT, number + CONTEXT + 1))
    return list(_with_gaps(lines, kept))


def _with_gaps(lines: Sequence[ArgumentLine], kept: set[int]) -> Iterator[ArgumentLine]:
    left_out = 0
    for number, line in enumerate(lines):
        if number not in kept:
            left_out += 1
            continue
        yield from _gap(lines, number, left_out)
        left_out = 0
        yield line
    yield from _gap(lines, len(lines), left_out)


def _gap(lines: Sequence[ArgumentLine], end: int, left_out: int) -> Iterator[ArgumentLine]:
    """Yield how many lines are left out before this one; a single one itself."""
    if left_out == 1:
        yield lines[end - 1]
    elif left_out:
        text = f"⋯ {left_out:,} equal lines"
        yield ArgumentLine(text, "    ", spans=((0, len(text), "word"),))
