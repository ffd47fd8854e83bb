"""Reading files of a local project: what is inside its folder, and nothing else."""

import os
from pathlib import Path

import pytest

from hitl_engine.local.project_files import ProjectFiles, project_files_of
from hitl_engine.local.target import LocalProject, RemoteServer


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "a.py").write_text("x = 1\n")
    (tmp_path / "secret").write_text("out of it")
    return folder


async def text(project: Path, path: str) -> str | None:
    found = await ProjectFiles(project).read(path)
    return found.text if found else None


async def test_a_file_in_the_folder_is_read_as_it_is_now(project: Path) -> None:
    assert await text(project, "src/a.py") == "x = 1\n"
    assert await text(project, str(project / "src" / "a.py")) == "x = 1\n"
    assert await text(project, "src/../src/a.py") == "x = 1\n"
    (project / "src" / "a.py").write_text("x = 2\n")
    assert await text(project, "src/a.py") == "x = 2\n"


async def test_a_file_that_is_not_there_has_neither_text_nor_problem(project: Path) -> None:
    found = await ProjectFiles(project).read("new/b.py")
    assert found is not None and found.text is None and not found.problem
    assert found.path == str(project.resolve() / "new" / "b.py")


@pytest.mark.parametrize(
    "path", ["../secret", "/etc/passwd", "", ".", "src/..", "link", "folder/secret", "a\0b", "loop"]
)
async def test_nothing_outside_of_the_folder_is_read(project: Path, path: str) -> None:
    (project / "link").symlink_to(project.parent / "secret")
    (project / "folder").symlink_to(project.parent)
    (project / "loop").symlink_to(project / "loop")
    found = await ProjectFiles(project).read(path)
    assert found is None or (path == "loop" and found.text is None)


async def test_a_link_inside_of_the_folder_is_followed(project: Path) -> None:
    (project / "link").symlink_to("src/a.py")
    assert await text(project, "link") == "x = 1\n"


async def test_what_cannot_be_read_tells_why(project: Path) -> None:
    (project / "large").write_bytes(b"x" * (1024 * 1024 + 1))
    (project / "binary").write_bytes(b"\xff\xfe")
    os.mkfifo(project / "pipe")
    problems = {
        name: found.problem
        for name in ("large", "binary", "pipe", "src")
        if (found := await ProjectFiles(project).read(name)) is not None
    }
    assert problems == {
        "large": "it is larger than 1 MB",
        "binary": "it is not a text in UTF-8",
        "pipe": "it is not a file",
        "src": "it is not a file",
    }


async def test_only_a_project_on_this_machine_has_files(project: Path) -> None:
    (project / "langgraph.json").write_text("{}")
    (project / "agent.py").write_text("")
    for spec in (str(project / "langgraph.json"), f"{project / 'agent.py'}:graph"):
        found = await project_files_of(LocalProject(spec, "p")).read("src/a.py")
        assert found is not None and found.text == "x = 1\n"
    remote = project_files_of(RemoteServer("http://127.0.0.1:1", "r"))
    assert await remote.read("src/a.py") is None
