"""What a project would run is listed without running it, whatever the project names."""

import hashlib
import json
import os
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from hitl_engine.code_to_run import ProjectCode
from hitl_engine.errors import BadTarget, NotTrusted
from hitl_engine.local import code_files
from hitl_engine.local.project_code import names_in, read_code
from hitl_server.project.config import read_project
from tests.server.processes import GUARDED, PROJECT, SAMPLES


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files, with the folders that they are in."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def code_of(folder: Path, **config: object) -> ProjectCode:
    """Return what a project with this configuration would run."""
    path = folder / "langgraph.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    return read_code(str(path))


def uses_of(code: ProjectCode) -> dict[str, tuple[str, ...]]:
    """Return the uses of each file, by its name."""
    return {code.name_of(file.path): file.uses for file in code.files}


def test_every_file_that_a_project_names_is_listed_with_its_use(tmp_path: Path) -> None:
    names = ("agent.py", "auth.py", "web.py", "store.py", "saver.py", "src/team/lead.py")
    write(tmp_path, dict.fromkeys(names, "import json\n"))
    write(tmp_path, {"src/team/__init__.py": "", ".env": "export KEY='1'\nDEBUG=yes\n# NONE=1\n"})
    code = code_of(
        tmp_path,
        graphs={
            "one": "./agent.py:graph",
            "two": {"path": "./agent.py:other"},
            "lead": "team.lead:graph",
            "installed": "somewhere.graphs:graph",
            "script": "./agent.ts:graph",
        },
        dependencies=[".", "./src", "langchain"],
        env=".env",
        auth={"path": "./auth.py:auth"},
        http={"app": "./web.py:app"},
        store={"path": "./store.py:store"},
        checkpointer={"path": "./saver.py:saver"},
    )
    assert uses_of(code) == {
        "langgraph.json": ("settings",),
        "agent.py": ("graph one", "graph two"),
        "src/team/lead.py": ("graph lead",),
        "src/team/__init__.py": ("package",),
        "auth.py": ("auth",),
        "web.py": ("http.app",),
        "store.py": ("store",),
        "saver.py": ("checkpointer",),
    }
    assert code.variables == ("DEBUG", "KEY")
    assert code.modules == ("somewhere.graphs (graph installed)",)
    assert code.helpers == ()
    digests = {code.name_of(file.path): file.digest for file in code.files}
    assert digests["agent.py"] == hashlib.sha256(b"import json\n").hexdigest()


def test_one_file_with_a_graph_is_listed_with_its_package(tmp_path: Path) -> None:
    write(tmp_path, {"team/agent.py": "", "team/__init__.py": ""})
    code = read_code(f"{tmp_path / 'team' / 'agent.py'}:graph")
    assert uses_of(code) == {"agent.py": ("graph agent",), "__init__.py": ("package",)}


@pytest.mark.parametrize("config", [SAMPLES, PROJECT, GUARDED], ids=lambda path: path.name)
def test_all_that_the_server_would_import_is_listed(config: Path) -> None:
    project = read_project(str(config / "langgraph.json"))
    code = read_code(str(config / "langgraph.json"))
    named = [spec.place for spec in project.graphs]
    named += [place for place in (project.auth, project.http.app) if place is not None]
    files = {file.path for file in code.files}
    modules = {each.partition(" ")[0] for each in code.modules}
    for place in named:
        assert str(place.file) in files if place.file else place.source in modules
    assert len(named) > 1


def test_what_the_files_import_is_named_and_not_covered(tmp_path: Path) -> None:
    agent = (
        "import tools, json as prompts\nfrom lib.parts import (one,\n    two)\nfrom . import near\n"
        "from .side import x\nfrom ..above import y\nif True:\n    import late  # here\n"
    )
    helpers = (
        "tools.py",
        "prompts.py",
        "lib/parts.py",
        "p/near.py",
        "p/side.py",
        "above.py",
        "late.py",
    )
    write(tmp_path, {"p/agent.py": agent, **dict.fromkeys(helpers, "")})
    code = code_of(tmp_path, graphs={"agent": "./p/agent.py:graph"})
    assert [code.name_of(path) for path in code.helpers] == [
        *("above.py", "late.py", "lib", "p/near.py", "p/side.py", "tools.py")
    ]


def test_a_link_is_the_file_that_it_leads_to(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    project = tmp_path / "project"
    write(elsewhere, {"real.py": "x = 1\n"})
    project.mkdir()
    (project / "agent.py").symlink_to(elsewhere / "real.py")
    (project / "loop.py").symlink_to(project / "loop.py")
    code = code_of(project, graphs={"a": "./agent.py:graph", "b": "./loop.py:graph"})
    _, real, loop = code.files
    assert real.path == str(elsewhere / "real.py") and not code.is_inside(real.path)
    assert loop.digest == "" and loop.problem


def test_a_file_that_is_missing_is_listed_as_that(tmp_path: Path) -> None:
    _, missing = code_of(tmp_path, graphs={"a": "../gone.py:graph"}).files
    assert (missing.digest, missing.problem) == ("", "there is no such file")


@pytest.mark.parametrize("name", ["a\0b.py", f"{'x' * 5000}.py", "folder\n/\x1b[31m.py", "."])
def test_no_name_of_a_file_stops_the_list(tmp_path: Path, name: str) -> None:
    if name == ".":
        with pytest.raises(NotTrusted, match="is not a file"):
            code_of(tmp_path, graphs={"a": f"./{name}/:graph"})
    else:
        _, file = code_of(tmp_path, graphs={"a": f"./{name}:graph"}).files
        assert file.digest == "" and file.problem


def test_what_has_no_fixed_content_cannot_be_agreed_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "agent.py")
    with pytest.raises(NotTrusted, match="is not a file.*--trust") as caught:
        code_of(tmp_path, graphs={"a": "./agent.py:graph"})
    assert caught.value.code is None
    os.mkfifo(tmp_path / ".env")
    with pytest.raises(NotTrusted, match="is not a file"):
        code_of(tmp_path, graphs={}, env=".env")


def test_what_is_too_much_to_look_at_cannot_be_agreed_to(tmp_path: Path) -> None:
    with (tmp_path / "large.py").open("wb") as file:
        file.truncate(code_files.LARGEST + 1)
    with pytest.raises(NotTrusted, match=r"large.py is larger than 4 MB"):
        code_of(tmp_path, graphs={"a": "./large.py:graph"})
    many = {str(number): f"./{number}.py:graph" for number in range(code_files.MOST + 1)}
    with pytest.raises(NotTrusted, match="more than 500"):
        code_of(tmp_path, graphs=many)
    with pytest.raises(NotTrusted, match="more than 500 variables"):
        code_of(tmp_path, graphs={}, env=dict.fromkeys(many, "1"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", r"is not JSON: .* in line 1"),
        ("[]", "is not a JSON object"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_configuration_that_cannot_be_read_is_told(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "langgraph.json"
    path.write_text(text)
    with pytest.raises(BadTarget, match=why):
        read_code(str(path))


@pytest.mark.parametrize("line", ["from " + "." * 10**6, "from" + " " * 10**6, "'" * 10**6])
def test_hostile_lines_take_linear_time(tmp_path: Path, line: str) -> None:
    write(tmp_path, {"agent.py": line, ".env": line})
    assert code_of(tmp_path, graphs={"a": "./agent.py:graph"}, env=".env").helpers == ()


def test_a_name_is_not_hidden_in_a_longer_text() -> None:
    assert "B" in names_in(b"X=\"\n'foo\n\"\nB=1'=\n")


@given(st.text(st.sampled_from("AB='\"# \n\r\t\x0b\\export$"), max_size=40))
def test_no_variable_that_is_set_is_left_out(text: str) -> None:
    found = dotenv_values(stream=StringIO(text.replace("\r\n", "\n").replace("\r", "\n")))
    assert {name for name, value in found.items() if value is not None} <= names_in(text.encode())
