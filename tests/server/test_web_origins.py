"""Web origins: pages of this machine and listed pages may use the server, others may not."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from tests.server.processes import ROOT, Served, running_server

HERE = "http://localhost:3000"
LISTED = "https://chat.example"
PATTERN = "https://b.example"
EVIL = ("https://evil.example", "null", "http://localhost.evil.example", "https://a.example.evil")


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of a project that lists permitted pages."""
    folder = tmp_path_factory.mktemp("pages")
    cors = {"allow_origins": [LISTED], "allow_origin_regex": r"https://\w\.example"}
    graphs = {"revise": f"{ROOT / 'sample_graphs' / 'revise.py'}:graph"}
    config = folder / "langgraph.json"
    config.write_text(json.dumps({"graphs": graphs, "http": {"cors": cors}}))
    with running_server(config, folder / "data") as served:
        yield served


@pytest.fixture
async def http(listing: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client of that server."""
    async with listing.client() as client:
        yield client


@pytest.mark.parametrize("origin", [HERE, "http://127.0.0.1:5173", LISTED, PATTERN])
async def test_a_permitted_page(http: httpx.AsyncClient, listing: Served, origin: str) -> None:
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-api-key,content-type",
    }
    async with httpx.AsyncClient(
        base_url=listing.url
    ) as stranger:  # a preflight request has no token
        preflight = await stranger.options("/threads", headers=asked)
        assert preflight.status_code == 200, preflight.text
        assert preflight.headers["access-control-allow-origin"] == origin
        assert "x-api-key" in preflight.headers["access-control-allow-headers"]
        assert (await stranger.get("/info", headers={"origin": origin})).status_code == 401
    made = await http.post("/threads", json={}, headers={"origin": origin})
    assert made.status_code == 200
    assert made.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize("origin", EVIL)
async def test_a_page_that_is_not_permitted(http: httpx.AsyncClient, origin: str) -> None:
    before = (await http.post("/threads/count", json={})).json()
    for content_type in ("application/json", "text/plain"):
        headers = {"origin": origin, "content-type": content_type}
        refused = await http.post("/threads", content="{}", headers=headers)
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers
    assert (await http.post("/threads/count", json={})).json() == before


async def test_a_client_without_an_origin(http: httpx.AsyncClient) -> None:
    assert (await http.post("/threads", json={})).status_code == 200


@pytest.mark.parametrize(
    "content_type", ["text/plain;charset=UTF-8", "application/x-www-form-urlencoded", None]
)
async def test_a_body_is_json_whatever_its_content_type(
    http: httpx.AsyncClient, content_type: str | None
) -> None:
    """LangChain's web front ends send `text/plain`, so that browsers ask for no permission."""
    headers = {"content-type": content_type} if content_type else {}

    async def post(path: str, body: Any) -> Any:
        reply = await http.post(path, content=json.dumps(body), headers=headers)
        assert reply.status_code == 200, (path, reply.text)
        return reply.json() if "event-stream" not in reply.headers["content-type"] else reply.text

    await post("/assistants/search", {"limit": 10, "metadata": {"created_by": "system"}})
    thread_id = (await post("/threads", {"metadata": {"graph_id": "revise"}}))["thread_id"]
    run = {"assistant_id": "revise", "input": {"some_text": "x"}}
    assert "__interrupt__" in await post(f"/threads/{thread_id}/runs/wait", run)
    streamed = await post(f"/threads/{thread_id}/runs/stream", run | {"stream_mode": ["debug"]})
    assert streamed.startswith("event: metadata")
    await post(f"/threads/{thread_id}/history", {"limit": 10})
    await post(f"/threads/{thread_id}/state", {"values": {"some_text": "by hand"}})
    await post("/store/items/search", {"namespace_prefix": []})
    refused = await http.post("/threads", content="{", headers=headers)
    assert (refused.status_code, refused.json()["detail"]) == (
        422,
        "Invalid JSON in request body",
    )
