"""What a server can do, from its OpenAPI document; and what it refuses is remembered."""

import json
from typing import Any

import httpx
import pytest

from hitl_engine.errors import ServerRefused
from hitl_engine.model import Capability
from hitl_engine.reading.capabilities import Capabilities, capabilities_of
from hitl_engine.reading.client import LangGraphServer
from hitl_engine.reading.thread_list import ThreadList
from hitl_engine.reading.wire import WireInfo


def body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def document(limit: dict[str, Any], thread: list[str]) -> dict[str, Any]:
    """An OpenAPI document with a search for threads, and a thread with these fields."""
    return {
        "paths": {
            "/threads/search": {
                "post": {"requestBody": body({"$ref": "#/components/schemas/Search"})}
            },
            "/threads/{thread_id}": {
                "get": {"responses": {"200": body({"$ref": "#/components/schemas/Thread"})}}
            },
        },
        "components": {
            "schemas": {
                "Search": {"properties": {"limit": limit}},
                "Thread": {"properties": {name: {} for name in thread}},
            }
        },
    }


@pytest.mark.parametrize(
    ("limit", "page"),
    [
        ({"type": "integer", "maximum": 50}, 50),
        ({"anyOf": [{"type": "integer", "maximum": 100.0}, {"type": "null"}]}, 100),
        ({"type": "integer", "maximum": 10_000}, 1000),
        ({"type": "integer"}, 1000),
        ({"maximum": "many"}, 1000),
    ],
)
def test_pages_fit(limit: dict[str, Any], page: int) -> None:
    assert capabilities_of(WireInfo(), document(limit, [])).thread_page == page


@pytest.mark.parametrize(
    ("modes", "streams"),
    [
        ({"enum": ["values", "messages-tuple"]}, True),
        ({"anyOf": [{"type": "array", "items": {"enum": ["values", "tasks"]}}]}, False),
        ({"anyOf": [{"items": {"enum": ["messages-tuple"]}}, {"enum": ["values"]}]}, True),
        ({"type": "string"}, True),
    ],
)
def test_tokens_are_streamed_where_the_server_has_the_mode(
    modes: dict[str, Any], streams: bool
) -> None:
    stream = {"requestBody": body({"properties": {"stream_mode": modes}})}
    described = {"paths": {"/threads/{thread_id}/runs/stream": {"post": stream}}}
    assert capabilities_of(WireInfo(), described).streams_tokens is streams


def test_a_server_without_a_description_can_do_everything() -> None:
    assert capabilities_of(WireInfo(), {}) == Capabilities()
    assert Capabilities().lacks == ()


@pytest.mark.parametrize("odd", [{"paths": {}}, {"paths": []}, {"paths": {"/threads/search": 1}}])
def test_an_odd_description_is_survived(odd: dict[str, Any]) -> None:
    assert capabilities_of(WireInfo(), odd).lists_questions


def test_what_the_description_leaves_out_is_lacking() -> None:
    can = capabilities_of(WireInfo(name="Aegra"), document({}, ["thread_id", "status"]))
    assert not (can.selects_fields or can.counts_threads or can.lists_questions)
    assert can.tells_requests, "the document does not describe runs"
    assert [lack.capability for lack in can.lacks] == [
        Capability.KEEP_REVIEWERS_APART,
        Capability.LIST_QUESTIONS,
    ]


class Refusing:
    """A server that answers searches if they ask for no more than it gives."""

    def __init__(self, *, most: int, selects: bool) -> None:
        self.most = most
        self.selects = selects
        self.requests: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request.url.path)
        if request.url.path != "/threads/search":
            return httpx.Response(405, json={"detail": "Method Not Allowed"})
        search = json.loads(request.content)
        taken = search["limit"] <= self.most and ("select" not in search or self.selects)
        return httpx.Response(200 if taken else 422, json=[] if taken else {"detail": "no"})


@pytest.mark.parametrize("most", [100, 1000])
@pytest.mark.parametrize("selects", [True, False])
async def test_what_is_refused_is_not_asked_for_again(most: int, selects: bool) -> None:
    refusing = Refusing(most=most, selects=selects)
    api = LangGraphServer("http://host", headers={}, transport=httpx.MockTransport(refusing))
    threads = ThreadList(api, rows_hold_state=False)
    await threads.everything()
    assert (api.can.thread_page, api.can.selects_fields) == (most, selects)
    refusing.requests.clear()
    await threads.changed()
    assert len(refusing.requests) == 1
    for _ in range(2):
        with pytest.raises(ServerRefused):
            await threads.count()
    assert refusing.requests.count("/threads/count") == 1
    await api.aclose()
