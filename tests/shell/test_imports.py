"""What a shell command imports: nothing that it does not use, since a person waits for it."""

import json
import subprocess
import sys

from .conftest import ROOT, Shell

CODE = """
import atexit, json, sys
atexit.register(lambda: print("\\n" + json.dumps(sorted(sys.modules)), file=sys.stderr))
from hitl_tui.cli import main
main()
"""
UNUSED = {
    *(
        "hitl_engine.debugging",
        "hitl_engine.watching",
        "hitl_engine.desks",
        "hitl_engine.diagnosis",
    ),
    *("hitl_tui.state", "hitl_tui.app", "hitl_tui.screens", "hitl_tui.widgets"),
    *("aiosqlite", "click", "httpx_sse", "jsonschema", "langgraph", "langgraph_sdk", "pydantic"),
    *("rich", "textual", "xxhash"),
}
"""What none of these commands uses."""
DECIDING = {"decider", "run_sender", "drafts", "item_notes", "bulk_decisions", "run_starter"}
"""Modules of `hitl_engine.deciding` that only a command which decides uses."""
SHELL_OF_LIST = {
    *("command_options", "command_result", "common_options", "error_output", "inbox_output"),
    *("list_command", "list_options", "lookup", "runner", "standard_streams", "trust_question"),
    "two_reviewers_output",
}


def loaded_by(shell: Shell, *command: str) -> set[str]:
    """Return the modules that a command has loaded when it has ended."""
    place = ["--target", shell.target, "--data-dir", str(shell.data)]
    done = subprocess.run(
        [sys.executable, "-c", CODE, *command, *place],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def inside(package: str, modules: set[str]) -> set[str]:
    """Return the names of the loaded modules of a package."""
    return {each.removeprefix(f"{package}.") for each in modules if each.startswith(f"{package}.")}


def test_a_list_loads_what_it_uses(local_shell: Shell) -> None:
    loaded = loaded_by(local_shell, "list")
    assert "hitl_engine.desk" in loaded
    assert loaded & UNUSED == set()
    assert not inside("hitl_engine.deciding", loaded) & DECIDING
    assert inside("hitl_tui.shell", loaded) == SHELL_OF_LIST
