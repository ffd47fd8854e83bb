"""Webhooks: a POST to somebody who wants to hear how a run ended; to whom, the operator decides."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import httpx

from hitl_server.json_encoding import dumps, now
from hitl_server.json_types import JsonObject
from hitl_server.refusals import Refusal

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SECONDS = 10.0
_LONGEST = 2048
_log = logging.getLogger(__name__)


class Webhooks:
    """Calls loopback addresses, and the hosts that `langgraph.json` lists; nothing else.

    Whoever may start a run may name an address: without a list this server would knock on any
    door of the network for them.
    """

    def __init__(self, hosts: Sequence[str]) -> None:
        self._hosts = tuple(host.lower() for host in hosts)
        self._calls: set[asyncio.Task[None]] = set()

    def check(self, url: str | None) -> None:
        """Raise `Refusal` (422) for an address that is not called."""
        if url is None:
            return
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, UnicodeError):
            raise Refusal(422, "Invalid webhook: not a URL.") from None
        if parsed.scheme not in ("http", "https") or not parsed.host or len(url) > _LONGEST:
            raise Refusal(422, "Invalid webhook: an http or https URL with a host is needed.")
        if not self._lists(parsed.host.lower()):
            hint = 'List it in langgraph.json: "webhooks": {"url": {"allowed_domains": [...]}}.'
            raise Refusal(422, f"Webhook host not allowed: {parsed.host}. {hint}")

    def call(self, url: str, run: JsonObject, values: Any) -> None:
        """Post a run that has ended, with the values of its thread; a failure is logged."""
        body = dumps({**run, "values": values, "webhook_sent_at": now()})
        task = asyncio.create_task(self._post(url, body))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def close(self) -> None:
        """Give up the calls that are on their way."""
        for task in tuple(self._calls):
            task.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    def _lists(self, host: str) -> bool:
        return host in (*_LOOPBACK, *self._hosts) or any(
            listed.startswith("*.") and host.endswith(listed[1:]) for listed in self._hosts
        )

    async def _post(self, url: str, body: bytes) -> None:
        headers = {"content-type": "application/json"}
        try:
            async with (
                httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client,
                client.stream("POST", url, content=body, headers=headers) as response,
            ):
                response.raise_for_status()
        except (httpx.HTTPError, OSError) as error:
            _log.warning("webhook of a run: %s: %s", type(error).__name__, error)
