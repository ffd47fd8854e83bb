"""The server of `hitl-tui web`: textual-serve runs a console for each socket, and we guard it.

Of textual-serve we use the protocol with the process of a console, the downloads, and the scripts of
the page. Its own server has no token, checks no origin, and its page loads a font from elsewhere.
"""

import asyncio
import shlex
import signal
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from html import escape
from pathlib import Path
from string import Template
from typing import TypeAlias

import textual_serve
from aiohttp import WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from hitl_engine.errors import BadInput
from hitl_tui.web.access import Access, Refusal

_PAGE = Template((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))
_STATIC = Path(textual_serve.__file__).parent / "static"
_GO_ON = '<!doctype html><meta http-equiv="refresh" content="0;url=/"><title>hitl-tui</title>'
"""A page that opens the console: a redirect would count as sent by the page that had the link, and
go without the cookie."""
_MOST_BYTES = 1024 * 1024
"""Of one message from the browser: what a person pastes."""
_END_SECONDS = 10.0
"""How long a console may take to end, when its tab was closed."""
_LARGEST = 1000
"""Columns or rows."""

_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebConsole:
    """Serves consoles, at most `sessions` at one time; `command` runs one."""

    def __init__(self, command: Sequence[str], access: Access, *, sessions: int) -> None:
        self._command = f"exec {shlex.join(command)}"  # textual-serve gives it to a shell
        self._access = access
        self._sessions = sessions
        self._sockets: set[web.WebSocketResponse] = set()
        self._downloads = DownloadManager()

    def application(self) -> web.Application:
        """Return the application; every route is guarded."""

        async def guard(request: web.Request, handler: _Handler) -> web.StreamResponse:
            return await self._guarded(request, handler)

        app = web.Application(middlewares=[web.middleware(guard)])
        app.add_routes(
            [
                web.get("/", self._show_page),
                web.get("/ws", self._run_console),
                web.get("/download/{key}", self._download),
                web.static("/static", _STATIC),
            ]
        )
        app.on_response_prepare.append(self._add_headers)
        app.on_shutdown.append(self._close_all)
        return app

    async def _guarded(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        has_token = request.path == "/" and self._access.is_token(request.query.get("token", ""))
        refusal = self._access.refusal(
            {name.lower(): value for name, value in request.headers.items()},
            request.cookies.get(self._access.cookie_name, ""),
            is_socket=request.path == "/ws",
            has_token=has_token,
        )
        if refusal is not None:
            return _refused(refusal)
        if has_token:
            cookie = {"Set-Cookie": self._access.set_cookie}
            return web.Response(text=_GO_ON, content_type="text/html", headers=cookie)
        return await handler(request)

    async def _add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(self._access.headers)

    async def _show_page(self, request: web.Request) -> web.StreamResponse:
        if self._is_full:
            return self._too_many()
        page = _PAGE.substitute(socket=escape(self._access.socket))
        return web.Response(text=page, content_type="text/html")

    @property
    def _is_full(self) -> bool:
        return len(self._sockets) >= self._sessions

    def _too_many(self) -> web.Response:
        text = f"{self._sessions} consoles are open. Close a tab, and load this page again."
        return web.Response(status=503, text=text)

    async def _run_console(self, request: web.Request) -> web.StreamResponse:
        """Run a console until its tab is closed, or until it ends."""
        if self._is_full:
            return self._too_many()
        connection = web.WebSocketResponse(heartbeat=15, max_msg_size=_MOST_BYTES)
        self._sockets.add(connection)

        async def close() -> None:
            await connection.close()

        try:
            await connection.prepare(request)
            service = AppService(
                self._command,
                write_bytes=connection.send_bytes,
                write_str=connection.send_str,
                close=close,
                download_manager=self._downloads,
            )
            await service.start(_size(request, "width", 80), _size(request, "height", 24))
            try:
                await _pass_on(connection, service)
            finally:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_END_SECONDS):
                        await service.stop()
                _kill(service)
        finally:
            self._sockets.discard(connection)
        return connection

    async def _download(self, request: web.Request) -> web.StreamResponse:
        key = request.match_info["key"]
        try:
            about = await self._downloads.get_download_metadata(key)
        except KeyError:
            raise web.HTTPNotFound(text="There is no such file.") from None
        name = about.file_name.replace('"', "")
        response = web.StreamResponse(
            headers={
                "Content-Type": "application/octet-stream",
                "Content-Disposition": f'attachment; filename="{name}"',
            }
        )
        await response.prepare(request)
        async for chunk in self._downloads.download(key):
            await response.write(chunk)
        await response.write_eof()
        return response

    async def _close_all(self, _: web.Application) -> None:
        for connection in tuple(self._sockets):
            await connection.close()


def _kill(service: AppService) -> None:
    """Kill a console that has not ended: it would go on without a tab, and not be counted."""
    process = service._process
    if process is not None and process.returncode is None:
        process.kill()


async def _pass_on(connection: web.WebSocketResponse, service: AppService) -> None:
    """Pass what the browser sends on to the console; what is no message of it is skipped."""
    async for message in connection:
        if message.type is not WSMsgType.TEXT:
            continue
        try:
            sent = message.json()
        except ValueError:
            continue
        match sent:
            case ["stdin", str(text)]:
                await service.send_bytes(text.encode(errors="replace"))
            case ["resize", {"width": int(width), "height": int(height)}]:
                await service.set_terminal_size(_within(width), _within(height))
            case ["ping", data]:
                await connection.send_json(["pong", data])
            case ["blur", *_]:
                await service.blur()
            case ["focus", *_]:
                await service.focus()


def _size(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    return _within(int(text)) if text.isascii() and text.isdecimal() else default


def _within(number: int) -> int:
    return max(1, min(number, _LARGEST))


def _refused(refusal: Refusal) -> web.Response:
    status, text = refusal.value
    return web.Response(status=status, text=text)


async def serve_web(
    command: Sequence[str], *, port: int, sessions: int, on_ready: Callable[[str], None]
) -> None:
    """Serve consoles on 127.0.0.1 until SIGINT or SIGTERM.

    `command` runs one console; `on_ready` gets the link when it can be opened. Port 0 takes any free one. Raises BadInput for a port in use.
    """
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError as error:
            raise BadInput(
                f"Port {port} cannot be used: {error.strerror}.", hint="Give another with --port."
            ) from error
        access = Access(listening.getsockname()[1])
        console = WebConsole(command, access, sessions=sessions)
        runner = web.AppRunner(
            console.application(), access_log=None, handle_signals=False, shutdown_timeout=5
        )
        await runner.setup()
        try:
            await web.SockSite(runner, listening).start()
            on_ready(access.link)
            await _asked_to_end()
        finally:
            await runner.cleanup()


async def _asked_to_end() -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    await asked.wait()
