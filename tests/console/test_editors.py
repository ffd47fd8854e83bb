"""Editors: text that is typed, pasted or edited externally is escaped, and can be undone."""

import shlex
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets.text_area import Selection

from hitl_tui.external_editor import Edited, NotEdited, editor_command, run_editor
from hitl_tui.messages import Decided, ExternalEditorClosed, ExternalEditorRequested
from hitl_tui.text.diff import difference
from hitl_tui.widgets.cards.guard import Guard
from hitl_tui.widgets.editor import Editor, JsonEditor

from .conftest import OpenConsole, card_shown, heard, until
from .desk_double import DeskDouble, interrupt


@given(st.text("ab\n"), st.text("ab\n"))
def test_the_difference_is_found_from_both_ends(old: str, new: str) -> None:
    start, old_end, new_end = difference(old, new)
    assert old[:start] + new[start:new_end] + old[old_end:] == new
    for cut_old, cut_new in [(old[start:old_end], new[start:new_end])]:
        assert not cut_old or not cut_new or cut_old[0] != cut_new[0]
        assert not cut_old or not cut_new or cut_old[-1] != cut_new[-1]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("one\ntwo", "one\n2\nthree"),
        ("one", ""),
        ("", "one\n\ntwo\n"),
        ("a\n" * 5, "a\n" * 3),
        ("same", "s\x1b[31mame\u202e"),
    ],
)
async def test_a_text_from_the_external_editor_is_one_edit(before: str, after: str) -> None:
    editor = Editor()
    async with card_shown(editor) as (pilot, _):
        editor.show(before)
        editor.focus()
        editor.selection = Selection.cursor(editor.document.end)
        await pilot.press("x")
        typed = editor.text
        editor.take_back(after)
        assert editor.value == after
        assert editor.text.replace("\n", "").isprintable()
        await pilot.press("y", "ctrl+z", "ctrl+z")
        assert editor.text == typed
        await pilot.press("ctrl+y")
        assert editor.value == after


async def test_an_unchanged_text_from_the_external_editor_is_not_an_edit() -> None:
    editor = JsonEditor()
    async with card_shown(editor) as (_, said):
        editor.show_json({"a": "\u202e\n"})
        said.clear()
        editor.take_back(editor.text)
        assert not editor.history.undo_stack and not heard(said, Editor.Changed)


async def test_json_from_the_external_editor_is_escaped_as_json() -> None:
    editor = JsonEditor()
    async with card_shown(editor):
        editor.show_json({})
        editor.take_back('{"a": "\u202e"}')
        assert editor.text == '{"a": "\\u202e"}' and editor.read() == {"a": "\u202e"}


async def test_a_large_paste_is_escaped_whole_and_undone_at_once() -> None:
    editor = Editor()
    async with card_shown(editor):
        editor.insert("\x1b\r\n" * 20_000 + "\\u{41}")
        assert editor.document.line_count == 20_001
        assert editor.value == "\x1b\n" * 20_000 + "A"  # a typed escape is read as one
        editor.undo()
        assert editor.text == ""


async def test_a_long_line_is_wrapped_and_coloured_to_its_end() -> None:
    editor = JsonEditor()
    async with card_shown(editor) as (pilot, _):
        editor.show_source('{"long": "' + "x\\n " * 25_000 + '", "key": 1x}')
        editor.focus()
        editor.check()
        editor.move_cursor(editor.document.end)
        await pilot.pause()
        rows = editor.render_lines(editor.outer_size.region)
        colours = {segment.text.strip(): segment.style for row in rows for segment in row}

        def drawn(text: str, part: str) -> bool:
            style = colours[text]
            return style is not None and (
                style.color == editor.get_component_rich_style(f"json-editor--{part}").color
            )

        assert drawn('"key"', "key") and drawn("1", "number") and drawn("\\n", "escaped")
        assert drawn("x", "wrong"), "the first mistake is marked"


# The external editor


def script(folder: Path, body: str) -> str:
    """Return the command of an editor that does this; `path` is the file it is given."""
    file = folder / "my editor.py"
    file.write_text(f"import os, sys\nfrom pathlib import Path\npath = Path(sys.argv[-1])\n{body}")
    return shlex.join([sys.executable, str(file), "--wait"])


@pytest.mark.parametrize(
    ("given_text", "saved", "comes_back"),
    [
        ("text", "'other'", "other"),
        ("text", "'other\\n'", "other"),
        ("text", "'other\\n\\n'", "other\n"),
        ("text\n", "'other\\n'", "other\n"),
        ("text", "'a\\r\\nb'", "a\nb"),
        ("Grüße \\u{1B}", "path.read_bytes().decode()", "Grüße \\u{1B}"),
        ("", "''", ""),
    ],
)
async def test_the_external_editor_gets_a_file_whose_text_is_read_back(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    given_text: str,
    saved: str,
    comes_back: str,
) -> None:
    body = f"path.write_bytes(({saved}).encode())\nPath({str(tmp_path / 'seen')!r}).write_text(str(path))"
    monkeypatch.setenv("VISUAL", script(tmp_path, body))
    assert await run_editor(given_text, ".json") == Edited(comes_back)
    seen = Path((tmp_path / "seen").read_text())
    assert seen.suffix == ".json" and not seen.parent.exists()


async def test_only_the_user_can_read_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "path.write_text(f'{path.stat().st_mode} {path.parent.stat().st_mode}')"
    monkeypatch.setenv("EDITOR", script(tmp_path, body))
    done = await run_editor("secret", ".txt")
    assert isinstance(done, Edited)
    modes = [stat.S_IMODE(int(mode)) for mode in done.text.split()]
    assert modes == [0o600, 0o700]


@pytest.mark.parametrize(
    ("body", "why", "kept"),
    [
        ("sys.exit(3)", "exit code 3", False),
        ("path.write_text('changed'); sys.exit(1)", "exit code 1", True),
        ("path.write_bytes(b'\\xff')", "not UTF-8", True),
        ("os.kill(os.getpid(), 9)", "signal 9", False),
        ("path.unlink()", "No such file", False),
    ],
)
async def test_a_text_that_cannot_be_read_back_is_reported_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, why: str, kept: bool
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("VISUAL", script(tmp_path, body))
    done = await run_editor("text", ".txt")
    assert isinstance(done, NotEdited) and why in done.why
    assert (done.kept is not None) is kept
    assert bool(list(tmp_path.glob("hitl-tui-*"))) is kept


@pytest.mark.parametrize("command", ["/no/such/editor --wait", '"unclosed'])
async def test_an_editor_that_cannot_be_run_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("VISUAL", command)
    done = await run_editor("text", ".txt")
    assert isinstance(done, NotEdited) and "cannot be run" in done.why
    assert not list(tmp_path.iterdir())


def test_the_editor_is_the_one_in_the_environment() -> None:
    assert editor_command({"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait"]
    assert editor_command({"VISUAL": "", "EDITOR": "'my editor' -x"}) == ["my editor", "-x"]


async def test_a_terminal_that_cannot_be_suspended_is_reported(
    console: OpenConsole, monkeypatch: pytest.MonkeyPatch, real_guard: None
) -> None:
    """Without a terminal, as here, Textual cannot suspend; under the web driver neither."""
    monkeypatch.setattr(Guard, "SECONDS", 0.01)
    async with console(DeskDouble(interrupt({"text_to_revise": "text"}))) as c:
        await c.open()
        monkeypatch.setattr(Guard, "SECONDS", 60)
        await c.press("x", "ctrl+g")
        assert heard(c.said, ExternalEditorRequested)
        assert "cannot be given" in c.text and "is unchanged" in c.text
        await until(c.pilot, lambda: heard(c.said, ExternalEditorClosed))
        await c.press("escape", "ctrl+s")
        assert not heard(c.said, Decided), "the guard of the card starts again"
        monkeypatch.setattr(Guard, "SECONDS", 0.01)
        c.card.guard.restart()
        await c.armed()
        await c.press("ctrl+s")
        assert [each.decision.text for each in heard(c.said, Decided)] == ["xtext"]  # type: ignore[union-attr]
