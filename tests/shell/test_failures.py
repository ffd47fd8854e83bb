"""The shell commands with bad input and failing servers: one clear line and an exit code each."""

import asyncio
import json
import os
import pty
import signal
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from hitl_engine.deciding import run_sender
from hitl_engine.desk import open_desk
from hitl_engine.model import OutcomeKind
from hitl_tui.argument_parser import parse_arguments
from tests.program import run_program
from tests.server import processes

from .conftest import ROOT, Shell


def hitl_tui(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as it is typed, without a terminal."""
    return run_program(*args, env=environment)


def error_line(done: subprocess.CompletedProcess[str], code: int) -> str:
    """Return the one line on standard error; there must be no other output."""
    assert (done.returncode, done.stdout) == (code, ""), (done.stdout, done.stderr)
    (line,) = done.stderr.splitlines()
    assert line.startswith("hitl-tui: ")
    return line


@pytest.mark.parametrize(
    ("args", "environment", "code", "words"),
    [
        (["--header", "X-Key: sécret"], {}, 2, "The value of the header x-key"),
        (["--header", "X-Key:", "sécret"], {}, 2, "in quotes"),
        (["--header", "X-Key: a", "sécret"], {}, 2, "in quotes"),
        ([], {"LANGGRAPH_API_KEY": "sécret\nsécret"}, 2, "The value of the header x-api-key"),
        (["--api-key-env", "NO_SUCH_KEY"], {}, 2, "NO_SUCH_KEY is not set"),
        ([], {"HTTP_PROXY": "garbage://"}, 5, "HTTP_PROXY"),
        ([], {"HTTP_PROXY": "http://127.0.0.1:9"}, 5, "reached through a proxy"),
        (["--target", "https://127.0.0.1:9"], {"SSL_CERT_FILE": "/nope"}, 5, "SSL_CERT_FILE"),
        (["--target", "http://h\x01st"], {}, 2, r"h\u{1}st is not a URL"),
        (["--target", b"http://h\xff".decode(errors="surrogateescape")], {}, 2, "is no text"),
    ],
)
def test_a_connection_that_cannot_be_made(
    tmp_path: Path, args: list[str], environment: dict[str, str], code: int, words: str
) -> None:
    target = ["--target", "http://127.0.0.1:9"]
    message = error_line(
        hitl_tui("list", *target, "--data-dir", str(tmp_path), *args, **environment), code
    )
    assert words in message
    assert "sécret" not in message


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["lst"], "Did you mean hitl-tui list?"),
        (["Answer", "x"], "Did you mean hitl-tui answer?"),
        (["quetzalcoatl"], "quetzalcoatl is neither a command nor a target. See hitl-tui --help."),
        (["--json", "list"], "The command comes first: hitl-tui list."),
        (["serve", "--port", "99999"], "0 to 65,535"),
        (["log", "--limit", "0"], "1 to 1,000,000"),
        (["agent.py:graph", "-t", "other.py:graph"], "not allowed with argument target"),
        (["-t", "localhost:2401"], "needs a terminal"),
        (["list", "-t", "localhost:2401"], "Give http://localhost:2401."),
        (["show"], "the following arguments are required: thread. See hitl-tui show --help."),
    ],
)
def test_an_unknown_command_or_an_invalid_option(args: list[str], words: str) -> None:
    assert words in error_line(hitl_tui(*args), 2)


def test_the_console_takes_its_target_as_the_commands_do() -> None:
    assert parse_arguments(["-t", "agent.py:graph"]).target == "agent.py:graph"
    assert parse_arguments(["agent.py:graph"]).target == "agent.py:graph"
    assert parse_arguments([]).target is None
    assert parse_arguments(["serve"]).target is None


def test_the_version_is_printed() -> None:
    done = hitl_tui("--version")
    assert (done.returncode, done.stdout) == (0, f"hitl-tui {version('hitl-tui')}\n")


def test_an_interpreter_that_does_not_exist(tmp_path: Path) -> None:
    config = str(processes.SAMPLES / "langgraph.json")
    for args in (["serve", config], ["list", "--target", config]):
        done = hitl_tui(*args, "--python", "/nope", "--data-dir", str(tmp_path))
        assert "/nope cannot be run" in error_line(done, 5)


def test_the_log_is_read_without_the_server(tmp_path: Path) -> None:
    project = processes.copied_project(tmp_path / "project")
    shell = Shell(str(project), tmp_path / "data")
    thread = shell.run("run", "revise", "--input", '{"some_text":"x"}')["thread_id"]
    project.write_text("not JSON any more")
    assert shell.refused("list", code=2)
    (entry,) = shell.run("log")
    assert (entry["thread_id"], entry["event"]) == (thread, "start")
    assert Shell("http://127.0.0.1:9", tmp_path / "data").run("log") == []


def test_a_broken_graph_beside_a_working_one(tmp_path: Path) -> None:
    project = processes.copied_project(tmp_path)
    (tmp_path / "bad.py").write_text("def build():\n    raise ValueError('no \x1b[31m')\nbuild()\n")
    project.write_text('{"graphs": {"bad": "./bad.py:graph", "good": "./revise.py:graph"}}')
    listed = Shell(str(project), tmp_path / "data").raw("list")
    assert (listed.returncode, listed.stderr) == (0, "")
    done = Shell(str(project), tmp_path / "data").raw("graphs")
    assert (done.returncode, done.stdout) == (0, "good\n")
    first, *trace = done.stderr.splitlines()
    assert first == r"hitl-tui: Graph cannot be imported: bad: ValueError: no \u{1B}[31m"
    assert "Traceback (your code):" in trace[0]
    assert any("in build" in line for line in trace)
    assert "\x1b" not in done.stderr
    message = Shell(str(project), tmp_path / "data").refused("run", "bad", "--input", "{}", code=5)
    assert r"[31m. Fix it first." in message


def test_an_output_in_ascii(tmp_path: Path) -> None:
    config = str(processes.SAMPLES / "langgraph.json")
    done = hitl_tui(
        *("run", "revise", "--input", '{"some_text":"Grüße"}', "--target", config),
        *("--data-dir", str(tmp_path)),
        PYTHONIOENCODING="ascii",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert json.loads(done.stdout)["values"] == {"some_text": "Grüße"}


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "hitl_tui", "log", "--target", "http://127.0.0.1:9"]
            + ["--data-dir", str(tmp_path)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert (
        done.stderr == "hitl-tui: Output lost: It could not be written: No space left on device.\n"
    )


def test_a_closed_standard_input(tmp_path: Path) -> None:
    """A terminal for output, and a closed standard input."""
    ours, theirs = pty.openpty()
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -m hitl_tui --data-dir "$1" <&-', sys.executable, str(tmp_path)],
        stderr=theirs,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    message = os.read(ours, 4096).decode()
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 2
    assert "The console needs a terminal." in message
    assert "Traceback" not in message


async def test_ctrl_c_after_sending(tmp_path: Path) -> None:
    """The run continues on the server; the one line names the thread, and the journal has it."""
    config = processes.copied_project(tmp_path / "project")
    with processes.running_server(config, tmp_path / "data") as served:
        header = f"Authorization: {served.headers['Authorization']}"
        target = ["--target", served.url, "--data-dir", str(tmp_path / "data")]
        with subprocess.Popen(
            [sys.executable, "-m", "hitl_tui", "run", "slow", "--input", '{"steps": 1000}']
            + ["--json", "--header", header, *target],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        ) as command:
            thread = await _busy_thread(served)
            command.send_signal(signal.SIGINT)
            out, err = command.communicate(timeout=60)
        assert command.returncode == 6, err
        document = json.loads(out)
        assert (document["thread_id"], document["outcome"]) == (thread, "unknown")
        (line,) = err.splitlines()
        assert line.startswith("hitl-tui: Interrupted: ")
        assert line.endswith(f"hitl-tui show {thread}")
        (entry,) = Shell(served.url, tmp_path / "data").run("log")
        assert (entry["thread_id"], entry["outcome"]) == (thread, None)


async def test_an_unknown_outcome_names_its_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is killed while the run is followed: the outcome still names the thread."""
    monkeypatch.setattr(run_sender, "_SETTLE_SECONDS", 0)
    config = processes.copied_project(tmp_path / "project")
    with processes.running_server(config, tmp_path / "data") as served:
        opened = open_desk(served.url, data_dir=tmp_path / "data", headers=served.headers)
        async with opened as desk:
            (graph,) = [graph for graph in await desk.graphs() if graph.graph_id == "slow"]
            outcome = await desk.start(graph, {"steps": 1000}, lambda progress: served.kill())
            (entry,) = await desk.log()
    assert (outcome.kind, outcome.thread) == (OutcomeKind.UNKNOWN, None)
    assert outcome.thread_id == entry.thread_id
    assert desk.unsettled == ()


def test_ctrl_c_before_sending(tmp_path: Path) -> None:
    """Nothing was sent, so nothing is printed."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with subprocess.Popen(
            [sys.executable, "-m", "hitl_tui", "run", "slow", "--input", "{}"]
            + ["--target", url, "--data-dir", str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        ) as command:
            asking, _ = silent.accept()
            with asking:
                command.send_signal(signal.SIGINT)
                assert command.communicate(timeout=60) == ("", "")
    assert command.returncode == 130


async def _busy_thread(served: processes.Served) -> str:
    async with served.client() as http:
        for _ in range(600):
            found = (await http.post("/threads/search", json={"status": "busy"})).json()
            if found:
                return str(found[0]["thread_id"])
            await asyncio.sleep(0.1)
    raise AssertionError("the run did not begin")
