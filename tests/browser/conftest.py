"""Fixtures of the tests in a real browser: the server, the pages, and the browser."""

import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.browser.chromium import PROGRAM, Page, new_page, running_browser
from tests.server import processes

HERE = Path(__file__).parent
_HTML = '<!doctype html><meta charset="utf-8"><title>{0}</title><div id="root"></div><script type="module" src="{0}.js"></script>'


@dataclass(frozen=True, slots=True)
class Mailer:
    """Our server with the graph of these tests."""

    served: processes.Served
    sent: Path

    def mails(self) -> list[str]:
        """Return the mails that were sent, over all threads."""
        return self.sent.read_text().splitlines() if self.sent.exists() else []


@pytest.fixture(scope="session")
def mailer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailer]:
    """The server of these tests."""
    folder = tmp_path_factory.mktemp("browser")
    sent = folder / "sent"
    config = HERE / "graphs" / "langgraph.json"
    with processes.running_server(config, folder / "data", SENT_MAIL=str(sent)) as served:
        yield Mailer(served, sent)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages, bundled, on a server of their own; its URL."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules" / "esbuild").exists():
        pytest.skip("needs Node and `npm install` in tests/browser (make test does that)")
    folder = tmp_path_factory.mktemp("site")
    subprocess.run([node, HERE / "bundle.mjs", folder], check=True)
    for bundle in folder.glob("*.js"):
        (folder / f"{bundle.stem}.html").write_text(_HTML.format(bundle.stem))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A headless Chromium; its URL."""
    if PROGRAM is None:
        pytest.skip("needs chromium (Debian's package)")
    with running_browser(tmp_path_factory.mktemp("profile")) as url:
        yield url


@pytest.fixture
async def opened(
    site: str, browser: str, mailer: Mailer
) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """Opens a page by its name, with parameters for it; closed after the test."""
    async with AsyncExitStack() as pages:

        async def open_page(name: str, **parameters: str) -> Page:
            page = await pages.enter_async_context(new_page(browser))
            given = {"api": mailer.served.url, "key": mailer.served.info["token"], **parameters}
            await page.open(f"{site}/{name}.html?{urlencode(given)}")
            await page.shows("#state", "idle")
            return page

        yield open_page


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing."""
