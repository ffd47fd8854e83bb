"""The server while it starts: lists are answered from the tables, all other requests wait.

LangGraph and the graphs of a project take seconds to import, SQLite and this module a quarter of
one. What waits on the threads is in their rows, so a console can list it long before a graph can
run. The checks of the sender are those of the whole application. Nothing is answered early where
something else may decide about it: see `answers_early`.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hitl_server.extract_paths import check_extract_paths
from hitl_server.identity.access import Access
from hitl_server.identity.authentication import refuse
from hitl_server.identity.web_origins import WebOriginMiddleware
from hitl_server.json_types import JsonObject
from hitl_server.policy.sent_body import parsed, read_body
from hitl_server.project.config import ProjectConfig
from hitl_server.project.http_settings import HttpSettings
from hitl_server.refusals import Refusal, checked_select
from hitl_server.responses import json_response, page_headers, sse_response
from hitl_server.search_models import ThreadCount, ThreadSearch
from hitl_server.storage.change_feed import change_events
from hitl_server.storage.database import Database
from hitl_server.tables.run_table import Runs
from hitl_server.tables.thread_table import COLUMNS, Threads

_Answer: TypeAlias = Callable[[Request, bytes], Awaitable[Response]]


def answers_early(project: ProjectConfig, threads: Threads, runs: Runs) -> bool:
    """Whether lists may be answered before the graphs are imported.

    Not where the project's own code decides what a request gets (`auth`, `http.app`) or parts of the
    API are closed; not while a crash has left rows that differ from the states of their threads;
    and not without any thread: nothing can be listed then, and whether the server starts at all is
    worth more than an empty list.
    """
    settings = project.http
    has_own_code = project.auth or settings.app or project.own_checkpointer or project.own_store
    if has_own_code or settings.closed:
        return False
    return threads.exist() and not runs.under_way() and not threads.stale_rows()


class StartingApp:
    """ASGI application: answers lists, until `serve` gives it the application that answers all."""

    def __init__(
        self, database: Database, threads: Threads, access: Access, http: HttpSettings
    ) -> None:
        self._database = database
        self._threads = threads
        self._limits = http.limits
        self._checked = WebOriginMiddleware(access.guard(self._answer_or_wait), http.web_origins)
        self._whole: asyncio.Future[ASGIApp] = asyncio.get_running_loop().create_future()
        self._description: JsonObject | None = None
        self._answers: dict[tuple[str, str], _Answer] = {}

    def answer_lists(self, description: JsonObject) -> None:
        """Answer lists from now on; `description` is what `GET /info` returns meanwhile."""
        self._description = description
        self._answers = {
            ("GET", "/ok"): self._ok,
            ("GET", "/info"): self._info,
            ("GET", "/threads/changes"): self._changes,
            ("POST", "/threads/search"): self._search,
            ("POST", "/threads/count"): self._count,
        }

    def serve(self, app: ASGIApp) -> None:
        """Pass all requests to this application, also those that wait."""
        self._answers = {}
        self._whole.set_result(app)

    def fail(self, why: str, description: JsonObject) -> None:
        """Refuse all requests that wait, with the reason; lists are still answered."""
        self._description = description

        async def refuse_all(scope: Scope, receive: Receive, send: Send) -> None:
            await refuse(scope, send, Refusal(503, why))

        self._whole.set_result(refuse_all)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, now or later, or answer it."""
        if self._answer_of(scope) is None:
            app = await asyncio.shield(self._whole)
            await app(scope, receive, send)
        else:
            await self._checked(scope, receive, send)

    def _answer_of(self, scope: Scope) -> _Answer | None:
        return self._answers.get((scope.get("method", ""), scope["path"]))

    async def _answer_or_wait(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose sender is known; what is wrong with others, the whole app tells."""
        answer, request = self._answer_of(scope), Request(scope, receive)
        assert answer is not None, "only requests with an answer come here"
        sent = b""
        try:
            sent = await read_body(request, self._limits.of_body(scope["method"], scope["path"]))
            response = await answer(request, sent)
        except Refusal as refusal:
            response = json_response(refusal.body, refusal.status)
        except (ValidationError, sqlite3.Error):
            app = await asyncio.shield(self._whole)
            await app(scope, _replayed(sent, receive), send)
            return
        await response(scope, receive, send)

    async def _ok(self, request: Request, sent: bytes) -> Response:
        return json_response({"ok": True})

    async def _info(self, request: Request, sent: bytes) -> Response:
        return json_response(self._description)

    async def _changes(self, request: Request, sent: bytes) -> Response:
        last_event_id = request.headers.get("last-event-id", "")
        changes, presence = self._database.changes, self._database.presence
        return sse_response(change_events(changes, presence, last_event_id, lambda _: True))

    async def _search(self, request: Request, sent: bytes) -> Response:
        body = ThreadSearch.model_validate(await parsed(sent))
        checked_select(body.select, COLUMNS)
        check_extract_paths(body.extract or {}, COLUMNS)
        rows, more = await self._threads.search(body)
        return json_response(rows, headers=page_headers(body.offset, len(rows), more))

    async def _count(self, request: Request, sent: bytes) -> Response:
        body = ThreadCount.model_validate(await parsed(sent))
        return json_response(await self._threads.count(body))


def _replayed(sent: bytes, receive: Receive) -> Receive:
    """Return what gives the body once more, and then what the connection receives."""
    first: list[Message] = [{"type": "http.request", "body": sent, "more_body": False}]

    async def receive_again() -> Message:
        return first.pop() if first else await receive()

    return receive_again
