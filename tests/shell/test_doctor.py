"""`hitl-tui doctor`: what is right, and what is wrong with what to do about it."""

import asyncio
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from hitl_engine.desk import check_target, open_desk
from hitl_engine.diagnosis import _clock, _proxy
from hitl_engine.local.target import data_folder, find_target
from hitl_engine.model import Check
from hitl_engine.reading.client import LangGraphServer
from hitl_tui.shell.terminal_checks import check_terminal
from tests.server.processes import Served
from tests.terminal import Terminal

from .conftest import Shell

NOBODY = "http://127.0.0.1:9"


def found(checks: Sequence[Check], name: str) -> Check:
    (check,) = [check for check in checks if check.name == name]
    return check


def test_nothing_is_wrong_with_a_local_project(local_shell: Shell) -> None:
    env = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    told = local_shell.run("doctor", env=env)
    checks = {check["name"]: check["status"] for check in told["checks"]}
    assert told["wrong"] == 0
    assert {"target", "data folder", "journal", "server", "versions", "clock"} <= checks.keys()
    assert checks["may read threads"] == checks["clock"] == checks["colours"] == "ok"
    assert all(check["advice"] for check in told["checks"] if check["status"] == "wrong")


def test_a_terminal_is_asked_and_a_server_that_is_away_is_wrong(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hitl_tui", "doctor", "-t", NOBODY]
    env = {"LANG": "C.UTF-8", "NO_COLOR": ""}
    with Terminal(
        [*command, "--data-dir", str(tmp_path)], columns=100, rows=40, env=env
    ) as terminal:
        assert terminal.wait_for_exit(60) == 10
        screen = terminal.text
    assert re.search(r"ok +terminal +xterm-256color", screen)
    assert re.search(r"ok +colours +16.7 million", screen)
    assert re.search(r"ok +size +100 columns, 40 rows", screen)
    assert re.search(r"ok +drawing +yes", screen)
    assert re.search(r"note +mouse +not told", screen)
    assert re.search(r"wrong +server +http://127.0.0.1:9 cannot be reached", screen)
    assert "Check the address, and that the server runs." in screen
    assert screen.rstrip().endswith("1 check is wrong; what to do is below each.")


async def test_a_server_that_refuses_the_key_is_wrong(local_server: Served, tmp_path: Path) -> None:
    checks = await check_target(local_server.url, data_dir=tmp_path)
    assert found(checks, "server").status == "wrong"
    assert "LANGGRAPH_API_KEY" in found(checks, "server").advice


async def test_a_server_of_something_else_is_wrong(tmp_path: Path) -> None:
    """It replies to every request, with web pages; one that has just the lists of the API is none."""
    replies: dict[str, bytes] = {}

    class Site(SimpleHTTPRequestHandler):
        def do_POST(self) -> None:
            if (reply := replies.get(self.path)) is None:
                self.send_error(501)
            else:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    handler = partial(Site, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        Thread(target=site.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{site.server_port}"
        command = [sys.executable, "-m", "hitl_tui", "doctor", "-t", url, "--json"]
        done = await asyncio.to_thread(
            subprocess.run,
            [*command, "--data-dir", str(tmp_path / "data")],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert done.returncode == 10
        assert "<" not in done.stdout
        [wrong] = [each for each in json.loads(done.stdout)["checks"] if each["name"] == "server"]
        assert wrong["status"] == "wrong"
        assert "is no LangGraph server" in wrong["found"]
        assert wrong["advice"]
        replies |= {"/assistants/search": b"[]", "/threads/search": b"[]"}
        checks = await check_target(url, data_dir=tmp_path / "data")
        assert found(checks, "server").status == found(checks, "may read threads").status == "ok"
        del replies["/threads/search"]
        checks = await check_target(url, data_dir=tmp_path / "data")
        site.shutdown()
    assert found(checks, "server").status == "ok"
    threads = found(checks, "may read threads")
    assert (threads.status, "<" in threads.found) == ("wrong", False)
    assert "LangGraph server" in threads.advice


async def test_the_target_comes_first(tmp_path: Path) -> None:
    checks = await check_target(str(tmp_path / "langgraph.json"), data_dir=tmp_path)
    assert [(check.name, check.status) for check in checks] == [("target", "wrong")]


async def test_the_journal_is_read_through(local_server: Served, tmp_path: Path) -> None:
    async with open_desk(local_server.url, data_dir=tmp_path, headers=local_server.headers):
        pass
    folder = data_folder(find_target(NOBODY, environ={}), tmp_path)
    (made,) = tmp_path.glob("*/journal.sqlite")
    journal = folder / "journal.sqlite"
    made.rename(journal)
    with sqlite3.connect(journal) as database:
        database.execute(
            "INSERT INTO decision (decision_id, event, at, body) VALUES ('d', 'intend', '', '{}')"
        )
    database.close()
    open_one = found(await check_target(NOBODY, data_dir=tmp_path), "journal")
    assert open_one.status == "note"
    assert open_one.found == "whole; 1 decisions, 0 drafts; 1 decisions without an outcome"
    with sqlite3.connect(journal) as database:
        database.execute("UPDATE decision SET hash = 'another'")
    database.close()
    changed = found(await check_target(NOBODY, data_dir=tmp_path), "journal")
    assert (changed.status, changed.found.startswith("it was changed: row 1")) == ("wrong", True)
    assert "log --verify" in changed.advice
    content = bytearray(journal.read_bytes())
    content[4096:8192] = bytes(4096)
    journal.write_bytes(content)
    assert found(await check_target(NOBODY, data_dir=tmp_path), "journal").status == "wrong"
    journal.chmod(0o644)
    assert (
        "journal.sqlite"
        in found(await check_target(NOBODY, data_dir=tmp_path), "data folder").found
    )


@pytest.mark.parametrize(
    ("proxy", "without", "told"),
    [
        ("http://user:secret@proxy.example:3128", "", "through http://proxy.example:3128"),
        ("http://proxy.example:3128", "127.0.0.1", "one is set, and not used for this server"),
        ("", "", "none"),
    ],
)
def test_a_proxy_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, proxy: str, without: str, told: str
) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    if proxy:
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("no_proxy", without or "elsewhere.example")
    assert _proxy(NOBODY, None).found == told


@pytest.mark.parametrize(("seconds", "status"), [(0, "ok"), (60, "note"), (-3600, "wrong")])
async def test_clocks_that_differ_are_told(seconds: int, status: str) -> None:
    def reply(_: httpx.Request) -> httpx.Response:
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        return httpx.Response(200, json={}, headers={"date": date})

    api = LangGraphServer(NOBODY, headers={}, transport=httpx.MockTransport(reply))
    check = await _clock(api)
    await api.aclose()
    assert check.status == status
    assert ("behind" in check.found) is (seconds < 0)


def test_a_terminal_without_a_type_is_wrong() -> None:
    checks = list(check_terminal({"NO_COLOR": "1"}))
    assert found(checks, "terminal").status == "wrong"
    assert found(checks, "colours").found == "none: NO_COLOR is set"
