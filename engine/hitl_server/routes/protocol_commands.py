"""The commands of the event protocol that start runs: `run.start` and `input.respond`.

Both become the body of an ordinary run, which is checked, authorized and started like that of any
other request: an answer that comes late is refused with 409, whatever form it has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from starlette.requests import HTTPConnection

from hitl_server.json_types import JsonObject
from hitl_server.policy.authorized_route import authorize
from hitl_server.refusals import Refusal
from hitl_server.request_models import ProtocolRunBody
from hitl_server.routes.run_start import start_run
from hitl_server.server_parts import ServerParts, parts_of

RUN_ROUTE = ("POST", "/threads/{thread_id}/runs")
"""The route whose rule decides whether a command may start a run."""

RUN_COMMANDS = ("run.start", "input.respond")
SOCKET_COMMANDS = (
    "agent.getTree",
    "subscription.subscribe",
    "subscription.unsubscribe",
    "subscription.reconnect",
)
"""Commands about the connection itself, which a single request does not have."""

_STRATEGIES = ("reject", "enqueue", "interrupt", "rollback")
_COMMAND = "Protocol commands must include an integer id and string method."


@dataclass(frozen=True, slots=True)
class Command:
    """A command as a client sent it."""

    id: int
    method: str
    params: JsonObject

    @classmethod
    def parse(cls, sent: Any) -> "Command":
        """Return the command. Raises `CommandFailed`."""
        given = sent if isinstance(sent, dict) else {}
        number, method, params = (given.get(name) for name in ("id", "method", "params"))
        if not isinstance(number, int) or isinstance(number, bool) or not isinstance(method, str):
            raise CommandFailed("invalid_argument", _COMMAND, status=400)
        return cls(number, method, params if isinstance(params, dict) else {})


class CommandFailed(Exception):
    """A command was not carried out; `code` is an `ErrorCode` of `langchain_protocol`.

    `status` is that of the HTTP response: 200 as with langgraph-api, but 409 for a refused answer.
    """

    def __init__(self, code: str, message: str, *, status: int = 200, **extra: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": code, "message": message, **extra}

    def response(self, command_id: int | None) -> JsonObject:
        """Return the response to the command with this id."""
        return {"type": "error", "id": command_id, **self.body}


def unknown_command(command: Command) -> CommandFailed:
    """Return the refusal of a command that does not exist."""
    return CommandFailed("unknown_command", f"Unknown protocol command: {command.method}")


def success(command: Command, result: JsonObject, applied_through: int) -> JsonObject:
    """Return the response to a command; events up to this number are older than its effect."""
    meta = {"applied_through_seq": applied_through}
    return {"type": "success", "id": command.id, "result": result, "meta": meta}


async def start_by_command(
    connection: HTTPConnection, thread_id: str, command: Command
) -> JsonObject:
    """Carry out `run.start` or `input.respond`; return the response. Raises `CommandFailed`."""
    parts = parts_of(connection)
    if command.method == "run.start":
        sent = _started(parts, thread_id, command.params)
    else:
        sent = _answered(parts, thread_id, command.params)
    applied_through = parts.run_queue.protocol_streams.open(thread_id).last_number
    try:
        authorization = await authorize(connection, *RUN_ROUTE, sent)
        allowed = sent if authorization.body is None else authorization.body
        body = ProtocolRunBody.model_validate(allowed)
        active = await start_run(connection, thread_id, body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise CommandFailed("invalid_argument", f"{place}: {first['msg']}") from None
    except Refusal as refusal:
        raise _refused(refusal, answers="command" in sent) from None
    result = {"run_id": active.run_id} if command.method == "run.start" else {}
    return success(command, result, applied_through)


def _started(parts: ServerParts, thread_id: str, params: JsonObject) -> JsonObject:
    """Return the body of `run.start`.

    As with langgraph-api, the input of a thread that asks is its answer, unless the run begins at
    an older checkpoint: then it is the input of a new branch.
    """
    if not isinstance(params.get("assistant_id"), str):
        raise CommandFailed("invalid_argument", "run.start requires an assistant_id.")
    strategy = params.get("multitaskStrategy")
    body = {
        "assistant_id": params["assistant_id"],
        "input": params.get("input"),
        **_settings(params),
        **({"multitask_strategy": strategy} if strategy in _STRATEGIES else {}),
    }
    if body["input"] is None or ProtocolRunBody.model_construct(**body).at_checkpoint is not None:
        return body
    waiting = parts.threads.waiting(thread_id)
    if waiting is None or not waiting[1]:
        return body
    return {**body, "input": None, "command": {"resume": body["input"]}}


def _answered(parts: ServerParts, thread_id: str, params: JsonObject) -> JsonObject:
    """Return the body of `input.respond`, which requires that its questions still wait."""
    answers = dict(_entries(params))
    metadata = parts.threads.metadata(thread_id) or {}
    if (assistant_id := metadata.get("assistant_id")) is None:
        raise CommandFailed("no_such_run", "No interrupted run is bound to this thread.")
    moves = {name: params[name] for name in ("update", "goto") if params.get(name) is not None}
    return {
        "assistant_id": assistant_id,
        "command": {"resume": answers, **moves},
        "preconditions": {"interrupt_ids": list(answers)},
        **_settings(params),
    }


def _settings(params: JsonObject) -> JsonObject:
    given = {name: params.get(name) for name in ("config", "metadata")}
    return {
        **{name: value for name, value in given.items() if isinstance(value, dict)},
        "if_not_exists": "create",
        "stream_subgraphs": True,
        "stream_mode": ["values", "updates", "custom", "tasks", "checkpoints"],
    }


def _entries(params: JsonObject) -> Sequence[tuple[str, Any]]:
    """Return (interrupt id, answer) of a single response, or of each of several."""
    given = params.get("responses")
    responses = given if isinstance(given, list) else [params]
    if not responses:
        raise CommandFailed("invalid_argument", "input.respond requires at least one response.")
    entries = []
    for response in responses:
        if not isinstance(response, dict) or not isinstance(response.get("interrupt_id"), str):
            raise CommandFailed("invalid_argument", "input.respond requires an interrupt_id.")
        entries.append((response["interrupt_id"], response.get("response")))
    return entries


_LATE = (
    "Not taken: the question was answered before, or its thread has moved on. Nothing was run. "
    "Read the state of the thread again."
)
_BUSY = (
    "Not taken: another run of this thread is in progress. Nothing was run. "
    "Wait for its end, then read the state of the thread again."
)


def _refused(refusal: Refusal, *, answers: bool) -> CommandFailed:
    """Return a refused run as the error of a command."""
    if refusal.status == 409 and "four_eyes" in refusal.body:
        recorded = refusal.body["four_eyes"]
        return CommandFailed("unknown_error", str(refusal), status=409, four_eyes=recorded)
    if refusal.status == 409 and answers:
        late = "current" in refusal.body
        return CommandFailed("no_such_interrupt", _LATE if late else _BUSY, status=409)
    if refusal.status == 409:
        return CommandFailed("unknown_error", str(refusal), status=409)
    code = "permission_denied" if refusal.status in (401, 403) else "unknown_error"
    return CommandFailed(code, f"{refusal.status}: {refusal}")
