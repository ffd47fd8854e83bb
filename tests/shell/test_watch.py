"""`hitl-tui watch`: lines and commands that tell each event once, and how it ends."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from hitl_engine.desk import open_desk
from hitl_engine.model import JsonValue
from hitl_tui.external_command import run_with_input

from .conftest import ROOT, Shell

BRIDGE = ROOT / "docs" / "examples" / "webhook_bridge.py"


class Webhook(BaseHTTPRequestHandler):
    """Refuses the first post, and keeps the others."""

    refused = False
    texts: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204 if Webhook.refused else 503)
        self.end_headers()
        if Webhook.refused:
            self.texts.append(json.loads(body)["text"])
        Webhook.refused = True

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


@contextmanager
def webhook() -> Iterator[str]:
    """A webhook for the length of a block; its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Webhook) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def started(shell: Shell, graph_id: str = "revise") -> str:
    """Start a run that asks, and return its thread."""
    async with open_desk(shell.target, data_dir=shell.data) as desk:
        (graph,) = [each for each in await desk.graphs() if each.name == graph_id]
        given: JsonValue = {"some_text": "a text", "topic": "sea"}
        return (await desk.start(graph, given, lambda _: None)).thread_id


def watching(shell: Shell, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "hitl_tui", "watch", *options]
        + ["--target", shell.target, "--data-dir", str(shell.data)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def next_line(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def lines(shell: Shell, *options: str) -> list[Any]:
    done = shell.raw("watch", "--once", *options)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


async def test_nothing_is_lost_or_told_twice_after_a_kill(
    local_shell: Shell, tmp_path: Path
) -> None:
    state = ("--state", str(tmp_path / "state"), "--graph", "revise")
    first = await started(local_shell)
    with watching(local_shell, *state) as process:
        while (told := next_line(process))["item"]["thread_id"] != first:
            pass
        assert told["event"] == "waiting"
        second = await started(local_shell)
        told = next_line(process)
        assert (told["event"], told["item"]["thread_id"]) == ("waiting", second)
        process.kill()
    third = await started(local_shell)
    fingerprint = ("--expect", told["item"]["fingerprint"])
    local_shell.run("answer", second, "--text", "mine", *fingerprint)
    meanwhile = lines(local_shell, *state, "--since", told["cursor"])
    assert {(line["event"], line["item"]["thread_id"]) for line in meanwhile} == {
        ("answered", second),
        ("waiting", third),
    }
    assert lines(local_shell, *state) == []


@pytest.mark.hardening
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
async def test_a_signal_ends_it(
    local_shell: Shell, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    await started(local_shell)
    with watching(local_shell, "--state", str(tmp_path / "state")) as process:
        next_line(process)
        process.send_signal(number)
        assert process.wait(20) == code


@pytest.mark.hardening
async def test_a_closed_pipe_ends_it(local_shell: Shell, tmp_path: Path) -> None:
    await started(local_shell)
    with watching(local_shell, "--state", str(tmp_path / "state")) as process:
        next_line(process)
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(20) == 141


async def test_the_example_posts_each_event_and_what_failed_is_told_again(
    local_shell: Shell, tmp_path: Path
) -> None:
    only = ("--kind", "breakpoint", "--graph", "breakpoints")
    options = ("--state", str(tmp_path / "state"), *only, "--once")
    command = ("--exec", f"'{sys.executable}' '{BRIDGE}'")
    thread = await started(local_shell, "breakpoints")
    with webhook() as url:
        env = {"WEBHOOK_URL": url}
        failed = local_shell.raw("watch", *options, *command, "--tries", "1", env=env)
        assert failed.returncode == 9
        assert "not posted: Service Unavailable" in failed.stderr
        assert "failed with exit code 1. It is not told" in failed.stderr
        done = local_shell.raw("watch", *options, *command, env=env)
    assert (done.returncode, done.stdout) == (0, "")
    assert all(text.startswith("breakpoints waits for you: ") for text in Webhook.texts)
    [told] = [text for text in Webhook.texts if thread in text]
    [listed] = [each for each in local_shell.run("list") if each["thread_id"] == thread]
    assert f"hitl-tui step {thread} --expect {listed['fingerprint']}" in told


async def test_a_command_that_does_not_end_is_ended_with_what_it_started(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    script = f"(sleep 1; touch {alive}) & sleep 60"
    fault = await run_with_input(["sh", "-c", script], "text", seconds=0.5)
    assert fault == "did not end within 0.5 seconds, and was ended"
    assert await run_with_input(["sh", "-c", "sleep 1"], "", seconds=30) == ""
    assert not alive.exists()
    assert (
        await run_with_input(["sh", "-c", "kill -9 $$"], "", seconds=30) == "was ended by signal 9"
    )
    assert await run_with_input(["sh", "-c", "exec <&-"], "x" * 1_000_000, seconds=30) == ""
    assert (
        await run_with_input([str(tmp_path)], "", seconds=30) == "cannot be run: Permission denied"
    )
