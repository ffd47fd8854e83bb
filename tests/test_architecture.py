"""Rules that no linter checks: slow imports, how workers start, where markup is parsed."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONSOLE = sorted((ROOT / "hitl_tui").rglob("*.py"))
GRAPHS = ("langgraph", "langgraph_sdk", "langchain_core", "fastapi", "uvicorn")


def loaded_by(statement: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after `statement`."""
    code = f"{statement}; import sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("statement", "never"),
    [
        (
            "import hitl_tui.cli, hitl_tui.app",
            (*GRAPHS, "httpx", "pydantic", "aiosqlite", "hitl_engine.model"),
        ),
        ("import hitl_tui.cli", ("textual", *GRAPHS)),
        ("import hitl_engine.desk", ("textual", *GRAPHS)),
        ("import hitl_engine.local.server_process", GRAPHS),
        ("import hitl_tui.cli, hitl_tui.shell.runner", ("textual", "jsonschema", *GRAPHS)),
        (
            "import hitl_server.command, hitl_server.lifecycle",
            ("langgraph", "langgraph_sdk", "langchain_core", "fastapi", "httpx", "websockets"),
        ),
    ],
)
def test_an_import_does_not_load_slow_modules(statement: str, never: tuple[str, ...]) -> None:
    assert not loaded_by(statement) & set(never)


def calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(), filename=str(path))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


@pytest.mark.parametrize("path", CONSOLE, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_worker_names_its_group(path: Path) -> None:
    """Workers without a group share the default one, and cancel each other silently."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        for decorator in getattr(node, "decorator_list", ()):
            assert not (isinstance(decorator, ast.Name) and decorator.id == "work"), path
    for call in calls(path):
        if called(call) in {"work", "run_worker"}:
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
            assert "group" in given, f"{path}:{call.lineno}"
            assert given.get("exit_on_error") == "False", f"{path}:{call.lineno}"
            assert "thread" not in given, f"{path}:{call.lineno}"


def test_notifications_show_no_markup() -> None:
    """`notify` interprets markup unless `markup` is given."""
    callers = {
        path.relative_to(ROOT): [keyword.arg for keyword in call.keywords]
        for path in CONSOLE
        for call in calls(path)
        if called(call) == "notify"
    }
    assert all("markup" in arguments for arguments in callers.values())


def test_a_static_shows_no_markup() -> None:
    """`Static` interprets markup in texts, now or at an update, unless `markup` is false.

    One that begins with `Content` is never given a text.
    """
    for path in CONSOLE:
        for call in calls(path):
            given = {keyword.arg for keyword in call.keywords}
            content = call.args and isinstance(call.args[0], ast.Call)
            if called(call) == "Static":
                assert "markup" in given or content, f"{path}:{call.lineno}"


def test_no_text_is_parsed_as_markup() -> None:
    for path in CONSOLE:
        assert not [call for call in calls(path) if called(call) in {"from_markup", "from_text"}]


def test_no_file_names_a_path_of_this_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".json", ".yml"} and path != Path(__file__):
            assert "/root/" not in path.read_text(), name
