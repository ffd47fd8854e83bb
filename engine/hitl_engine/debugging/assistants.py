"""The assistants of a server and their versions: looked at, and another version chosen."""

from hitl_engine.debugging.recorded import recorded
from hitl_engine.errors import BadInput, NotThere, ServerRefused
from hitl_engine.journal.decisions import DecisionLog, Intent
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import Assistant, JsonObject, Outcome
from hitl_engine.reading.wire import WireAssistant

_HAS_NO_SUCH_REQUEST = (404, 405, 501)


class Assistants:
    """The assistants of one server. Methods raise TargetError."""

    def __init__(self, session: ServerSession, log: DecisionLog) -> None:
        self._session = session
        self._log = log

    async def all(self) -> tuple[Assistant, ...]:
        """Return up to 1,000 assistants, by graph and name, each in its latest version."""
        found = map(_assistant, await self._session.api.assistants())
        return tuple(sorted(found, key=lambda each: (each.graph_id, each.name, each.assistant_id)))

    async def versions(self, assistant_id: str) -> tuple[Assistant, ...]:
        """Return the newest 100 versions of an assistant, newest first. Raises NotThere."""
        return tuple(map(_assistant, await self._session.api.assistant_versions(assistant_id)))

    async def schemas(self, assistant_id: str) -> JsonObject:
        """Return the JSON Schemas of an assistant that its server gives.

        Their names are `input`, `output`, `state`, `config` and `context`. Raises NotThere.
        """
        found = await self._session.api.schemas(assistant_id)
        schemas: dict[str, JsonObject | None] = {
            "input": found.input_schema,
            "output": found.output_schema,
            "state": found.state_schema,
            "config": found.config_schema,
            "context": found.context_schema,
        }
        return {name: schema for name, schema in schemas.items() if schema is not None}

    async def make_latest(self, assistant_id: str, version: int) -> Outcome:
        """Make a version the latest, with which runs start from then on.

        Raises BadInput for a version that the assistant does not have, ServerRefused where a server
        cannot choose one, and NotThere, JournalFailed.
        """
        async with self._session.keep_running():
            versions = await self.versions(assistant_id)
            chosen = next((each for each in versions if each.version == version), None)
            if chosen is None:
                raise BadInput(
                    f"The assistant has no version {version} among its newest {len(versions)}.",
                    kept="Nothing was changed.",
                )
            done = f"Version {version} is the latest now."

            async def send() -> str:
                await self._send_choice(assistant_id, version)
                return done

            async def was_done() -> str | None:
                now = {each.assistant_id: each.version for each in await self.all()}
                return done if now.get(assistant_id) == version else None

            intent = Intent(
                event="assistant",
                server=self._session.server.label,
                graph_id=chosen.graph_id,
                thread_id="",
                decision=f"make version {version} of {chosen.name} the latest",
                answer={"assistant_id": assistant_id, "version": version},
            )
            return await recorded(self._log, intent, send, was_done)

    async def _send_choice(self, assistant_id: str, version: int) -> None:
        try:
            await self._session.api.set_latest_version(assistant_id, version)
        except (NotThere, ServerRefused) as error:
            if getattr(error, "status", 404) not in _HAS_NO_SUCH_REQUEST:
                raise
            raise ServerRefused(
                "This server cannot make an older version the latest.", status=404
            ) from error


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
