"""A story as a server that only reads: the Server API over a file, in this process.

Every reader of threads works on a story as on a server. Each act has one checkpoint, with the state
after it; what else a server could tell is not in a story.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

import httpx

from hitl_engine.debugging.story_file import act_document
from hitl_engine.model import JsonObject, JsonValue, Started, Story, StoryStep

_NAMES = UUID("3b0d8c5e-6c1f-4f4e-9d0b-5a2c8a1e7f60")
_SOURCES = {"update": "update", "copy": "fork"}
_Reply = JsonValue | list[JsonObject]


class StoryServer(httpx.AsyncBaseTransport):
    """Replies to what a client reads of the thread of a story, and refuses everything else."""

    def __init__(self, story: Story, read_only: str) -> None:
        """`read_only` tells a person why nothing can be changed."""
        self._story = story
        self._read_only = read_only
        self._states = list(_states(story))[::-1]
        """Newest first."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Reply to one request."""
        body = await request.aread()
        given = json.loads(body) if body else {}
        status, reply = self._reply(request.method, request.url, given)
        return httpx.Response(status, json=reply, request=request)

    def _reply(self, method: str, url: httpx.URL, given: Any) -> tuple[int, _Reply]:
        thread = f"/threads/{self._story.thread_id}"
        replies: dict[tuple[str, str], Callable[[], _Reply]] = {
            ("GET", "/info"): self._info,
            ("GET", "/openapi.json"): dict,
            ("POST", "/assistants/search"): list,
            ("POST", "/threads/search"): lambda: [] if given.get("offset") else [self._row],
            ("POST", "/threads/count"): lambda: 1,
            ("GET", thread): lambda: self._row,
            ("GET", f"{thread}/state"): lambda: self._states[0],
            ("POST", f"{thread}/history"): lambda: self._history(given),
            ("GET", f"{thread}/runs"): list,
        }
        if reply := replies.get((method, url.path)):
            return 200, reply()
        if (method, url.path) == ("POST", f"{thread}/state/checkpoint"):
            return self._found(given["checkpoint"]["checkpoint_id"])
        if method == "GET" and url.path.startswith(f"{thread}/state/"):
            return self._found(url.path.rpartition("/")[2])
        drawing = self._story.drawing
        if method == "GET" and url.path.endswith("/graph") and drawing is not None:
            return 200, drawing.opened if url.params.get("xray") else drawing.closed
        if method == "GET":
            return 404, {"detail": "The story does not tell this."}
        return 405, {"detail": self._read_only}

    def _info(self) -> JsonObject:
        return {"version": "", "flags": {"derived_status": True}, "read_only": self._read_only}

    @property
    def _row(self) -> JsonObject:
        newest, saved = self._states[0], self._story.saved_at.isoformat()
        return {
            "thread_id": self._story.thread_id,
            "status": "idle",
            "created_at": self._states[-1]["created_at"],
            "updated_at": saved,
            "state_updated_at": newest["created_at"],
            "metadata": {"graph_id": self._story.graph_id},
            "values": newest["values"],
            "interrupts": {},
        }

    def _found(self, checkpoint_id: str) -> tuple[int, _Reply]:
        for state in self._states:
            if state["checkpoint_id"] == checkpoint_id:
                return 200, state
        return 404, {"detail": "The story has no such checkpoint."}

    def _history(self, given: Mapping[str, Any]) -> list[JsonObject]:
        states = self._states
        if before := given.get("before"):
            if isinstance(before, dict):
                before = before.get("configurable", {}).get("checkpoint_id")
            ids = [state["checkpoint_id"] for state in states]
            states = states[ids.index(before) + 1 :] if before in ids else []
        return states[: given.get("limit", 1)]


def _states(story: Story) -> Iterator[JsonObject]:
    """Yield the state after each act whose story tells it, oldest first, as the Server API has it."""
    told = [(number, step) for number, step in enumerate(story.steps, 1) if step.after is not None]
    for place, (number, step) in enumerate(told):
        begins_after = step.begins_at.step if step.begins_at is not None else number - 1
        parents = [each for each, _ in told if each <= begins_after]
        following = told[place + 1][1] if place + 1 < len(told) else None
        yield _state(story, number, parents[-1] if parents else 0, following)


def _state(story: Story, number: int, parent: int, following: StoryStep | None) -> JsonObject:
    """Return a state. What was given with the act that follows it is the result of a task here."""
    step = story.steps[number - 1]
    act = act_document(step.act)
    after = dict(step.after or {})
    source = _SOURCES.get(str(act["act"]), "fork" if step.begins_at is not None else "loop")
    tasks: list[JsonValue] = list(_tasks(number, after))
    if not parent and isinstance(step.act, Started):
        source = "input"
        tasks.append({"id": f"{number}", "name": "__start__", "result": step.act.input})
    if following is not None and following.begins_at is None:
        given = act_document(following.act)
        tasks.append({"id": f"{number}", "name": given["act"], "result": _given(given)})
    checkpoint_id = _checkpoint_id(story, number)
    return {
        "values": after.get("values"),
        "next": after.get("next") or [],
        "tasks": tasks,
        "checkpoint_id": checkpoint_id,
        "checkpoint": {"checkpoint_id": checkpoint_id, "checkpoint_ns": ""},
        "parent_checkpoint": (
            {"checkpoint_id": _checkpoint_id(story, parent), "checkpoint_ns": ""}
            if parent
            else None
        ),
        "created_at": (step.at or story.saved_at).isoformat(),
        "metadata": {"source": source, "step": number, "graph_id": story.graph_id},
    }


def _tasks(number: int, after: JsonObject) -> Iterator[JsonObject]:
    waiting, failed, following = (after.get(key) or [] for key in ("waiting", "failed", "next"))
    names = set()
    for each in waiting if isinstance(waiting, list) else []:
        if isinstance(each, dict):
            place = f"{number}: {each.get('node')} {each.get('ordinal')}"
            asked: JsonObject = {"id": uuid5(_NAMES, place).hex, "value": each.get("payload")}
            names.add(each.get("node"))
            yield {"id": place, "name": each.get("node"), "interrupts": [asked]}
    for each in failed if isinstance(failed, list) else []:
        if isinstance(each, dict):
            names.add(each.get("node"))
            yield {"id": f"{number}: {each.get('node')} failed", "name": each.get("node"), **each}
    for node in following if isinstance(following, list) else []:
        if node not in names:
            yield {"id": f"{number}: {node}", "name": node}


def _given(act: JsonObject) -> JsonValue:
    """Return what was given with an act, as it is shown on a line."""
    match act:
        case {"act": "answer", "answers": [*answers]}:
            return {str(each["node"]): each["value"] for each in answers if isinstance(each, dict)}
        case {"act": "start", "input": given} | {"act": "update", "values": given}:
            return given
        case {"act": "command", "goto": goto, "update": update}:
            sent: JsonObject = {"goto": goto, "update": update}
            return {name: value for name, value in sent.items() if value is not None}
        case _:
            return {}


def _checkpoint_id(story: Story, number: int) -> str:
    """Return an id that orders as the steps do."""
    named = uuid5(_NAMES, f"{story.thread_id} {number}")
    return str(UUID(int=(number << 96) | (named.int & ((1 << 96) - 1))))
