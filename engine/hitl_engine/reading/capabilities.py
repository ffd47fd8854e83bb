"""What a server can do, as far as it tells: from its flags and its OpenAPI document. Pure functions.

A server without the document counts as one that can do everything. What it then refuses is
remembered in the `Capabilities` of its client, and not asked for again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from hitl_engine.model import Capability, Lack
from hitl_engine.reading.wire import WireInfo

LARGEST_PAGE = 1000
"""The most that langgraph-api gives at once."""
SMALL_PAGE = 100
"""For servers that refuse more, and do not tell how many they give."""
TOKENS = "messages-tuple"
"""The stream mode for what models write while they write it."""
GoesOn: TypeAlias = Literal["with nothing", "with a checkpoint", "never"]
_IGNORE_OTHER_RUNS = frozenset({"Aegra"})
"""Servers, by their name in `GET /info`, that accept `multitask_strategy` and ignore it.

No document tells this, and it cannot be tried without starting runs.
"""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one server can do."""

    thread_page: int = LARGEST_PAGE
    """The largest page of threads that it gives."""
    assistant_page: int = LARGEST_PAGE
    selects_fields: bool = True
    """Whether a search can name the fields of its rows."""
    counts_threads: bool = True
    lists_questions: bool = True
    """Whether the rows of threads contain their interrupts, and their status tells of breakpoints."""
    tells_requests: bool = True
    """Whether runs can be read back with the metadata and the breakpoints that they were sent with."""
    keeps_reviewers_apart: bool = True
    """Whether it refuses a run while another one is under way on the thread."""
    takes_configs: bool = True
    """Whether the checkpoint before which a history begins is given as a config, not as an id."""
    streams_tokens: bool = True
    """Whether a run can stream what models write while they write it."""
    streams_printed: bool = False
    """Whether the events of a run can have what its nodes printed: only our own server can."""
    silence: float = 60.0
    """Seconds without a byte after which a stream counts as broken."""
    goes_on: GoesOn | None = None
    """What a run must contain that goes on without an input; None: not tried yet."""

    def with_less(self) -> "Iterator[Capabilities]":
        """Yield itself, and then what a server may have that refuses a search: fewer abilities each."""
        yield self
        if self.selects_fields:
            yield replace(self, selects_fields=False)
        if self.thread_page > SMALL_PAGE:
            smaller = replace(self, thread_page=SMALL_PAGE)
            yield smaller
            if self.selects_fields:
                yield replace(smaller, selects_fields=False)

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """What a person should know that the server cannot do."""
        missing = (
            (self.keeps_reviewers_apart, Capability.KEEP_REVIEWERS_APART),
            (self.tells_requests, Capability.TELL_BREAKPOINTS),
            (self.lists_questions, Capability.LIST_QUESTIONS),
        )
        return tuple(Lack(each, _REASONS[each]) for has, each in missing if not has)


_REASONS = {
    Capability.KEEP_REVIEWERS_APART: (
        "This server starts a run although another one is under way on the thread: if two people "
        "answer at the same moment, the node runs for both answers."
    ),
    Capability.TELL_BREAKPOINTS: (
        "This server does not tell with which breakpoints another client started a run, so a step "
        "or an answer can go past them."
    ),
    Capability.LIST_QUESTIONS: (
        "The list of threads of this server does not tell what waits, so the state of each thread "
        "is read: the newest first, which takes a while where there are many."
    ),
}


def capabilities_of(info: WireInfo, document: Mapping[str, Any]) -> Capabilities:
    """Return what a server can do. `document`: its OpenAPI document, empty if it has none."""
    searched = _request_fields(document, "/threads/search", "post")
    return Capabilities(
        thread_page=_maximum(document, searched),
        assistant_page=_maximum(document, _request_fields(document, "/assistants/search", "post")),
        selects_fields=not searched or "select" in searched,
        counts_threads=not document.get("paths") or "/threads/count" in document["paths"],
        lists_questions=_replies_with(document, "/threads/{thread_id}", {"interrupts"}),
        tells_requests=_replies_with(
            document, "/threads/{thread_id}/runs/{run_id}", {"kwargs", "metadata"}
        ),
        keeps_reviewers_apart=info.name not in _IGNORE_OTHER_RUNS,
        streams_tokens=TOKENS in (_stream_modes(document) or {TOKENS}),
    )


def _stream_modes(document: Mapping[str, Any]) -> set[str]:
    """Return the modes in which a run can be streamed; none if they are not described."""
    fields = _request_fields(document, "/threads/{thread_id}/runs/stream", "post")
    found: set[str] = set()
    for each in _alternatives(document, fields.get("stream_mode")):
        for schema in (each, *_alternatives(document, each.get("items"))):
            named = schema.get("enum")
            found.update(map(str, named if isinstance(named, list) else []))
    return found


def _maximum(document: Mapping[str, Any], fields: Mapping[str, Any]) -> int:
    """Return the largest `limit` of a search."""
    found = [
        int(each["maximum"])
        for each in _alternatives(document, fields.get("limit"))
        if isinstance(each.get("maximum"), int | float) and each["maximum"] >= 1
    ]
    return min([LARGEST_PAGE, *found])


def _replies_with(document: Mapping[str, Any], path: str, names: set[str]) -> bool:
    """Whether the reply of a GET has these fields, or is not described."""
    responses = _at(document, "paths", path, "get", "responses", "200")
    fields = _fields(document, _at(responses, "content", "application/json", "schema"))
    return not fields or names <= fields.keys()


def _request_fields(document: Mapping[str, Any], path: str, method: str) -> Mapping[str, Any]:
    body = _at(document, "paths", path, method, "requestBody")
    return _fields(document, _at(body, "content", "application/json", "schema"))


def _fields(document: Mapping[str, Any], schema: Any) -> Mapping[str, Any]:
    """Return the fields of an object, by name; none if it is not described as one."""
    found: dict[str, Any] = {}
    for each in _alternatives(document, schema):
        found |= _at(each, "properties")
    return found


def _alternatives(document: Mapping[str, Any], schema: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the schemas that a schema may stand for, with references followed once."""
    options = schema.get("anyOf", [schema]) if isinstance(schema, Mapping) else []
    for option in options if isinstance(options, list) else []:
        reference = option.get("$ref") if isinstance(option, Mapping) else None
        if isinstance(reference, str):
            yield _at(document, *reference.removeprefix("#/").split("/"))
        elif isinstance(option, Mapping):
            yield option


def _at(value: Any, *keys: str) -> Mapping[str, Any]:
    """Return the object under these keys; an empty one if there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
