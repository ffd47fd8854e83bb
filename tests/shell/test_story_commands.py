"""Stories from the shell: saved, printed, replayed; a difference has an exit code of its own."""

import json
import stat
from pathlib import Path

from .conftest import Shell


def test_a_thread_is_saved_and_replayed(local_shell: Shell, tmp_path: Path) -> None:
    thread = local_shell.run("run", "revise", "--input", '{"some_text":"a text"}')["thread_id"]
    local_shell.run("answer", thread, "--text", "a better text")
    file = tmp_path / "story.json"
    saved = local_shell.run("export", thread, "-o", str(file))
    assert json.loads(file.read_text()) == saved
    assert [step["act"] for step in saved["steps"]] == ["start", "answer"]

    printed = local_shell.raw("story", str(file)).stdout
    assert 'start with {"some_text": "a text"}' in printed
    assert 'answer human_node: "a better text"' in printed

    assert "add --yes" in local_shell.refused("replay", str(file), code=4)
    replayed = local_shell.run("replay", str(file), "--yes")
    assert (replayed["steps"], replayed["differences"]) == (2, [])
    assert local_shell.run("show", replayed["thread_id"])["values"] == {
        "some_text": "a better text"
    }

    saved["steps"][1]["after"]["values"]["some_text"] = "another text"
    file.write_text(json.dumps(saved))
    differing = local_shell.run("replay", str(file), "--yes", code=8)
    [difference] = differing["differences"]
    assert (difference["step"], difference["problem"]) == (2, None)
    assert difference["changes"] == [
        {
            "path": ["values", "some_text"],
            "kind": "replaced",
            "story": "another text",
            "replay": "a better text",
        }
    ]
    lines = local_shell.raw("replay", str(file), "--yes")
    assert '+$.values.some_text: "a better text"' in lines.stdout
    assert "step 2 of 2" in lines.stderr
    ignored = ("--ignore", "$.values.some_text")
    assert not local_shell.run("replay", str(file), "--yes", *ignored)["differences"]


def test_what_is_no_story_is_refused(local_shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "story.json"
    assert "cannot be read" in local_shell.refused("story", str(file), code=2)
    file.write_text("{}")
    assert "Save one with hitl-tui export" in local_shell.refused("story", str(file), code=2)
    assert "not a JSONPath" in local_shell.refused(
        "replay", str(_empty(file)), "--yes", "--ignore", "values[", code=2
    )

    empty = local_shell.refused("replay", str(_empty(file)), "--yes", code=2)
    assert "no steps" in empty


def test_an_exported_story_is_private(local_shell: Shell, tmp_path: Path) -> None:
    thread = local_shell.run("run", "revise", "--input", '{"some_text": "x"}')["thread_id"]
    file = tmp_path / "story.json"
    done = local_shell.raw("export", thread, "-o", str(file))
    assert (done.returncode, stat.S_IMODE(file.stat().st_mode)) == (0, 0o600)
    full = local_shell.raw("export", thread, "-o", "/dev/full")
    assert full.returncode == 1
    assert "/dev/full cannot be written: No space left on device." in full.stderr


def _empty(file: Path) -> Path:
    story = {"hitl_story": 1, "graph": "revise", "thread_id": "t", "server": "s"}
    file.write_text(json.dumps({**story, "saved_at": "2026-01-01T00:00:00+00:00", "steps": []}))
    return file
