"""Routes and middleware of a project."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from langgraph_sdk import get_client

app = FastAPI(openapi_url=None)
_received: list[Any] = []


@app.middleware("http")
async def mark(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    """Answer instead of the API if asked to, and mark each response."""
    if "interrupt" in request.query_params:
        return JSONResponse({"status": "interrupted"})
    response = await call(request)
    response.headers["x-js-middleware"] = "true"
    return response


@app.get("/custom/client")
async def client() -> Any:
    """Run a graph with the client of this process."""
    given: Any = {"messages": [{"role": "human", "content": "input"}]}
    return {"result": await get_client().runs.wait(None, "agent_simple", input=given)}


@app.get("/custom/my-route")
async def route(request: Request) -> Response:
    """Return a header of the request."""
    return JSONResponse(
        {"foo": "bar"}, headers={"x-custom-output": request.headers["x-custom-input"]}
    )


@app.get("/runs/afakeroute")
async def fake() -> Any:
    """Stand beside the routes of the API."""
    return {"foo": "afakeroute"}


@app.get("/custom/error")
async def fail() -> Any:
    """Refuse."""
    raise HTTPException(400, "Bad request")


@app.get("/custom/streaming")
async def stream() -> Response:
    """Stream four lines."""

    async def lines() -> AsyncIterator[str]:
        for number in range(4):
            yield f"Count: {number}\n"
            await asyncio.sleep(0.01)

    return StreamingResponse(lines())


@app.post("/custom/webhook")
async def webhook(request: Request) -> Any:
    """Keep what was sent."""
    _received[:] = [await request.json()]
    return {"status": "success"}


@app.get("/custom/webhook-payload")
async def payload() -> Any:
    """Return what was sent."""
    return _received[0] if _received else {}
