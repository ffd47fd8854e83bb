"""`/info`, `/docs` and the OpenAPI document, and endpoints that are not implemented."""

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from hitl_server.routes.not_implemented import NOT_IMPLEMENTED
from tests.server.differences import ours
from tests.server.processes import Served


@pytest.fixture
def http(local_server: Served) -> Iterator[httpx.Client]:
    """A client of the server."""
    url, headers = local_server.url, local_server.headers
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        yield client


def test_the_openapi_document_describes_bodies_and_responses(http: httpx.Client) -> None:
    document = http.get("/openapi.json").json()
    assert document["openapi"].startswith("3.")
    search = document["paths"]["/threads/search"]["post"]
    name = search["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
    limit = document["components"]["schemas"][name]["properties"]["limit"]
    assert (limit["minimum"], limit["maximum"]) == (1, 1000)
    shown = search["responses"]["200"]["content"]["application/json"]["schema"]
    assert shown["items"]["$ref"].endswith("/Thread")
    for status in ("404", "409", "422"):
        refused = search["responses"][status]["content"]["application/json"]["schema"]
        assert refused["$ref"].endswith("/Detail")


def test_every_path_of_langgraph_dev_is_served_or_refused(
    http: httpx.Client, langgraph_dev: Served
) -> None:
    """Every path is served or listed as not implemented; other tests check the methods."""
    theirs = httpx.get(f"{langgraph_dev.url}/openapi.json").json()["paths"]
    known = set(http.get("/openapi.json").json()["paths"]) | {
        path for _, path, _ in NOT_IMPLEMENTED
    }
    missing = {path for path in theirs if path not in known and "runs" not in path}
    assert missing <= {"/docs", "/threads/{thread_id}/stream"}


def test_docs_load_nothing_from_other_servers(http: httpx.Client) -> None:
    reply = http.get("/docs")
    assert reply.headers["content-type"].startswith("text/html")
    assert reply.headers["content-security-policy"] == "default-src 'none'"
    assert re.findall(r"(?:src|href)=\"([^\"]*)", reply.text) == ["openapi.json"]
    listed = unescape(reply.text)
    for path, operations in http.get("/openapi.json").json()["paths"].items():
        for method, operation in operations.items():
            assert f"{method.upper()} {path}" in listed
            assert operation["description"] in listed


@pytest.mark.parametrize(("method", "path", "sentence"), NOT_IMPLEMENTED)
def test_missing_endpoints_return_501(
    local_server: Served, http: httpx.Client, method: str, path: str, sentence: str
) -> None:
    assert ours(local_server, "crons, A2A, MCP, metrics and storage")
    path = re.sub(r"\{\w+\}", "00000000-0000-0000-0000-000000000001", path)
    reply = http.request(method, path, json={} if method == "POST" else None)
    assert (reply.status_code, reply.json()) == (501, {"detail": sentence})
