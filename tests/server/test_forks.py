"""Processes that a node forks keep nothing of the server."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.server.ports import free_port
from tests.server.processes import NotStarted, running_server, start_server
from tests.server.test_contract import thread, wait

FORKING = """
import multiprocessing, time
from langgraph.graph import StateGraph

def fork(state):
    child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
    child.start()
    if state["ends"]:
        child.terminate()
        child.join()
    return {"pid": child.pid}

def inherit(state):
    # As a library in C may do it, without Python's hooks.
    import ctypes
    pid = ctypes.CDLL(None).fork()
    if pid == 0:
        time.sleep(60)
    return {"pid": pid}

forking = StateGraph(dict).add_node(fork).set_entry_point("fork").compile()
inheriting = StateGraph(dict).add_node(inherit).set_entry_point("inherit").compile()
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A project whose nodes fork."""
    (tmp_path / "forking.py").write_text(FORKING)
    graphs = {name: f"./forking.py:{name}" for name in ("forking", "inheriting")}
    path = tmp_path / "langgraph.json"
    path.write_text(json.dumps({"graphs": graphs}))
    return path


async def test_a_forked_process_keeps_neither_lock_nor_port(target: Path, tmp_path: Path) -> None:
    port = free_port()
    served = start_server(target, tmp_path / "data", "--port", str(port))
    open_connection = socket.create_connection(("127.0.0.1", port))
    try:
        async with served.client() as http:
            done = await wait(http, await thread(http), "forking", input={"ends": False})
        try:
            served.kill()
            open_connection.settimeout(5)
            assert open_connection.recv(1) == b""  # it was closed with the server
            began = time.monotonic()
            with running_server(target, tmp_path / "data", "--port", str(port)) as again:
                assert urlsplit(again.url).port == port
                assert httpx.get(f"{again.url}/ok").status_code == 200
            assert time.monotonic() - began < 30
        finally:
            os.kill(done["pid"], signal.SIGKILL)
    finally:
        open_connection.close()
        served.stop()


async def test_the_end_of_a_forked_process_does_not_end_the_server(
    target: Path, tmp_path: Path
) -> None:
    with running_server(target, tmp_path / "data") as served:
        async with served.client() as http:
            await wait(http, await thread(http), "forking", input={"ends": True})
            time.sleep(0.5)
            assert (await http.get("/ok")).status_code == 200


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
async def test_who_holds_the_lock_is_named_at_once(target: Path, tmp_path: Path) -> None:
    served = start_server(target, tmp_path / "data")
    try:
        async with served.client() as http:
            done = await wait(http, await thread(http), "inheriting", input={"ends": False})
        served.kill()
        began = time.monotonic()
        try:
            with pytest.raises(NotStarted) as told:
                start_server(target, tmp_path / "data")
        finally:
            os.kill(done["pid"], signal.SIGKILL)
        assert time.monotonic() - began < 15
        assert f"process {done['pid']} (" in told.value.report["what"]
        assert "already_running" not in told.value.report
    finally:
        served.stop()


def test_a_server_that_starts_is_named(target: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with (data / "engine.lock").open("w") as lock, subprocess.Popen(["sleep", "60"]) as other:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(str(other.pid))
        lock.flush()
        try:
            with pytest.raises(NotStarted) as told:
                start_server(target, data)
        finally:
            other.kill()
    assert f"process {other.pid}" in told.value.report["what"]
    assert told.value.report["already_running"]
