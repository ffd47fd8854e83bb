"""The console in a browser: decisions in a real Chromium, and requests that are refused."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from hitl_engine.desk import Desk, open_desk
from hitl_engine.model import JsonValue
from tests.browser.chromium import PROGRAM, new_page, running_browser
from tests.browser.web_console import Tab, WebConsole, web_console
from tests.server.processes import Served


def calls(to: str) -> JsonValue:
    """Return a request to send a mail."""
    return {
        "action_requests": [{"name": "send_mail", "args": {"to": to}, "description": ""}],
        "review_configs": [
            {"action_name": "send_mail", "allowed_decisions": ["approve", "edit", "reject"]}
        ],
    }


async def started(desk: Desk, graph_id: str, given: JsonValue) -> str:
    """Start a run that asks; return its thread."""
    (graph,) = [each for each in await desk.graphs() if each.name == graph_id]
    return (await desk.start(graph, given, lambda _: None)).thread_id


@pytest.fixture
async def desk(local_server: Served, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk beside the browser."""
    data = tmp_path / "beside"
    async with open_desk(local_server.url, data_dir=data, headers=local_server.headers) as opened:
        yield opened


@pytest.mark.hardening
async def test_a_person_decides_in_the_browser(
    local_server: Served, tmp_path: Path, desk: Desk
) -> None:
    if PROGRAM is None:
        pytest.skip("Chromium is not installed")
    to, data = uuid4().hex[:8], tmp_path / "data"
    approved = await started(desk, "asking_as_told", {"said": [calls(to)]})
    with web_console(local_server, data) as console, running_browser(tmp_path / "b") as browser:
        async with new_page(browser) as page:
            tab = Tab(page)
            await tab.open(console)
            # A tool call is approved.
            await tab.shows(to)
            await tab.press("enter")
            await tab.shows("a Approve")
            await asyncio.sleep(1)  # the guard of a new card
            await tab.press("a")
            await tab.shows('"approve"')
            await tab.press("ctrl+s")
            await tab.shows("done")
            await tab.press("escape")
            # An item comes while the list is open.
            revised = await started(desk, "revise", {"some_text": "a live text"})
            await tab.shows("a live text")
            await asyncio.sleep(0.2)
            # Its text is edited; there is no terminal for an editor of one's own.
            await tab.press("enter")
            await tab.shows("Will send")
            await asyncio.sleep(1)
            await tab.press("ctrl+g", "!")
            await tab.shows('"!a live text"')
            await tab.press("ctrl+s")
            async with asyncio.timeout(30):  # it can be taken back for a few seconds
                while (await desk.thread(revised)).values != {"some_text": "!a live text"}:
                    await asyncio.sleep(0.2)
            outside = [url for url in page.urls if httpx.URL(url).host != "127.0.0.1"]
            assert not outside
            assert await page.evaluate("document.cookie") == "", "scripts cannot read it"
            assert "token" not in await page.evaluate("location.href")
    values = (await desk.thread(approved)).values
    assert values == {"said": [calls(to), {"decisions": [{"type": "approve"}]}]}
    async with open_desk(
        local_server.url, data_dir=data, headers=local_server.headers
    ) as same_journal:
        assert all(entry.who.endswith(" (web)") for entry in await same_journal.log())
        assert len(await same_journal.log()) == 2


@pytest.fixture(scope="module")
def served_console(
    local_server: Served, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WebConsole]:
    """One that allows one session."""
    with web_console(local_server, tmp_path_factory.mktemp("web"), "--sessions", "1") as console:
        yield console


def cookie_of(console: WebConsole) -> dict[str, str]:
    """Return what a browser sends that opened the link."""
    opened = httpx.get(console.link)
    assert opened.status_code == 200
    pair, *attributes = opened.headers["set-cookie"].split("; ")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes)
    assert pair.partition("=")[2] not in console.link
    return {"cookie": pair}


PATHS = ("/", "/static/js/textual.js", "/download/x", "/ws", "/nothing")


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_served_without_the_cookie(served_console: WebConsole, path: str) -> None:
    url = served_console.url + path
    origin = {"origin": served_console.url}
    for headers in ({}, origin, {**origin, "cookie": "hitl_tui=x"}):
        refused = httpx.get(url, headers=headers)
        assert refused.status_code in ((401, 403) if path == "/ws" else (401,))
    assert httpx.get(f"{url}?token=wrong", headers=origin).status_code == 401


@pytest.mark.parametrize("path", PATHS)
def test_other_hosts_and_pages_are_refused_even_with_the_cookie(
    served_console: WebConsole, path: str
) -> None:
    url, cookie = served_console.url + path, cookie_of(served_console)
    port = httpx.URL(url).port
    for host in (f"attacker.example:{port}", f"localhost:{port}", "127.0.0.1", ""):
        headers = {**cookie, "host": host, "origin": served_console.url}
        assert httpx.get(url, headers=headers).status_code in (400, 421)
    for origin in ("http://attacker.example", f"http://127.0.0.1:{port}9", "null", ""):
        assert httpx.get(url, headers={**cookie, "origin": origin}).status_code == 403
    for site in ("cross-site", "same-site"):
        headers = {**cookie, "sec-fetch-site": site, "origin": served_console.url}
        assert httpx.get(url, headers=headers).status_code == 403


def test_every_response_forbids_frames_and_what_is_elsewhere(served_console: WebConsole) -> None:
    cookie = cookie_of(served_console)
    for path in ("/", "/static/js/textual.js", "/download/x"):
        answer = httpx.get(served_console.url + path, headers=cookie)
        assert answer.status_code == (404 if "download" in path else 200)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert httpx.get(served_console.url + "/static/", headers=cookie).status_code in (403, 404)


@pytest.mark.hardening
async def test_no_file_of_the_current_folder_is_taken_for_a_module(
    local_server: Served, tmp_path: Path
) -> None:
    for name in ("textual", "hitl_tui", "hitl_engine", "platformdirs"):
        (tmp_path / f"{name}.py").write_text("from pathlib import Path\nPath('ran').touch()\n")
    with web_console(local_server, tmp_path / "data", folder=tmp_path) as console:
        socket = console.url.replace("http", "ws") + "/ws?width=90&height=20"
        headers = {**cookie_of(console), "origin": console.url}
        async with connect(socket, additional_headers=headers) as first:
            while not isinstance(await asyncio.wait_for(first.recv(), 60), bytes):
                pass
    assert not (tmp_path / "ran").exists()


async def test_sessions_are_counted_and_messages_of_no_sense_are_skipped(
    served_console: WebConsole,
) -> None:
    cookie = cookie_of(served_console)
    socket = served_console.url.replace("http", "ws") + "/ws?width=90&height=20"
    with pytest.raises(InvalidStatus, match="403"):
        await connect(socket, additional_headers=cookie)
    headers = {**cookie, "origin": served_console.url}
    async with connect(socket, additional_headers=headers) as first:
        for nonsense in ("", "[", "{}", "[]", '["stdin"]', '["resize", 5]', b"\x00"):
            await first.send(nonsense)
        await first.send(json.dumps(["ping", "x"]))
        while json.dumps(["pong", "x"]) != await asyncio.wait_for(first.recv(), 30):
            pass
        with pytest.raises(InvalidStatus, match="503"):
            await connect(socket, additional_headers=headers)
        assert httpx.get(served_console.url, headers=cookie).status_code == 503
    async with asyncio.timeout(30):
        while httpx.get(served_console.url, headers=cookie).status_code == 503:
            await asyncio.sleep(0.2)
