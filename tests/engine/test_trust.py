"""A project's code runs after a person agreed to it, and until it changes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from platformdirs import user_data_path

from hitl_engine.code_to_run import ProjectCode
from hitl_engine.desk import open_desk, serve_command, trust_code
from hitl_engine.errors import NotTrusted
from hitl_engine.local.trust import ProjectTrust


@pytest.fixture(autouse=True)
def nobody_has_agreed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's data folder without anything in it, and no consent in the environment."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HITL_TUI_TRUST")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a project; none of its files can be imported."""
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("agent.py", "auth.py", "other.py"):
        (folder / name).write_text("raise RuntimeError\n")
    (folder / ".env").write_text("KEY=1\n")
    configure(folder)
    return folder


def configure(folder: Path, **more: object) -> None:
    """Write the project's configuration."""
    config = {"graphs": {"one": "./agent.py:graph"}, "auth": {"path": "./auth.py:auth"}, **more}
    (folder / "langgraph.json").write_text(json.dumps({"env": ".env", **config}))


def trust_in(folder: Path) -> ProjectTrust:
    return ProjectTrust(str(folder / "langgraph.json"))


def refused(folder: Path) -> ProjectCode:
    """Return the code that a person is asked about."""
    with pytest.raises(NotTrusted) as caught:
        trust_in(folder).check()
    assert caught.value.exit_code == 11 and caught.value.code is not None
    return caught.value.code


def test_a_person_is_asked_once(project: Path) -> None:
    code = refused(project)
    assert code.changes == () and len(code.files) == 3
    trust_code(code)
    trust_in(project).check()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda folder: (folder / "agent.py").write_text("x = 1\n"), "agent.py"),
        (lambda folder: (folder / "auth.py").unlink(), "auth.py"),
        (lambda folder: configure(folder, store={"path": "./other.py:s"}), "other.py is new"),
        (lambda folder: configure(folder, auth=None), "auth.py is no longer named"),
        (lambda folder: configure(folder, store={"path": "far.away:s"}), "the packages"),
        (lambda folder: (folder / ".env").write_text("KEY=1\nPATH=.\n"), "the variables"),
        (lambda folder: configure(folder, env="other.env"), "the env file"),
        (lambda folder: (folder / "__init__.py").touch(), "__init__.py is new"),
    ],
)
def test_a_change_asks_again_and_is_named(
    project: Path, change: Callable[[Path], object], named: str
) -> None:
    trust_code(refused(project))
    change(project)
    code = refused(project)
    assert named in code.changes
    trust_code(code)
    trust_in(project).check()


def test_what_is_no_change_does_not_ask(project: Path) -> None:
    trust_code(refused(project))
    (project / "agent.py").touch()
    (project / ".env").write_text("# another key\nKEY=2\n")
    (project / "README.md").touch()
    trust_in(project).check()


def test_a_change_that_is_taken_back_does_not_ask(project: Path) -> None:
    trust_code(refused(project))
    before = (project / "agent.py").read_text()
    (project / "agent.py").write_text("x = 1\n")
    refused(project)
    (project / "agent.py").write_text(before)
    trust_in(project).check()


def test_another_project_with_the_same_code_asks(project: Path) -> None:
    trust_code(refused(project))
    copy = project.rename(project.with_name("moved"))
    assert refused(copy).changes == ()


def test_what_was_agreed_to_is_what_was_shown(project: Path) -> None:
    shown = refused(project)
    (project / "agent.py").write_text("x = 1\n")  # between the question and the answer
    trust_code(shown)
    assert refused(project).changes == ("agent.py",)


def test_it_is_kept_privately_in_the_users_own_folder(project: Path) -> None:
    trust_code(refused(project))
    kept = user_data_path("hitl-tui") / "trusted"
    [file] = kept.iterdir()
    assert (kept.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    assert "raise RuntimeError" not in file.read_text() and "KEY=" not in file.read_text()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"files": 1}', "[" * 100_000])
def test_what_cannot_be_read_is_no_consent(project: Path, content: str) -> None:
    trust_code(refused(project))
    [file] = (user_data_path("hitl-tui") / "trusted").iterdir()
    file.write_text(content)
    refused(project)


def test_a_link_is_no_consent(project: Path, tmp_path: Path) -> None:
    trust_code(refused(project))
    [file] = (user_data_path("hitl-tui") / "trusted").iterdir()
    file.symlink_to(file.rename(tmp_path / "elsewhere.json"))
    refused(project)


def test_a_consent_that_cannot_be_kept_is_told(project: Path) -> None:
    code = refused(project)
    user_data_path("hitl-tui").mkdir(parents=True)
    (user_data_path("hitl-tui") / "trusted").touch()
    with pytest.raises(NotTrusted, match="cannot be kept.*--trust"):
        trust_code(code)


async def test_nothing_of_a_project_runs_before(project: Path, tmp_path: Path) -> None:
    target = str(project / "langgraph.json")
    for name in ("agent.py", "auth.py"):
        (project / name).write_text("from pathlib import Path\nPath('ran').touch()\n")
    data = tmp_path / "data"
    with pytest.raises(
        NotTrusted, match="Nobody has agreed yet.*Nothing of it ran.*HITL_TUI_TRUST=1"
    ):
        async with open_desk(target, data_dir=data):
            pass
    with pytest.raises(NotTrusted):
        serve_command(target, data_dir=data)
    assert not list(tmp_path.rglob("engine.*"))


def test_consent_for_one_call_is_not_kept(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = str(project / "langgraph.json")
    assert serve_command(target, data_dir=tmp_path / "data", trusts_code=True)
    refused(project)
    monkeypatch.setenv("HITL_TUI_TRUST", "1")
    assert serve_command(target, data_dir=tmp_path / "data")
    monkeypatch.setenv("HITL_TUI_TRUST", "0")
    with pytest.raises(NotTrusted):
        serve_command(target, data_dir=tmp_path / "data")
