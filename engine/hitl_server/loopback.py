"""The SDK's client without a URL: in a node, it reaches the server that runs the node."""

import asyncio
import sys
from types import ModuleType

from httpx import ASGITransport
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hitl_server.event_loops import on_loop
from hitl_server.identity.callers import UNNAMED_OWNER

_APP = "langgraph_api.server"
"""Where `langgraph_sdk.get_client()` looks for `app`, the ASGI application of its process."""
_TRANSPORT = "langgraph_api.asgi_transport"
"""Where it looks for `ASGITransport`. The real module needs the configuration of langgraph-api."""


class LoopbackApp:
    """Passes the requests of nodes to the application of this process.

    Nodes are the project's own code, so they have all permissions, as with langgraph-api.
    """

    def __init__(self) -> None:
        self._served: tuple[ASGIApp, asyncio.AbstractEventLoop] | None = None

    def serve(self, app: ASGIApp) -> None:
        """Pass requests to this application, on the event loop that runs now."""
        self._served = app, asyncio.get_running_loop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on. Raises RuntimeError before the server has started."""
        if self._served is None:
            raise RuntimeError("The server is not ready: use this client in nodes, not on import.")
        app, loop = self._served
        clients = asyncio.get_running_loop()

        async def receive_there() -> Message:
            return await on_loop(clients, receive())

        async def send_there(message: Message) -> None:
            await on_loop(clients, send(message))

        known = {**scope, "caller": UNNAMED_OWNER}
        await on_loop(loop, app(known, receive_there, send_there))


def offered_to_sdk() -> LoopbackApp:
    """Return the application that clients without a URL use, also those that modules create."""
    loopback = LoopbackApp()
    for place, offered in (
        (_APP, {"app": loopback}),
        (_TRANSPORT, {"ASGITransport": ASGITransport}),
    ):
        module = ModuleType(place)
        vars(module).update(offered)
        sys.modules[place] = module
    return loopback
