"""A headless Chromium, driven over the DevTools protocol by its own WebSocket."""

import asyncio
import base64
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

PROGRAM = shutil.which("chromium")

_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-port=0",
)
_TIME = 15.0
"""Seconds to wait for what a page should show."""


@contextmanager
def running_browser(folder: Path) -> Iterator[str]:
    """A browser with a new profile in `folder`, for the length of a block; yields its URL."""
    assert PROGRAM is not None
    process = subprocess.Popen(
        [PROGRAM, *_OPTIONS, f"--user-data-dir={folder}", "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{_port(folder / 'DevToolsActivePort', process)}"
    finally:
        process.terminate()
        process.wait(10)


def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        if file.exists() and (lines := file.read_text().splitlines()):
            return int(lines[0])
        time.sleep(0.05)
    raise RuntimeError("Chromium did not start")


@dataclass(slots=True)
class Page:
    """One page of the browser."""

    connection: ClientConnection
    statuses: list[tuple[str, int]] = field(default_factory=list)
    """(path, status) of each response that the page got."""
    urls: list[str] = field(default_factory=list)
    """Each URL that the page asked for."""
    frames: list[bytes] = field(default_factory=list)
    """Each binary message that its sockets received."""
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _replies: dict[int, asyncio.Future[Any]] = field(default_factory=dict)

    async def open(self, url: str) -> None:
        """Go to a URL."""
        await self._send("Page.navigate", {"url": url})

    async def focus(self, selector: str) -> None:
        """Give an element the focus, and the page that of the desktop."""
        await self._send("Emulation.setFocusEmulationEnabled", {"enabled": True})
        await self._send("Page.bringToFront")
        await self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")

    async def reload(self) -> None:
        """Load the page again, as a person does."""
        await self._send("Page.reload")

    async def evaluate(self, script: str) -> Any:
        """Return the value of a JavaScript expression in the page."""
        reply = await self._send("Runtime.evaluate", {"expression": script, "returnByValue": True})
        assert "exceptionDetails" not in reply, reply
        return reply["result"].get("value")

    async def click(self, selector: str) -> None:
        """Click an element."""
        await self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    async def write(self, text: str) -> None:
        """Write into the field of the page."""
        await self.evaluate(f"document.querySelector('#text').value = {json.dumps(text)}")

    async def press(self, key: str, *, code: int = 0, text: str = "", ctrl: bool = False) -> None:
        """Press a key of what has the focus; `code` is the one of Windows."""
        event = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 2 if ctrl else 0}
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        await self._send("Input.dispatchKeyEvent", {**event, **down})
        await self._send("Input.dispatchKeyEvent", {**event, "type": "keyUp"})

    async def text(self, selector: str) -> str:
        """Return the text of an element; empty if it does not exist."""
        script = f"document.querySelector({json.dumps(selector)})?.textContent ?? ''"
        return str(await self.evaluate(script))

    async def texts(self, selector: str) -> list[str]:
        """Return the texts of all elements that match."""
        script = f"[...document.querySelectorAll({json.dumps(selector)})].map(e => e.textContent)"
        found: list[str] = await self.evaluate(script)
        return found

    async def shows(self, selector: str, wanted: str, within: float = _TIME) -> str:
        """Wait until the text of an element contains `wanted`; return it."""
        deadline = time.monotonic() + within
        while wanted not in (seen := await self.text(selector)):
            if time.monotonic() > deadline:
                whole = await self.evaluate("document.body.innerText")
                raise AssertionError(f"{selector} is {seen!r} and not {wanted!r}; page:\n{whole}")
            await asyncio.sleep(0.03)
        return seen

    async def listen(self) -> None:
        """Take the messages of the browser, until the connection ends."""
        async for message in self.connection:
            got = json.loads(message)
            if (number := got.get("id")) is not None:
                self._replies.pop(number).set_result(got)
            else:
                self._take(got["method"], got["params"])

    def _take(self, event: str, params: Any) -> None:
        match event:
            case "Network.responseReceived":
                response = params["response"]
                self.statuses.append((httpx.URL(response["url"]).path, response["status"]))
            case "Network.requestWillBeSent":
                self.urls.append(params["request"]["url"])
            case "Network.webSocketCreated":
                self.urls.append(params["url"])
            case "Network.webSocketFrameReceived" if params["response"]["opcode"] == 2:
                self.frames.append(base64.b64decode(params["response"]["payloadData"]))

    async def _send(self, method: str, params: dict[str, Any] | None = None) -> Any:
        number = next(self._numbers)
        self._replies[number] = reply = asyncio.get_running_loop().create_future()
        command = {"id": number, "method": method, "params": params or {}}
        await self.connection.send(json.dumps(command))
        got = await asyncio.wait_for(reply, _TIME)
        assert "error" not in got, got
        return got["result"]


@asynccontextmanager
async def new_page(browser: str) -> AsyncIterator[Page]:
    """A new page of a browser, for the length of a block."""
    async with httpx.AsyncClient(base_url=browser) as http:
        target = (await http.put("/json/new")).json()
        async with connect(target["webSocketDebuggerUrl"], max_size=None) as connection:
            page = Page(connection)
            listening = asyncio.create_task(page.listen())
            try:
                for domain in ("Page", "Runtime", "Network"):
                    await page._send(f"{domain}.enable")
                yield page
            finally:
                await http.get(f"/json/close/{target['id']}")
                listening.cancel()
