"""Webhooks: a POST at the end of a run, only to hosts that the operator permits."""

import asyncio
import logging
from typing import Any

import httpx

from hitl_server.json_encoding import dumps, now
from hitl_server.json_types import JsonObject
from hitl_server.project.http_settings import WebhookRules
from hitl_server.project_code import calling_project
from hitl_server.refusals import Refusal

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_TIMEOUT = 10.0
_log = logging.getLogger(__name__)


class Webhooks:
    """Calls the hosts in `langgraph.json`, as its rules permit.

    Every client that may start a run can name a URL. Without a list, it could make this server send
    requests to any host in its network, and to any port of this machine.
    """

    def __init__(self, rules: WebhookRules) -> None:
        self._rules = rules
        self._calls: set[asyncio.Task[None]] = set()

    def check(self, url: str | None) -> None:
        """Raise `Refusal` (422) for a URL that must not be called."""
        if url is None:
            return
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, UnicodeError):
            raise Refusal(422, "Invalid webhook: not a URL.") from None
        long = len(url) > self._rules.max_length
        if parsed.scheme not in ("http", "https") or not parsed.host or long:
            raise Refusal(422, "Invalid webhook: it must be an http or https URL with a host.")
        port = parsed.port or (443 if parsed.scheme == "https" else 80)
        if self._rules.require_https and parsed.scheme != "https":
            raise Refusal(422, "Webhook not allowed: langgraph.json requires https.")
        if self._rules.ports and port not in self._rules.ports:
            raise Refusal(422, f"Webhook port not allowed: {port}.")
        if not self._is_permitted(parsed.host.lower()):
            hint = 'List it in langgraph.json: "webhooks": {"url": {"allowed_domains": [...]}}.'
            raise Refusal(422, f"Webhook host not allowed: {parsed.host}. {hint}")

    def call(self, url: str, run: JsonObject, values: Any) -> None:
        """Post a run that has ended, with the values of its thread. Failures are logged."""
        if not self._rules.sent:
            return
        try:
            with calling_project():
                body = dumps({**run, "values": values, "webhook_sent_at": now()})
        except Exception as error:  # noqa: BLE001  values of the project may raise anything
            _log.warning("webhook of a run: its values have no JSON: %s", error)
            return
        task = asyncio.create_task(self._post(url, body))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def close(self) -> None:
        """Cancel the calls that have not ended."""
        for task in tuple(self._calls):
            task.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    def _is_permitted(self, host: str) -> bool:
        if host in _LOOPBACK and not self._rules.loopback:
            return False
        return host in self._rules.hosts or any(
            listed.startswith("*.") and host.endswith(listed[1:]) for listed in self._rules.hosts
        )

    async def _post(self, url: str, body: bytes) -> None:
        headers = {"content-type": "application/json"}
        try:
            async with (
                httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client,
                client.stream("POST", url, content=body, headers=headers) as response,
            ):
                response.raise_for_status()
        except (httpx.HTTPError, OSError) as error:
            _log.warning("webhook of a run: %s: %s", type(error).__name__, error)
