"""`hitl-tui config` and `hitl-tui targets`, and named targets as the target of every command."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from hitl_tui.cli import main
from tests.server.ports import free_port
from tests.server.processes import Served


@dataclass
class Done:
    """What a command printed."""

    stdout: str
    stderr: str


Hitl = Callable[..., Done]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config" / "config.toml"
    monkeypatch.setenv("HITL_TUI_CONFIG", str(path))
    monkeypatch.delenv("HITL_TUI_TARGET", raising=False)
    monkeypatch.chdir(tmp_path)
    return path


@pytest.fixture
def hitl(tmp_path: Path, file: Path, capfd: pytest.CaptureFixture[str]) -> Hitl:
    """Runs `hitl-tui` in this process, which is quicker; its exit code must be `code`."""

    def run(*args: str, code: int = 0) -> Done:
        with pytest.raises(SystemExit) as ended:
            main([*args, "--data-dir", str(tmp_path / "data")])
        done = Done(*capfd.readouterr())
        assert ended.value.code == code, done
        return done

    return run


def test_targets_are_added_tested_used_and_removed(
    hitl: Hitl, file: Path, local_server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINE", local_server.headers["Authorization"].removeprefix("Bearer "))
    adding = ("targets", "add", "mine", local_server.url, "--key-env", "MINE", "--default")
    hitl(*adding)
    dead = f"http://127.0.0.1:{free_port()}"
    file.write_text(f"# kept\n{file.read_text()}")
    hitl("targets", "add", "dead", dead, "--read-only", "--header", "X-Key: sesame")
    assert file.read_text().startswith("# kept\n")

    listed = hitl("targets", "list")
    assert "(default)" in listed.stdout
    assert f"{dead} (read-only)" in listed.stdout
    assert "sesame" not in listed.stdout
    assert "sesame" not in hitl("config").stdout

    tested = hitl("targets", "test", "--json", code=5)
    mine, other = json.loads(tested.stdout)
    assert (mine["name"], mine["reached"]) == ("mine", True)
    assert (other["name"], other["reached"]) == ("dead", False)
    assert "cannot be reached" in other["error"]

    graphs = json.loads(hitl("graphs", "--json").stdout)
    assert "revise" in [graph["graph_id"] for graph in graphs]
    assert "cannot be reached" in hitl("list", "-t", "dead", code=5).stderr
    hitl("run", "revise", "--input", '{"some_text": "x"}')
    everywhere = hitl("list", "--all", "--json", code=5)
    assert "dead" in everywhere.stderr
    assert {item["target"] for item in json.loads(everywhere.stdout)} == {"mine"}
    some = hitl("list", "--all", "--json", "--graph", "revise", "--kind", "text", code=5)
    assert {item["graph"] for item in json.loads(some.stdout)} == {"revise"}
    assert (
        json.loads(hitl("list", "--all", "--json", "--tool", "nobody_has_it", code=5).stdout) == []
    )

    hitl("targets", "add", "live", local_server.url, "--key-env", "MINE", "--production")
    running = ("run", "revise", "--input", '{"some_text": "x"}', "-t", "live")
    assert "live is in production" in hitl(*running, code=4).stderr
    hitl(*running, "--yes")

    monkeypatch.delenv("MINE")
    assert "MINE is not set" in hitl("list", "-t", "mine", code=2).stderr
    assert "There is a target mine already" in hitl(*adding, code=2).stderr

    hitl("targets", "remove", "dead")
    assert "dead" not in file.read_text()
    assert "dead" in hitl("list", "-t", "dead", code=2).stderr


def test_several_targets_without_a_default_are_named(hitl: Hitl) -> None:
    hitl("targets", "add", "one", "http://127.0.0.1:9")
    hitl("targets", "add", "two", "http://127.0.0.1:9")
    assert "Several targets are configured: one, two." in hitl("list", code=2).stderr


def test_a_key_of_the_command_line_goes_to_no_other_target(hitl: Hitl) -> None:
    hitl("targets", "add", "one", "http://127.0.0.1:9")
    hitl("targets", "add", "two", "http://127.0.0.1:9")
    for command in (("list", "--all"), ("--all",), ()):
        said = hitl(*command, "--header", "X-Key: sesame", code=2).stderr
        assert "--header, --api-key-env and --python are for one target" in said


def test_every_setting_is_explained_with_its_value(
    hitl: Hitl, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hitl("targets", "add", "one", "http://me:sesame@127.0.0.1:9", "--production")
    document = json.loads(hitl("config", "--json").stdout)
    assert document["path"] == str(file)
    values = {value["name"]: value for each in document["settings"] for value in each["values"]}
    assert values["targets.one.url"]["value"] == '"http://…@127.0.0.1:9"'
    assert values["targets.one.production"] == {
        "name": "targets.one.production",
        "value": "true",
        "from": "line 3",
    }
    assert values["theme"]["from"] == "default"
    monkeypatch.setenv("HITL_TUI_TARGET", "one")
    assert 'default_target = "one" (HITL_TUI_TARGET)' in hitl("config").stdout


def test_faults_are_named_and_nothing_is_done(hitl: Hitl, file: Path) -> None:
    file.parent.mkdir()
    file.write_text("[targets.a]\nurl = 'http://127.0.0.1:9'\nread_onyl = true\ntheme = 5\n")
    for command in (("list",), ("config",), ("targets", "list"), ("targets", "remove", "a")):
        said = hitl(*command, code=2).stderr
        assert "Line 3: There is no setting targets.a.read_onyl" in said
        assert "Line 4: There is no setting targets.a.theme" in said
    assert "usage" in hitl("list", "--help").stdout


def test_what_the_console_does_not_have_is_named(hitl: Hitl, file: Path) -> None:
    file.parent.mkdir()
    file.write_text('theme = "no-such"\n')
    assert "Line 1: There is no theme no-such" in hitl("config", code=2).stderr
    file.write_text('[keys]\ninbox.filtre = "f"\n')
    assert "Did you mean keys.inbox.filter?" in hitl("config", code=2).stderr
