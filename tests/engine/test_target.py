"""What a target can be, and where its data is kept."""

import os
import stat
from pathlib import Path

import pytest

from hitl_engine.errors import BadTarget, JournalFailed
from hitl_engine.local.target import LocalProject, RemoteServer, data_folder, find_target


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "langgraph.json").write_text("{}")
    (tmp_path / "agent.py").write_text("graph = None")
    return tmp_path


def test_a_url_is_shown_without_its_credentials(tmp_path: Path) -> None:
    found = find_target("https://me:secret@host:8123/base/", environ={}, cwd=tmp_path)
    assert found == RemoteServer(
        url="https://me:secret@host:8123/base", label="https://host:8123/base"
    )


def test_local_targets_become_absolute(project: Path) -> None:
    config = LocalProject(spec=str(project / "langgraph.json"), label=project.name)
    assert find_target("langgraph.json", environ={}, cwd=project) == config
    assert find_target(str(project), environ={}, cwd=Path("/")) == config
    assert find_target(None, environ={}, cwd=project) == config
    found = find_target("agent.py:graph", environ={}, cwd=project)
    assert found == LocalProject(spec=f"{project / 'agent.py'}:graph", label="agent.py:graph")


def test_the_environment_comes_before_the_folder(project: Path) -> None:
    environ = {"HITL_TUI_TARGET": "http://127.0.0.1:2024"}
    found = find_target(None, environ=environ, cwd=project)
    assert isinstance(found, RemoteServer)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nowhere.json", "There is no file"),
        ("agent.py", "name of the graph"),
        ("missing.py:graph", "There is no file"),
        ("ftp://host", "not an http"),
        ("http://", "not an http"),
        ("http://[::1", "not a URL"),
        ("http://host:notaport", "not a URL"),
        ("notes.txt", "neither"),
        ("localhost:2401", "Give http://localhost:2401."),
        ("[::1]:2401/base", "a URL begins with http://"),
        ("loop/langgraph.json", "loop"),
        ("a" * 300, "name too long"),
        ("http://h\x01st", "a character that is not allowed"),
        ("http://host/\n", "a character that is not allowed"),
        ("http://\udcff", "a character that is not allowed"),
        ("http://ho st", "a character that is not allowed"),
    ],
)
def test_an_invalid_target_is_refused_with_the_reason(project: Path, text: str, words: str) -> None:
    (project / "notes.txt").touch()
    (project / "loop").symlink_to("loop")
    with pytest.raises(BadTarget, match=words):
        find_target(text, environ={}, cwd=project)


@pytest.mark.parametrize(
    "text", ["http://me:secret@host:x", "http://me:secret@[::1", "ftp://me:secret@host"]
)
def test_credentials_are_never_shown(text: str) -> None:
    with pytest.raises(BadTarget) as caught:
        find_target(text, environ={})
    assert "secret" not in str(caught.value)


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read(project: Path) -> None:
    project.chmod(0)
    try:
        for text in (None, str(project), f"{project}/langgraph.json"):
            with pytest.raises(BadTarget, match="cannot be read: Permission denied"):
                find_target(text, environ={}, cwd=project)
    finally:
        project.chmod(0o700)


def test_no_target_at_all(tmp_path: Path) -> None:
    with pytest.raises(BadTarget, match=r"no langgraph\.json here"):
        find_target(None, environ={}, cwd=tmp_path)


def test_each_project_has_a_private_folder_of_its_own(tmp_path: Path) -> None:
    base = tmp_path / "data"
    one = data_folder(LocalProject(spec="/a/langgraph.json", label="same"), base)
    two = data_folder(LocalProject(spec="/b/langgraph.json", label="same"), base)
    assert one != two
    assert one == data_folder(LocalProject(spec="/a/langgraph.json", label="same"), base)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (base, one, two)} == {0o700}


def test_parents_are_private_too_and_a_mode_that_is_too_wide_is_corrected(tmp_path: Path) -> None:
    project = LocalProject(spec="/a/langgraph.json", label="same")
    folder = data_folder(project, tmp_path / "a" / "b")
    folder.chmod(0o755)
    assert data_folder(project, tmp_path / "a" / "b") == folder
    made = (tmp_path / "a", tmp_path / "a" / "b", folder)
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o700}


def test_a_path_that_is_not_utf_8_has_a_folder(tmp_path: Path) -> None:
    assert data_folder(
        LocalProject(spec="/\udcff/langgraph.json", label="\udcff"), tmp_path
    ).is_dir()


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    target = LocalProject(spec="/a/langgraph.json", label="same")
    folder = data_folder(target, tmp_path)
    folder.rmdir()
    (tmp_path / "other").mkdir()
    folder.symlink_to(tmp_path / "other")
    with pytest.raises(JournalFailed, match="data-dir"):
        data_folder(target, tmp_path)
