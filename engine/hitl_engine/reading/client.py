"""The Server API over httpx: one method a call, every foreign error mapped here and only here.

A request that only reads is sent again for some seconds if the server failed or the connection
broke (servers close idle ones); nothing else is retried. No redirect is followed: it would carry
the key and the decision to another host (httpx strips only `Authorization`).
"""

import asyncio
import json
import math
import re
import ssl
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast
from urllib.request import getproxies
from uuid import UUID, uuid4, uuid5

from hitl_engine.errors import (
    BadInput,
    BadReply,
    BadTarget,
    Conflict,
    Denied,
    FirstOfTwo,
    HitlError,
    MovedOn,
    NotThere,
    OtherFirstAnswer,
    ServerRefused,
    TargetError,
    TooLarge,
    Unreachable,
)
from hitl_engine.model import JsonObject, JsonValue
from hitl_engine.reading.capabilities import SMALL_PAGE, Capabilities, GoesOn
from hitl_engine.reading.light_httpx import httpx
from hitl_engine.reading.retries import Deadline, retried
from hitl_engine.reading.shapes import OddShape, Shape
from hitl_engine.reading.wire import (
    OddThread,
    WireAssistant,
    WireCheckpoint,
    WireGraph,
    WireInfo,
    WireItem,
    WireItems,
    WireNamespaces,
    WirePrinted,
    WireRun,
    WireSchemas,
    WireState,
    WireThread,
    WireUpdate,
)
from hitl_engine.visible import one_line

COPY = "__copy__"
"""As this node, LangGraph writes the state once more and forgets the answers given in its step."""
CALL_SECONDS = 30.0
"""Deadline of one call, the whole reply included."""
SCHEMAS_SECONDS = 60.0
"""The same for the schemas of a graph: the JavaScript server compiles it for up to half a minute."""
BEGIN_SECONDS = 60.0
"""How long a stream may take to begin."""
AGAIN_SECONDS = 1.5
"""How long a request that only reads is sent again. A person waits, and some failures stay."""
_DESCRIPTION_SECONDS = 5.0
"""Deadline for the OpenAPI document: without it, the server is used as if it could do everything."""
_MOST_ASSISTANTS = 1000
_ASSISTANT_IDS = UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
"""The namespace in which servers name the assistant that they make of each graph."""
_TURN = 0.0005
"""Seconds after which other tasks get a turn while events are read; the console draws and takes keys."""
REPLY_BYTES = 64 * 1024 * 1024
"""The largest reply that is read, and the largest event of a stream."""
_ALL_RUNS = 10_000
"""More than a thread has; asked for only where the oldest runs come first."""
_OTHER_ADDRESS = "Is this the address of a LangGraph server?"
_UNKNOWN_REQUEST = (405, 501)
"""The statuses, beside 404, of a server that does not have such a request at all."""
_CONFLICTS = ("already running a task", "not in interrupted state")
"""What servers say with another status than 409: the JavaScript server (422), Aegra (400)."""

_Shape = TypeVar("_Shape", bound=Shape)
_Reply = TypeVar("_Reply")


_ID_WITH_TIME = re.compile(r"([0-9]{13})-[0-9]+$")
"""The id of an event on LangGraph's servers: milliseconds since 1970, and a number."""


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One server-sent event of a run."""

    name: str
    """`metadata`, `tasks`, `custom`, `error`, …"""
    namespace: tuple[str, ...]
    """The subgraphs that it comes from, outermost first, each as `node:task id`."""
    data: JsonValue
    id: str = ""
    """Its place in the stream, where the server keeps the events of the run."""

    @property
    def at(self) -> float:
        """When it happened, in seconds since 1970; where its id does not tell, it is now."""
        told = _ID_WITH_TIME.match(self.id)
        return int(told[1]) / 1000 if told else time.time()


class LangGraphServer:
    """A server with the LangGraph Server API.

    `through_proxy`: use the proxy and the certificates that the environment names; `proxy` and `ca`
    (a file) replace them. `refuses` makes the error that every request raises which changes
    something; without it they are sent. `transport` replaces the network in tests. Every method
    raises TargetError; the constructor raises BadTarget for a `url` and BadInput for `headers` that
    cannot be used, and TargetError for such a proxy or such certificates.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        through_proxy: bool = True,
        proxy: str | None = None,
        ca: Path | None = None,
        refuses: Callable[[], HitlError] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.url = url
        self.header_names = tuple(headers)
        """The names of the headers that every request gets."""
        self.can = Capabilities()
        """What the server can do, as far as it is known."""
        self._refuses = refuses
        in_environment = through_proxy and not {"http", "https", "all"}.isdisjoint(getproxies())
        self._proxied = proxy is not None or in_environment
        _refuse_unsendable(headers)
        try:
            base_url = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise BadTarget(
                f"This is not a URL: {error}.", hint="Give http://HOST:PORT."
            ) from error
        try:
            self._http = httpx.AsyncClient(
                base_url=base_url,
                headers={"accept-encoding": "identity", **headers},
                timeout=httpx.Timeout(CALL_SECONDS, connect=10.0),
                follow_redirects=False,
                trust_env=through_proxy,
                proxy=proxy,
                verify=_certificates(ca, encrypted=base_url.scheme != "http" or self._proxied),
                transport=transport,
            )
        except (ValueError, OSError, ImportError, httpx.InvalidURL) as error:
            raise TargetError(
                f"The proxy or the certificates cannot be used: {_reason(error)}.",
                hint="Look at HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY and SSL_CERT_FILE, and at "
                "ca and proxy in config.toml.",
            ) from error

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def info(self) -> WireInfo:
        """Return the server's version, abilities and identity."""
        return _read(WireInfo, await self._call("GET", "/info"))

    async def date(self) -> datetime | None:
        """Return the server's time, to the second, as each of its replies has it; None if none has."""
        try:
            response, _ = await self._answered(self._request("GET", "/info"))
            return parsedate_to_datetime(response.headers["date"])
        except (NotThere, KeyError, ValueError):
            return None

    async def description(self) -> JsonObject:
        """Return the server's OpenAPI document; an empty one if it cannot be read."""
        try:
            async with asyncio.timeout(_DESCRIPTION_SECONDS):
                reply = await self._call("GET", "/openapi.json")
        except (TargetError, TimeoutError):
            return {}
        return reply if isinstance(reply, dict) else {}

    async def assistants(self) -> tuple[WireAssistant, ...]:
        """Return up to 1,000 assistants."""
        found: dict[str, WireAssistant] = {}
        while len(found) < _MOST_ASSISTANTS:
            page = await self._page_of_assistants(len(found))
            known = len(found)
            found |= {assistant.assistant_id: assistant for assistant in page}
            if len(found) == known or len(page) < self.can.assistant_page:
                break
        return tuple(found.values())

    async def _page_of_assistants(self, offset: int) -> tuple[WireAssistant, ...]:
        query: JsonObject = {"limit": self.can.assistant_page, "offset": offset}
        try:
            reply = await self._call("POST", "/assistants/search", query, reads=True)
        except ServerRefused as error:
            if error.status not in (400, 422) or self.can.assistant_page <= SMALL_PAGE:
                raise
            self.can = replace(self.can, assistant_page=SMALL_PAGE)
            return await self._page_of_assistants(offset)
        return _read_all(WireAssistant, reply)

    async def assistant_versions(self, assistant_id: str) -> tuple[WireAssistant, ...]:
        """Return the newest 100 versions of an assistant, newest first."""
        path = f"/assistants/{assistant_id}/versions"
        query: JsonObject = {"limit": SMALL_PAGE}
        return _read_all(WireAssistant, await self._call("POST", path, query, reads=True))

    async def set_latest_version(self, assistant_id: str, version: int) -> None:
        """Make a version of an assistant its latest."""
        await self._sent("POST", f"/assistants/{assistant_id}/latest", {"version": version})

    async def namespaces(self, query: JsonObject) -> tuple[tuple[str, ...], ...]:
        """Return one page of the namespaces of the store that have items."""
        reply = await self._call("POST", "/store/namespaces", query, reads=True)
        if isinstance(reply, list):  # the JavaScript server
            reply = {"namespaces": reply}
        return _read(WireNamespaces, reply).namespaces

    async def search_items(self, query: JsonObject) -> tuple[WireItem, ...]:
        """Return one page of the items of the store."""
        reply = await self._call("POST", "/store/items/search", query, reads=True)
        return _read(WireItems, reply).items

    async def item(self, namespace: Sequence[str], key: str) -> WireItem | None:
        """Return one item of the store, or None if it has none there."""
        request = self._request(
            "GET", "/store/items", params={"namespace": ".".join(namespace), "key": key}
        )
        try:
            reply = await _retried(lambda: self._replied(request))
        except NotThere:
            return None
        return _read(WireItem, reply) if reply else None

    async def put_item(self, namespace: Sequence[str], key: str, value: JsonObject) -> None:
        """Store an item, in the place of one with the same key."""
        body: JsonObject = {"namespace": list(namespace), "key": key, "value": value}
        await self._sent("PUT", "/store/items", body)

    async def delete_item(self, namespace: Sequence[str], key: str) -> None:
        """Delete an item of the store."""
        await self._sent("DELETE", "/store/items", {"namespace": list(namespace), "key": key})

    async def schemas(self, assistant_id: str) -> WireSchemas:
        """Return the JSON Schemas of an assistant; asked for once, because that may take long."""
        path = f"/assistants/{assistant_id}/schemas"
        request = self._request("GET", path, timeout=SCHEMAS_SECONDS)
        return _read(WireSchemas, await self._replied(request, SCHEMAS_SECONDS))

    async def subgraph_schemas(self, assistant_id: str) -> dict[str, WireSchemas]:
        """Return the schemas of an assistant's subgraphs of all levels: `node|inner` -> schemas."""
        path = f"/assistants/{assistant_id}/subgraphs?recurse=true"
        reply = await self._call("GET", path)
        found = reply if isinstance(reply, dict) else {}
        return {name: _read(WireSchemas, schemas) for name, schemas in found.items()}

    async def graph(self, assistant_id: str, *, subgraphs: bool = False) -> WireGraph:
        """Return the picture of an assistant's graph, with its subgraphs if asked for.

        `assistant_id` may be the id of a graph: some servers then want that of its own assistant.
        """
        within = "?xray=true" if subgraphs else ""
        try:
            reply = await self._call("GET", f"/assistants/{assistant_id}/graph{within}")
        except NotThere:
            own = own_assistant(assistant_id)
            reply = await self._call("GET", f"/assistants/{own}/graph{within}")
        return _read(WireGraph, reply)

    async def search_threads(self, query: JsonObject) -> tuple[WireThread, ...]:
        """Return one page of threads; a row that cannot be read is an `OddThread`."""
        reply = await self._call("POST", "/threads/search", query, reads=True)
        return tuple(map(_read_row, _items(reply)))

    async def count_threads(self, query: JsonObject) -> int:
        """Return how many threads match. Raises also if the server refused to count before."""
        if not self.can.counts_threads:
            raise ServerRefused("The server does not count threads.", status=405)
        try:
            reply = await self._call("POST", "/threads/count", query, reads=True)
        except (NotThere, ServerRefused) as error:
            if isinstance(error, NotThere) or error.status in (405, 501):
                self.can = replace(self.can, counts_threads=False)
            raise
        if not isinstance(reply, int):
            raise _strange(f"A number was expected, not {type(reply).__name__}.")
        return reply

    async def create_thread(self, metadata: JsonObject) -> WireThread:
        """Make a new thread."""
        return _read(WireThread, await self._call("POST", "/threads", {"metadata": metadata}))

    async def copy_thread(self, thread_id: str) -> WireThread:
        """Copy a thread; return the row of the copy."""
        return _read(WireThread, await self._call("POST", f"/threads/{thread_id}/copy"))

    async def delete_thread(self, thread_id: str) -> None:
        """Delete a thread."""
        await self._sent("DELETE", f"/threads/{thread_id}")

    async def thread(self, thread_id: str) -> WireThread:
        """Return the row of one thread."""
        return _read(WireThread, await self._call("GET", f"/threads/{thread_id}"))

    async def state(self, thread_id: str, *, subgraphs: bool = False) -> WireState:
        """Return the newest state of a thread, with that of its subgraphs if asked for."""
        within = "?subgraphs=true" if subgraphs else ""
        return _read(WireState, await self._call("GET", f"/threads/{thread_id}/state{within}"))

    async def state_with_subgraphs(self, thread_id: str, checkpoint_id: str) -> WireState:
        """Return the state at a checkpoint of the root graph, with that of its subgraphs."""
        path = f"/threads/{thread_id}/state/{checkpoint_id}?subgraphs=true"
        return _read(WireState, await self._call("GET", path))

    async def state_at(self, thread_id: str, checkpoint: WireCheckpoint) -> WireState:
        """Return the state at a checkpoint, which may be that of a subgraph."""
        body: JsonObject = {
            "checkpoint": {
                key: value for key, value in asdict(checkpoint).items() if value is not None
            }
        }
        path = f"/threads/{thread_id}/state/checkpoint"
        return _read(WireState, await self._call("POST", path, body, reads=True))

    async def update_state(
        self,
        thread_id: str,
        values: JsonObject | None,
        *,
        as_node: str,
        checkpoint_id: str = "",
        namespace: str = "",
        preconditions: JsonObject | None = None,
    ) -> str:
        """Write into a thread's state as a node; return the id of the new checkpoint.

        Without a node, the server takes the one that wrote last, if it can tell. With a checkpoint, a
        branch begins there. With a namespace, the newest state of that subgraph is written.
        `preconditions` are for servers with the flag `state_preconditions`.
        """
        body: JsonObject = {"values": values}
        if as_node:
            body["as_node"] = as_node
        if checkpoint_id:
            body["checkpoint"] = {"checkpoint_id": checkpoint_id, "checkpoint_ns": ""}
        elif namespace:
            body["checkpoint"] = {"checkpoint_ns": namespace}
        if preconditions is not None:
            body["preconditions"] = preconditions
        reply = await self._call("POST", f"/threads/{thread_id}/state", body)
        return _read(WireUpdate, reply).checkpoint.checkpoint_id or ""

    async def history(
        self, thread_id: str, *, limit: int, before: str = ""
    ) -> tuple[WireState, ...]:
        """Return the newest states of a thread, newest first, older than the checkpoint `before`.

        `langgraph dev` takes that only as a config, the JavaScript server only as an id.
        """
        query: JsonObject = {"limit": limit}
        if before:
            at: JsonObject = {"thread_id": thread_id, "checkpoint_id": before, "checkpoint_ns": ""}
            query["before"] = {"configurable": at} if self.can.takes_configs else before
        try:
            reply = await self._call("POST", f"/threads/{thread_id}/history", query, reads=True)
        except ServerRefused as error:
            if not before or error.status not in (400, 422) or not self.can.takes_configs:
                raise
            self.can = replace(self.can, takes_configs=False)
            return await self.history(thread_id, limit=limit, before=before)
        return _read_all(WireState, reply)

    async def goes_on(self) -> GoesOn:
        """Return what a run must contain that goes on without an input.

        Found by asking for runs of an assistant that does not exist, on a thread that does not exist:
        nothing can run, and the server refuses such a run for its form before it looks for either.
        Remembered. Raises Unreachable, Denied.
        """
        if self.can.goes_on is None:
            usual = await self._refusal({"input": {}})
            kind: GoesOn = "never"
            if await self._refusal({"input": None}) == usual:
                kind = "with nothing"
            elif await self._refusal(going_on_at(str(uuid4()))) == usual:
                kind = "with a checkpoint"
            self.can = replace(self.can, goes_on=kind)
        return self.can.goes_on or "never"

    async def _refusal(self, run: JsonObject) -> int:
        """Return the status with which the server refuses this run of nothing."""
        body: JsonObject = {**run, "assistant_id": str(uuid4())}
        try:
            await self._call("POST", f"/threads/{uuid4()}/runs", body, reads=True)
        except NotThere:
            return 404
        except ServerRefused as error:
            return error.status
        except Denied as error:
            if not error.knows_key:
                raise  # it tells nothing about the form of a run
            return 403
        except Conflict:
            return 409
        return 200

    async def pause_run(self, thread_id: str, run_id: str) -> None:
        """Ask our own server to stop a run before its next step. Raises NotThere if it has ended."""
        await self._call("POST", f"/threads/{thread_id}/runs/{run_id}/pause")

    async def runs(self, thread_id: str, *, limit: int) -> tuple[WireRun, ...]:
        """Return the newest runs of a thread, newest first.

        The JavaScript server lists the oldest first: two runs show that, and then all are read.
        """
        runs = await self._listed_runs(thread_id, limit=max(limit, 2))
        if _begins_with_the_oldest(runs):
            runs = (await self._listed_runs(thread_id, limit=_ALL_RUNS))[::-1]
        return runs[:limit]

    async def _listed_runs(self, thread_id: str, *, limit: int) -> tuple[WireRun, ...]:
        reply = await self._call("GET", f"/threads/{thread_id}/runs?limit={limit}")
        return _read_all(WireRun, reply)

    async def run(self, thread_id: str, run_id: str) -> WireRun:
        """Return one run."""
        return _read(WireRun, await self._call("GET", f"/threads/{thread_id}/runs/{run_id}"))

    async def cancel_run(self, thread_id: str, run_id: str, *, action: str) -> None:
        """Cancel a run: `interrupt` keeps what it wrote, `rollback` deletes it."""
        path = f"/threads/{thread_id}/runs/{run_id}/cancel"
        await self._sent("POST", path, params={"action": action})

    def stream_run(
        self, thread_id: str, request: JsonObject, *, idempotency_key: str
    ) -> AsyncGenerator[StreamEvent, None]:
        """Start a run and yield its events until it ends. Sent once, whatever happens."""
        self._refuse_changes()
        return self._stream(
            "POST",
            f"/threads/{thread_id}/runs/stream",
            json=request,
            headers={"idempotency-key": idempotency_key},
        )

    def join_stream(
        self, thread_id: str, run_id: str, *, after: str = ""
    ) -> AsyncGenerator[StreamEvent, None]:
        """Yield the events of a run after the one with the id `after`, or all, if they were kept.

        They are those that its client asked for, and what nodes printed. No stream modes are named: of several, langgraph-api
        takes only the last.
        """
        return self._stream(
            "GET",
            f"/threads/{thread_id}/runs/{run_id}/stream",
            params={"stream_printed": True} if self.can.streams_printed else {},
            headers={"last-event-id": after or "-1"},
        )

    async def enter_thread(self, thread_id: str, console: str, name: str) -> float:
        """Tell that this console has a thread open; return for how many seconds that is known.

        Only our own server takes this (flag `presence`), as the three below; `name` is empty where it
        knows the user. It changes nothing that waits, so it is also sent where changes have to be
        confirmed.
        """
        request: JsonObject = {"console": console, "name": name or None}
        reply = await self._replied(
            self._request("PUT", f"/threads/{thread_id}/presence", json=request)
        )
        match reply:
            case {"seconds": int() | float() as seconds} if seconds > 0:
                return float(seconds)
        raise _strange("A lease in seconds was expected.")

    async def leave_thread(self, thread_id: str, console: str, name: str) -> None:
        """Tell that this console no longer has a thread open."""
        params = {"console": console, **({"name": name} if name else {})}
        await self._answered(
            self._request("DELETE", f"/threads/{thread_id}/presence", params=params)
        )

    async def claim_thread(self, thread_id: str, name: str, instead_of: str) -> JsonValue:
        """Claim a thread; return the claim. Raises Conflict if another one than `instead_of` is there."""
        request: JsonObject = {"name": name or None, "instead_of": instead_of}
        return await self._replied(
            self._request("PUT", f"/threads/{thread_id}/claim", json=request)
        )

    async def release_thread(self, thread_id: str, name: str) -> None:
        """Give a claimed thread back. Raises Conflict if somebody else has claimed it."""
        await self._answered(
            self._request(
                "DELETE", f"/threads/{thread_id}/claim", params={"name": name} if name else {}
            )
        )

    async def _call(
        self, method: str, path: str, body: JsonObject | None = None, *, reads: bool = False
    ) -> JsonValue:
        """Return the server's reply. `reads`: a POST that changes nothing, like every GET."""
        request = self._request(method, path, json=body)
        if reads or method == "GET":
            return await _retried(lambda: self._replied(request))
        self._refuse_changes()
        return await self._replied(request)

    async def _sent(
        self,
        method: str,
        path: str,
        body: JsonObject | None = None,
        *,
        params: Mapping[str, str] | None = None,
    ) -> None:
        """Send a request once, whose reply tells nothing: it has no body, or any."""
        self._refuse_changes()
        await self._answered(self._request(method, path, json=body, params=params))

    async def _replied(self, request: httpx.Request, seconds: float = CALL_SECONDS) -> JsonValue:
        """Send a request and return the reply, if it comes in time."""
        return _parsed(*await self._answered(request, seconds))

    async def _answered(
        self, request: httpx.Request, seconds: float = CALL_SECONDS
    ) -> tuple[httpx.Response, bytes]:
        """Send a request and return the response with its body, if it comes in time."""
        self._refuse_if_closed()
        try:
            async with asyncio.timeout(seconds), AsyncExitStack() as stack:
                response = await self._http.send(request, stream=True)
                stack.push_async_callback(response.aclose)
                content = await _content(response)
        except (httpx.HTTPError, TimeoutError) as error:
            raise self._unreachable(error) from error
        _raise_for_status(response, content)
        return response, content

    def _request(self, method: str, path: str, **options: Any) -> httpx.Request:
        """Build a request. An id or a context from a server may contain what no request can carry."""
        try:
            return self._http.build_request(method, path, **options)
        except (httpx.InvalidURL, ValueError) as error:
            raise Unreachable(f"The request cannot be written: {error}.", sent=False) from error

    async def _begun(self, request: httpx.Request, stack: AsyncExitStack) -> httpx.Response:
        """Send a request for a stream, and return the response, which `stack` closes."""
        self._refuse_if_closed()
        try:
            async with asyncio.timeout(BEGIN_SECONDS):
                response = await self._http.send(request, stream=True)
                stack.push_async_callback(response.aclose)
                if not response.is_success:
                    _raise_for_status(response, await _content(response))
        except (httpx.HTTPError, TimeoutError) as error:
            raise self._unreachable(error) from error
        return response

    def _unreachable(self, error: Exception) -> Unreachable:
        shown = httpx.URL(self.url).copy_with(userinfo=b"")
        hint = (
            "It is reached through a proxy; check that its URL is correct." if self._proxied else ""
        )
        match error:
            case httpx.ConnectTimeout() | httpx.PoolTimeout():
                what = f"{shown} cannot be reached: no connection in time."
                return Unreachable(what, hint=hint, sent=False)
            case httpx.ConnectError() | httpx.ProxyError():
                what = f"{shown} cannot be reached: {_reason(error)}."
                return Unreachable(what, hint=hint, sent=False)
            case httpx.TimeoutException() | TimeoutError():
                return Unreachable(f"{shown} did not answer in time.")
            case _:
                return Unreachable(f"The connection to {shown} broke: {_reason(error)}.")

    def _refuse_if_closed(self) -> None:
        """Another server has replaced this one; requests to this one would never get a reply."""
        if self._http.is_closed:
            raise Unreachable("The connection to the server was closed.", sent=False)

    def _refuse_changes(self) -> None:
        if self._refuses is not None:
            raise self._refuses()

    def changes(self) -> AsyncGenerator[StreamEvent, None]:
        """Yield an event whenever threads change; only our own server has this feed (flag `changes`)."""
        return self._stream("GET", "/threads/changes")

    async def _stream(
        self, method: str, path: str, **options: Any
    ) -> AsyncGenerator[StreamEvent, None]:
        from httpx_sse import EventSource, SSEError  # a list needs no streams

        from hitl_engine.reading.sse import bounded

        timeout = httpx.Timeout(CALL_SECONDS, connect=10.0, read=self.can.silence)
        request = self._request(method, path, timeout=timeout, **options)
        request.headers["accept"] = "text/event-stream"
        try:
            async with AsyncExitStack() as stack:
                response = await (
                    _retried(lambda: self._begun(request, stack))
                    if method == "GET"
                    else self._begun(request, stack)
                )
                source = EventSource(bounded(response, limit=REPLY_BYTES))
                turn = time.monotonic()
                async for event in source.aiter_sse():
                    if time.monotonic() - turn > _TURN:  # hundreds may have come at once
                        await asyncio.sleep(0)
                        turn = time.monotonic()
                    if event.event == "message" and not event.data:
                        continue  # a heartbeat: httpx-sse yields it once an event had an id
                    name, *namespace = event.event.split("|")
                    data = _parsed(response, event.data.encode()) if event.data else None
                    yield StreamEvent(name, tuple(namespace), data, event.id)
        except SSEError as error:
            raise BadReply(f"The reply to {path} is not an event stream.") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise self._unreachable(error) from error


async def _retried(read: Callable[[], Awaitable[_Reply]]) -> _Reply:
    """Send a request that only reads, and again after a failure that may pass."""
    return await retried(read, Deadline(AGAIN_SECONDS), passes=_passes_soon)


def _begins_with_the_oldest(runs: Sequence[WireRun]) -> bool:
    times = [run.created_at for run in runs if run.created_at is not None]
    return len(times) > 1 and times[0] < times[-1]


def _passes_soon(error: TargetError) -> bool:
    """Whether to try again at once; a server without a connection is mostly not running."""
    return error.may_pass and not (isinstance(error, Unreachable) and not error.sent)


async def _content(response: httpx.Response) -> bytes:
    """Return the body.

    After a 5xx, `langgraph dev` resets the connection, and a POST on it would be lost. So the end of
    such a body is not read: httpx then closes the connection instead of using it again.
    """
    chunks: list[bytes] = []
    size = 0
    failed = response.is_server_error
    last = int(response.headers.get("content-length", REPLY_BYTES)) if failed else REPLY_BYTES
    async with aclosing(cast(AsyncGenerator[bytes, None], response.aiter_bytes())) as body:
        async for chunk in body:
            size += len(chunk)
            if size > REPLY_BYTES:
                raise TooLarge(
                    f"The reply to {response.request.url.path} is larger than "
                    f"{REPLY_BYTES // 1024**2} MB, so it was not read."
                )
            chunks.append(chunk)
            if failed and size >= last:
                break
    return b"".join(chunks)


def _parsed(response: httpx.Response, content: bytes) -> JsonValue:
    try:
        value: JsonValue = json.loads(
            content, object_pairs_hook=_object, parse_constant=_infinite, parse_float=_finite
        )
    except _GivenTwice as twice:
        raise BadReply(
            f"{response.request.url.copy_with(userinfo=b'')} sent an object with a key twice: {twice}.",
            hint="Only one of the two values could be shown, so the reply is not used."
            " Tell who runs the server.",
        ) from None
    except (ValueError, RecursionError) as error:
        page = "a web page" if _is_web_page(response) else "no JSON"
        raise BadReply(
            f"{response.request.url.copy_with(userinfo=b'')} answered with {page}.",
            hint=_OTHER_ADDRESS,
            detail=content[:2000].decode(errors="replace"),
        ) from error
    return value


class _GivenTwice(Exception):
    """An object has one key twice; Python's reader would silently keep the last value."""


def _object(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    value = dict(pairs)
    if len(value) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise _GivenTwice(one_line(counts.most_common(1)[0][0], 60))
    return value


def _finite(digits: str) -> float:
    """Read a number; one that overflows could never be shown or sent as JSON again."""
    number = float(digits)
    return number if math.isfinite(number) else _infinite(digits)


def _infinite(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _raise_for_status(response: httpx.Response, content: bytes) -> None:
    if response.is_success:
        return
    status = response.status_code
    place = f"{response.request.method} {response.request.url.path}"
    is_page = _is_web_page(response)
    reason = "it sent a web page" if is_page else _detail(content)
    if status == 403 and _needs_two(content):
        raise Denied(f"{reason}.", knows_key=True)
    if status in {401, 403}:
        wanted = "a key" if status == 401 else "a key that allows this"
        raise Denied(
            f"The server denied access ({status}): {reason}.",
            knows_key=status == 403,
            hint=f"Give {wanted}: LANGGRAPH_API_KEY, --api-key-env NAME or --header 'K: V'.",
        )
    if status == 404:
        hint = _OTHER_ADDRESS if is_page else ""
        raise NotThere(f"The server has no {place}: {reason}.", hint=hint)
    if status == 409 and (told := _four_eyes(content)) is not None:
        raise told
    if status == 409 or any(words in reason for words in _CONFLICTS):
        kind = MovedOn if _is_moved_on(content) else Conflict
        raise kind(f"The server refused {place}: {reason}.")
    if response.is_redirect:
        reason = f"it redirects to {response.headers.get('location', 'nowhere')}; not followed"
    hint = _OTHER_ADDRESS if is_page and status in _UNKNOWN_REQUEST else ""
    raise ServerRefused(
        f"The server answered {status} to {place}: {reason}.", status=status, hint=hint
    )


def _is_moved_on(content: bytes) -> bool:
    """Whether a 409 contains the thread's current state: our own server checked the preconditions."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(body, dict) and "current" in body


def _needs_two(content: bytes) -> bool:
    """Whether our own server refused something because a question needs two reviewers."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(body, dict) and "four_eyes" in body


def _four_eyes(content: bytes) -> FirstOfTwo | OtherFirstAnswer | None:
    """Return what a 409 of our own server tells about answers that need two reviewers, if it does."""
    try:
        told = json.loads(content)["four_eyes"]
        rules = [one_line(str(name), 100) for name in told["rules"]]
        if told["recorded"]:
            return FirstOfTwo(rules, one_line(told.get("replaced") or "", 100))
        [first] = told["approvals"]
        name = one_line(str(first["name"]), 100)
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
    return OtherFirstAnswer(
        f"{name} answered something else first, after you read this.",
        hint="Look at that answer: the same makes you the second reviewer, another one starts anew.",
    )


def _is_web_page(response: httpx.Response) -> bool:
    return "html" in response.headers.get("content-type", "")


def _detail(content: bytes) -> str:
    """Return the server's error message, in one line."""
    text = content[:2000].decode(errors="replace")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        told = body.get("detail") or body.get("message") or body.get("error") or body
        text = _faults(told) or str(told)
    return " ".join(text.split()).rstrip(".") or "no reason given"


def _faults(told: Any) -> str:
    """Return what pydantic found in a request, as servers built with FastAPI send it; else nothing."""
    faults = told if isinstance(told, list) else []
    return "; ".join(
        f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
        for fault in faults
        if isinstance(fault, dict) and isinstance(fault.get("loc"), list) and "msg" in fault
    )


def _reason(error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) else None
    return (reason or str(error)).strip().rstrip(".") or type(error).__name__


def thread_of_event(data: JsonValue) -> WireThread:
    """Return the row with which the stream of a run ended (flag `stream_thread`). Raises BadReply."""
    return _read(WireThread, data)


def printed_line(data: JsonValue) -> WirePrinted:
    """Return a line that a node printed (flag `stream_printed`). Raises BadReply."""
    return _read(WirePrinted, data)


def own_assistant(graph_id: str) -> str:
    """Return the id of the assistant that every server makes of a graph."""
    return str(uuid5(_ASSISTANT_IDS, graph_id))


def going_on_at(checkpoint_id: str) -> JsonObject:
    """Return the fields of a run that goes on at a checkpoint, for servers that refuse no input."""
    return {"input": None, "checkpoint": {"checkpoint_id": checkpoint_id, "checkpoint_ns": ""}}


def _certificates(ca: Path | None, *, encrypted: bool) -> ssl.SSLContext | bool:
    """Return the certificates to trust: those in a file, or the usual ones, which takes long to read.

    None at all where no connection is encrypted.
    """
    if ca is not None:
        return ssl.create_default_context(cafile=ca)
    return True if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _refuse_unsendable(headers: Mapping[str, str]) -> None:
    """Refuse what HTTP cannot carry. The values are secrets, so only the name is shown."""
    for name, value in headers.items():
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise BadInput("The name of a header contains a character that is not allowed.")
        if not (value.isascii() and value.isprintable()):
            raise BadInput(
                f"The value of the header {name} cannot be sent.",
                hint="Use printable ASCII characters, on one line.",
            )


def _read(shape: type[_Shape], reply: JsonValue) -> _Shape:
    try:
        return shape.read(reply)
    except (OddShape, RecursionError) as error:
        raise _strange(str(error)) from error


def _read_all(shape: type[_Shape], reply: JsonValue) -> tuple[_Shape, ...]:
    return tuple(_read(shape, item) for item in _items(reply))


_ORDERING = ("thread_id", "status", "updated_at")
"""What is kept of a row that cannot be read."""


def _read_row(row: JsonValue) -> WireThread:
    """Read a row of the list of threads; one odd row must not hide the others."""
    try:
        return WireThread.read(row)
    except OddShape as odd:
        problem = f"Its row has a shape that is not known: {odd}."
    except RecursionError:
        problem = "Its row is nested too deeply."
    sent = row if isinstance(row, dict) else {}
    kept = {name: sent[name] for name in _ORDERING if WireThread.takes(name, sent.get(name))}
    return _read(OddThread, {**kept, "problem": problem})


def _items(reply: JsonValue) -> list[JsonValue]:
    if not isinstance(reply, list):
        raise _strange(f"A list was expected, not {type(reply).__name__}.")
    return reply


def _strange(detail: str) -> BadReply:
    return BadReply(
        "The reply is not what a LangGraph server sends.",
        hint="Is this the address of a LangGraph server?",
        detail=detail,
    )
