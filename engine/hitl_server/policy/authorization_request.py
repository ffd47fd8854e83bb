"""What a rule works with: a request that needs permission, and the handlers that can give it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from hitl_server.identity.callers import Caller
from hitl_server.identity.project_auth import ProjectAuth
from hitl_server.json_types import JsonObject
from hitl_server.metadata_filter import Filter, matches
from hitl_server.policy.authorization import Authorization
from hitl_server.refusals import Refusal, checked_id, invalid_json
from hitl_server.server_parts import ServerParts

NotFound: TypeAlias = Callable[[str], Refusal]
"""Makes the refusal for an id that does not exist, or not for this caller."""


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request of a caller who needs permission for it."""

    caller: Caller
    auth: ProjectAuth
    parts: ServerParts
    path_params: Mapping[str, str]
    query_params: Mapping[str, str]
    body: Any
    """The JSON body as the client sent it; None where there is none."""

    @property
    def thread_id(self) -> str:
        """The thread in the path. Raises `Refusal` (422) for what is no UUID."""
        return checked_id(self.path_params["thread_id"])

    @property
    def json_object(self) -> JsonObject:
        """The body, which must be an object. Raises `Refusal` (422)."""
        return as_object(self.body)

    async def ask(self, resource: str, action: str, value: JsonObject) -> Filter | None:
        """Ask the handlers, who may change `value`; return their filter. Raises `Refusal`."""
        return await self.auth.authorize(self.caller, resource, action, value)

    async def ask_about_thread(self, action: str, **value: Any) -> Filter | None:
        """Ask about the thread in the path. Raises `Refusal`."""
        return await self.ask("threads", action, {"thread_id": UUID(self.thread_id), **value})

    def require_thread(self, visible: Filter | None, not_found: NotFound) -> None:
        """Refuse if the thread in the path does not match the filter, or does not exist."""
        if visible and not matches(self.parts.threads.metadata(self.thread_id) or {}, visible):
            raise not_found(self.thread_id)


Rule: TypeAlias = Callable[[AuthorizationRequest], Awaitable[Authorization]]
"""Asks the handlers about one route. Raises `Refusal` where they do not permit it."""


def as_object(value: Any) -> JsonObject:
    """Return a JSON value that must be an object. Raises `Refusal` (422)."""
    if not isinstance(value, dict):
        raise invalid_json()
    return value


def object_in(body: JsonObject, name: str) -> JsonObject:
    """Return the object under a name; a new one for null or no value. Raises `Refusal` (422)."""
    found = body.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Refusal(422, f"{name}: Input should be a valid dictionary")
    return found
