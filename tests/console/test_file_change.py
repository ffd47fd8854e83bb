"""How a tool call that writes a file would change it: in words, in lines, and on the card."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hitl_engine.local.project_files import ProjectFiles
from hitl_engine.model import DecisionKind, JsonObject, ProjectFile, ToolCall
from hitl_tui.text.file_change import FileChange, compared, file_change_of

from .conftest import OpenConsole, until
from .desk_double import DeskDouble, interrupt, tool_request


def call(name: str, args: JsonObject) -> ToolCall:
    return ToolCall(name, args, "", (DecisionKind.APPROVE,))


def in_words(args: JsonObject, text: str | None, problem: str = "") -> tuple[str, list[str]]:
    change = file_change_of(call("edit_file", args))
    assert change is not None
    file = ProjectFile("/project/a.py", datetime.now(UTC), text, problem)
    words, lines = compared(change, file, args, 0)
    return words, [f"{line.gutter.strip():1}{line.text}" for line in lines]


def test_calls_that_write_files_are_known_by_their_names_and_arguments() -> None:
    assert file_change_of(call("write_file", {"path": "a", "content": "x"})) == FileChange("a", "x")
    edit: JsonObject = {"file_path": "a", "old_string": "x", "new_string": "y", "replace_all": True}
    assert file_change_of(call("edit_file", edit)) == FileChange("a", None, "x", "y", True)
    assert file_change_of(call("create", {"path": "a", "file_text": "x"})) == FileChange("a", "x")
    assert file_change_of(call("read_file", {"path": "a", "content": "x"})) is None
    assert file_change_of(call("write_file", {"path": "a"})) is None
    assert file_change_of(call("write_file", {"path": ["a"], "content": "x"})) is None


def test_only_what_is_near_a_change_is_shown() -> None:
    before = "\n".join(f"line {n}" for n in range(20))
    words, lines = in_words(
        {"path": "a.py", "content": before.replace("line 9", "line nine")}, before
    )
    assert words == "+1 −1"
    assert lines == [
        " ⋯ 7 equal lines",
        " line 7",
        " line 8",
        "-line 9",
        "+line nine",
        " line 10",
        " line 11",
        " ⋯ 8 equal lines",
    ]


def test_a_part_is_replaced_as_the_tool_would() -> None:
    once: JsonObject = {"path": "a", "old_string": "x", "new_string": "y"}
    assert in_words(once, "a\nx") == ("the text to replace is there once, in line 2", [])
    assert in_words(once, "x\nx") == (
        "+1 −1, the text to replace is there 2 times: the first one is replaced here",
        ["-x", "+y", " x"],
    )
    words, lines = in_words({**once, "replace_all": True}, "x\nx")
    assert words.endswith("all are replaced") and lines == ["-x", "-x", "+y", "+y"]


@pytest.mark.parametrize(
    ("args", "text", "problem", "words"),
    [
        ({"path": "a", "content": "x"}, None, "", "there is no such file"),
        ({"path": "a", "content": "x"}, "x", "", "it has this content already"),
        ({"path": "a", "content": "x"}, None, "it is not a file", "not compared: it is not a file"),
        (
            {"path": "a", "old_string": "q", "new_string": "y"},
            "x",
            "",
            "the text to replace is not in it",
        ),
        (
            {"path": "a", "old_string": "", "new_string": "y"},
            "x",
            "",
            "not compared: the text to replace is empty",
        ),
    ],
)
def test_what_cannot_be_compared_is_told(
    args: JsonObject, text: str | None, problem: str, words: str
) -> None:
    assert in_words(args, text, problem) == (words, [])


async def test_the_card_compares_with_the_file_as_it_is_whenever_it_comes_into_view(
    console: OpenConsole, tmp_path: Path
) -> None:
    file = tmp_path / "notes.md"
    file.write_text("Buy milk.\n")
    args: JsonObject = {"path": "notes.md", "content": "Buy bread.\n"}
    asked = tool_request(("write_file", args, "", ("approve", "reject")))
    desk = DeskDouble(interrupt(asked))
    desk.files = ProjectFiles(tmp_path)
    async with console(desk, (100, 40)) as c:
        await c.open()
        await until(c.pilot, lambda: "Against the file on disk  +1 −1" in c.text)
        assert "- Buy milk." in c.text
        file.write_text("Buy bread.\n")
        await c.press("escape")
        await c.open()
        await until(c.pilot, lambda: "it has this content already" in c.text)


async def test_nothing_is_compared_where_the_project_is_elsewhere(console: OpenConsole) -> None:
    args: JsonObject = {"path": "notes.md", "content": "Buy bread.\n"}
    asked = tool_request(("write_file", args, "", ("approve", "reject")))
    async with console(DeskDouble(interrupt(asked))) as c:
        await c.open()
        assert "Against the file" not in c.text
