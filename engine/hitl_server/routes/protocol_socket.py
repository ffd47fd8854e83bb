"""The event protocol over a WebSocket: commands and events on one connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from hitl_server.ids import new_id
from hitl_server.json_encoding import dumps
from hitl_server.json_types import JsonObject
from hitl_server.policy.authorized_route import authorize
from hitl_server.policy.sent_body import parsed
from hitl_server.project_code import calling_project
from hitl_server.refusals import Refusal, checked_id
from hitl_server.routes.protocol_commands import (
    RUN_COMMANDS,
    Command,
    CommandFailed,
    start_by_command,
    success,
    unknown_command,
)
from hitl_server.routes.protocol_filters import filter_of, number_in
from hitl_server.server_parts import parts_of
from hitl_server.streams.protocol_events import EventFilter, envelope
from hitl_server.streams.run_stream import Event, RunStream

PATH = "/threads/{thread_id}/stream/events"

_TOO_SLOW = 1013
"""The code with which a connection is closed whose client does not keep up: "try again later"."""

_NO_JSON = CommandFailed("invalid_argument", "Protocol commands must be valid JSON.")


async def connect(websocket: WebSocket) -> None:
    """Serve one connection, until its client closes it or its thread is deleted."""
    try:
        thread_id = checked_id(websocket.path_params["thread_id"])
        with calling_project():
            await authorize(websocket, "POST", PATH, None)
    except Refusal as refusal:
        await websocket.close(1008, str(refusal))
        return
    await websocket.accept()
    stream = parts_of(websocket).run_queue.protocol_streams.open(thread_id)
    connection = _Connection(websocket, thread_id, stream)
    with suppress(WebSocketDisconnect):
        await connection.serve()


@dataclass(slots=True)
class _Connection:
    """One connection; each event is sent once, however many of its subscriptions want it."""

    websocket: WebSocket
    thread_id: str
    stream: RunStream
    filters: dict[str, EventFilter] = field(default_factory=dict)
    sent_to: int = 0
    """The number of the newest event that was sent, or that no subscription wanted."""
    sending: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def serve(self) -> None:
        self.sent_to = self.stream.last_number
        events = asyncio.create_task(self._send_events(self.stream.subscribe()))
        commands = asyncio.create_task(self._take_commands())
        try:
            await asyncio.wait({events, commands}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (events, commands):
                task.cancel()
                with suppress(asyncio.CancelledError, WebSocketDisconnect):
                    await task

    async def _send_events(self, events: AsyncIterator[Event]) -> None:
        async for event in events:
            async with self.sending:
                self.sent_to = event.number
                if any(wanted.wants(event) for wanted in self.filters.values()):
                    await self._send(envelope(event))
        await self.websocket.close(_TOO_SLOW)

    async def _take_commands(self) -> None:
        while True:
            response = await self._response(await self.websocket.receive_text())
            async with self.sending:
                await self._send(dumps(response))

    async def _response(self, text: str) -> JsonObject:
        try:
            sent = await parsed(text.encode())
        except Refusal:
            return _NO_JSON.response(None)
        command_id = sent.get("id") if isinstance(sent, dict) else None
        try:
            with calling_project():
                return await self._carry_out(Command.parse(sent))
        except CommandFailed as failure:
            return failure.response(command_id)
        except Refusal as refusal:
            return CommandFailed("invalid_argument", str(refusal)).response(command_id)
        except Exception as error:  # noqa: BLE001  the project's code may raise anything
            failed = f"{type(error).__name__}: {error}"
            return CommandFailed("unknown_error", failed).response(command_id)

    async def _carry_out(self, command: Command) -> JsonObject:
        match command.method:
            case method if method in RUN_COMMANDS:
                return await start_by_command(self.websocket, self.thread_id, command)
            case "subscription.subscribe":
                return await self._subscribe(command, after=0)
            case "subscription.reconnect":
                return await self._subscribe(command, self._after(command))
            case "subscription.unsubscribe":
                return self._unsubscribe(command)
            case "agent.getTree":
                raise CommandFailed("not_supported", "This server does not keep trees of agents.")
        raise unknown_command(command)

    async def _subscribe(self, command: Command, after: int) -> JsonObject:
        """Send the kept events that no other subscription has brought, then those to come."""
        wanted = filter_of(command.params)
        given = command.params.get("subscription_id")
        subscription_id = given if isinstance(given, str) and given else new_id()
        replayed = 0
        async with self.sending:
            for event in self.stream.kept_after(after):
                if event.number <= self.sent_to and self._is_new(event, wanted):
                    await self._send(envelope(event))
                    replayed += 1
            self.filters[subscription_id] = wanted
        result = {"subscription_id": subscription_id, "replayed_events": replayed}
        return success(command, result, self.stream.last_number)

    def _is_new(self, event: Event, wanted: EventFilter) -> bool:
        return wanted.wants(event) and not any(each.wants(event) for each in self.filters.values())

    def _after(self, command: Command) -> int:
        """Return after which event a client returns; refuse it if later ones are gone."""
        since = number_in(command.params, "since")
        if since is None:
            raise CommandFailed(
                "invalid_argument", "subscription.reconnect requires a non-negative integer since."
            )
        first = self.stream.first_kept
        if since and since + 1 < first:
            message = f"Events {since + 1} to {first - 1} are no longer kept."
            raise CommandFailed("resume_gap", message, since=since, min_available_seq=first)
        return since

    def _unsubscribe(self, command: Command) -> JsonObject:
        subscription_id = str(command.params.get("subscription_id"))
        if self.filters.pop(subscription_id, None) is None:
            raise CommandFailed("no_such_subscription", f"Unknown subscription: {subscription_id}")
        return success(command, {}, self.stream.last_number)

    async def _send(self, message: bytes) -> None:
        await self.websocket.send_text(message.decode())
