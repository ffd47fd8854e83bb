"""Finding and starting the local server of a project, as a console does it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from hitl_engine.configuration import NamedTarget
from hitl_engine.early_server import EarlyServer
from hitl_engine.errors import BadTarget, LocalServerFailed
from hitl_engine.local.server_child import serve_command, spawn
from hitl_engine.local.server_process import find_or_start
from hitl_engine.local.target import data_folder, find_target
from tests.server.processes import ROOT, SAMPLES

TARGET = str(SAMPLES / "langgraph.json")


def answers(url: str) -> bool:
    """Whether a server answers at this URL."""
    try:
        return httpx.get(f"{url}/ok", timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


def bare_interpreter(folder: Path) -> str:
    """Make a virtual environment with nothing in it; return its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return str(folder / "bin" / "python")


async def test_two_consoles_share_one_local_server(tmp_path: Path) -> None:
    data = tmp_path / "data"
    one, other = await asyncio.gather(find_or_start(TARGET, data), find_or_start(TARGET, data))
    assert (one.url, one.pid, one.identity) == (other.url, other.pid, other.identity)
    assert sorted([one.started_here, other.started_here]) == [False, True]
    mine, guest = (one, other) if one.started_here else (other, one)
    await guest.aclose()
    assert answers(mine.url)
    await mine.aclose()
    assert not answers(mine.url)


async def test_a_server_that_was_started_early_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def early(place: str) -> EarlyServer:
        return EarlyServer(NamedTarget(place), data_dir=tmp_path, python=None, trusts_code=False)

    started = early(TARGET)
    child = started.take()
    assert child is not None and started.take() is None
    data = data_folder(find_target(TARGET, environ={}), tmp_path)
    server = await find_or_start(TARGET, data, early=child)
    assert server.pid == child.process.pid and answers(server.url)
    assert early(TARGET).take() is None, "one runs already"
    await server.aclose()
    monkeypatch.delenv("HITL_TUI_TRUST")
    assert early(TARGET).take() is None, "nobody has agreed to its code"
    assert early("http://127.0.0.1:9").take() is early("/none/langgraph.json").take() is None


async def test_an_early_server_beside_another_gives_way(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = spawn(TARGET, data, None)
    found, other = await asyncio.gather(
        find_or_start(TARGET, data, early=first),
        find_or_start(TARGET, data, early=spawn(TARGET, data, None)),
    )
    assert found.pid == other.pid
    mine, guest = (found, other) if found.started_here else (other, found)
    await guest.aclose()
    await mine.aclose()
    assert not answers(found.url)


async def test_a_stale_notice_is_ignored(tmp_path: Path) -> None:
    first = await find_or_start(TARGET, tmp_path / "data")
    os.kill(first.pid, signal.SIGKILL)
    await first.aclose()
    assert (tmp_path / "data" / "engine.json").exists()
    second = await find_or_start(TARGET, tmp_path / "data")
    assert second.started_here and second.identity == first.identity
    await second.aclose()


def test_the_local_server_ends_with_a_console_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys, time, pathlib\nfrom hitl_engine.local.server_process import find_or_start\n"
        "server = asyncio.run(find_or_start(sys.argv[1], pathlib.Path(sys.argv[2])))\n"
        "print(server.url, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, TARGET, str(tmp_path / "data")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as console:
        assert console.stdout is not None
        url = console.stdout.readline().strip()
        assert answers(url)
        console.kill()
    deadline = time.monotonic() + 10
    while answers(url):
        assert time.monotonic() < deadline, "the local server did not end with its console"
        time.sleep(0.1)


async def test_a_bad_target_is_reported_by_the_server(tmp_path: Path) -> None:
    with pytest.raises(BadTarget, match="no file"):
        await find_or_start(str(tmp_path / "none.json"), tmp_path / "data")


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/true", "bare venv"])
async def test_a_wrong_interpreter(tmp_path: Path, python: str) -> None:
    hint = ""
    if python == "bare venv":
        python = bare_interpreter(tmp_path / "venv")
        hint = f"Install them: {python} -m pip install 'aiosqlite>="
    with pytest.raises(LocalServerFailed) as failed:
        await find_or_start(TARGET, tmp_path / "data", python=python)
    assert hint in failed.value.hint


def test_the_command_to_serve(tmp_path: Path) -> None:
    command = serve_command(TARGET, tmp_path / "data", port=0)
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "Serving" in process.stderr.readline()
        process.terminate()
        assert process.wait(10) == 0
