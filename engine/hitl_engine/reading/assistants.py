"""The assistants of a server and their versions."""

from collections.abc import Callable

from hitl_engine.model import Assistant
from hitl_engine.reading.client import LangGraphServer
from hitl_engine.reading.wire import WireAssistant


class Assistants:
    """Reads assistants. Methods raise TargetError."""

    def __init__(self, api: Callable[[], LangGraphServer]) -> None:
        self._api = api

    async def all(self) -> tuple[Assistant, ...]:
        """Return up to 1,000 assistants, by graph and name, each in its latest version."""
        found = map(_assistant, await self._api().assistants())
        return tuple(sorted(found, key=lambda each: (each.graph_id, each.name, each.assistant_id)))

    async def versions(self, assistant_id: str) -> tuple[Assistant, ...]:
        """Return the newest 100 versions of an assistant, newest first. Raises NotThere."""
        return tuple(map(_assistant, await self._api().assistant_versions(assistant_id)))


def _assistant(wire: WireAssistant) -> Assistant:
    return Assistant(
        wire.assistant_id,
        wire.graph_id,
        wire.name or wire.graph_id,
        wire.description,
        wire.version,
        wire.config,
        wire.context,
        wire.metadata or {},
        wire.updated_at or wire.created_at,
    )
