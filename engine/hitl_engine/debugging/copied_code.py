"""What would be sent to a thread, what a run was sent with, or a search, as code."""

from collections.abc import Mapping

from hitl_engine.debugging.code_writing import Call, code_of
from hitl_engine.deciding.decider import Decider
from hitl_engine.errors import NotTaken, NotThere
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import CodeLanguage, JsonObject, JsonValue, ThreadFilter, ThreadStatus
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.thread_pages import query_of
from hitl_engine.reading.wire import WireRun

ANSWER = "YOUR ANSWER"
"""What the code has in place of an answer that was not given."""
_SENT = ("input", "command", "checkpoint", "checkpoint_id")
_SETTINGS = ("config", "context", "interrupt_before", "interrupt_after")
_OF_SERVER = ("__", "langgraph_")
_FOR_RUN = frozenset({"thread_id", "run_id", "assistant_id", "graph_id", "user-agent", "user_id"})


class CopiedCode:
    """Writes code for the server in use. Methods raise NotThere, TargetError."""

    def __init__(self, session: ServerSession, decider: Decider) -> None:
        self._session = session
        self._decider = decider

    async def of_thread(
        self,
        thread_id: str,
        language: CodeLanguage,
        answers: Mapping[str, JsonValue] | None = None,
    ) -> str:
        """Return the code of the run that answers what waits on a thread, or steps on.

        `answers`: interrupt id -> answer; for others `ANSWER` is written. Raises NotTaken where
        nothing waits.
        """
        now, last = await self._session.reader.with_last_run(thread_id)
        request = await self._decider.continuing_request(
            last, thread_id, now.graph_id, strict=False
        )
        request.pop("metadata", None)
        about, sent = await self._going_on(now, answers or {})
        return self._code(self._run(thread_id, {**request, **sent}, about), language)

    async def of_run(self, thread_id: str, run_id: str, language: CodeLanguage) -> str:
        """Return the code of a run that was sent before, as far as the server tells it."""
        run = await self._session.api.run(thread_id, run_id)
        tells = self._session.api.can.tells_requests
        if not (tells or any(run.kwargs.get(name) for name in _SENT)):
            raise NotThere("The server does not tell what this run was sent with.")
        request: JsonObject = {"assistant_id": run.assistant_id, **_sent_with(run)}
        return self._code(self._run(thread_id, request, "Sends this run again."), language)

    def of_update(
        self,
        thread_id: str,
        values: JsonValue,
        language: CodeLanguage,
        *,
        as_node: str = "",
        checkpoint_id: str = "",
    ) -> str:
        """Return the code that writes into the state of a thread; at a checkpoint, as a branch."""
        body: JsonObject = {"values": values}
        if as_node:
            body["as_node"] = as_node
        if checkpoint_id:
            body["checkpoint_id"] = checkpoint_id
        call = Call(
            "Writes into the state of a thread.",
            "threads.update_state",
            f"/threads/{thread_id}/state",
            (thread_id,),
            body,
        )
        return self._code(call, language)

    async def of_fork(self, thread_id: str, checkpoint_id: str, language: CodeLanguage) -> str:
        """Return the code that runs a thread again from a checkpoint, as a branch."""
        now, last = await self._session.reader.with_last_run(thread_id)
        request = await self._decider.continuing_request(
            last, thread_id, now.graph_id, strict=False
        )
        request.pop("metadata", None)
        about = "Runs the thread again from a checkpoint, as a branch."
        return self._code(
            self._run(thread_id, {**request, "checkpoint_id": checkpoint_id}, about), language
        )

    def of_search(self, filter: ThreadFilter, limit: int, language: CodeLanguage) -> str:
        """Return the code that lists threads, last changed first."""
        body: JsonObject = {
            **query_of(filter),
            "limit": min(limit, self._session.api.can.thread_page),
            "sort_by": "updated_at",
            "sort_order": "desc",
        }
        call = Call(
            "Lists threads, last changed first.", "threads.search", "/threads/search", (), body
        )
        return self._code(call, language)

    async def _going_on(
        self, now: Snapshot, answers: Mapping[str, JsonValue]
    ) -> tuple[str, JsonObject]:
        if now.status is ThreadStatus.BUSY:
            raise NotTaken("A run is in progress on this thread.", hint="Wait for its end.")
        if now.interrupts:
            resume: JsonObject = {
                asked.interrupt_id: answers.get(asked.interrupt_id, ANSWER)
                for asked in now.interrupts
            }
            return "Answers what waits on the thread.", {"command": {"resume": resume}}
        if now.stop is None:
            raise NotTaken(
                "Nothing waits on this thread.",
                hint="Name a run of it, to copy what that was sent with.",
            )
        about = "Steps on to the next stop, or to the end."
        if await self._session.api.goes_on() == "with a checkpoint":
            return about, {"checkpoint_id": now.checkpoint_id}
        return about, {}

    def _run(self, thread_id: str, request: JsonObject, about: str) -> Call:
        assistant = str(request["assistant_id"])
        body = {name: value for name, value in request.items() if name != "assistant_id"}
        return Call(
            about,
            "runs.wait",
            f"/threads/{thread_id}/runs/wait",
            (thread_id, assistant),
            {**body, "multitask_strategy": "reject"},
            place_in_body="assistant_id",
        )

    def _code(self, call: Call, language: CodeLanguage) -> str:
        return code_of(call, language, self._session.api.url, self._session.header_variables)


def _sent_with(run: WireRun) -> JsonObject:
    """Return what a run was sent with, without what its server added."""
    found: JsonObject = {
        name: run.kwargs[name]
        for name in (*_SENT, *_SETTINGS)
        if run.kwargs.get(name) not in (None, [], {})
    }
    config = found.pop("config", None)
    if isinstance(config, dict):
        configurable = config.get("configurable")
        own = {
            key: value
            for key, value in (configurable if isinstance(configurable, dict) else {}).items()
            if key not in _FOR_RUN and not key.startswith(_OF_SERVER)
        }
        if own and "context" not in found:
            found["config"] = {"configurable": own}
    return found
