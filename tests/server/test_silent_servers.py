"""A server that is silent, or a stream that never ends: a decision ends in bounded time."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from hitl_engine.desk import open_desk
from hitl_engine.model import Answer, JsonObject, OutcomeKind
from tests.any_server.proxy import Exchange, proxy_of
from tests.any_server.steps import ignore, questions_of, start
from tests.server.processes import Served, copied_project, running_server

_END = b"0\r\n\r\n"
_HEARTBEAT = b"f\r\n: heartbeat\r\n\r\n\r\n"


async def without_end(exchange: Exchange) -> None:
    """Relay a stream, and go on with heartbeats when it has ended."""
    reply, sent = await exchange.deliver(), b""
    while not sent.endswith(b"\r\n" + _END):
        sent += await reply.read(65536)
    exchange.client.write(sent.removesuffix(_END))
    while True:
        exchange.client.write(_HEARTBEAT)
        await exchange.client.drain()
        await asyncio.sleep(0.05)


async def test_a_stream_that_does_not_end_with_its_run(
    local_server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hitl_engine.deciding.run_sender._QUIET_SECONDS", 0.2)
    async with proxy_of(local_server) as proxy:
        url, headers = proxy.served.url, proxy.served.headers
        async with open_desk(url, data_dir=tmp_path, headers=headers) as desk:
            [question] = questions_of(desk, await start(desk, "revise", {"some_text": "a"}))
            proxy.runs.append(without_end)
            async with asyncio.timeout(20):
                outcome = await desk.decide(question, Answer("b"), ignore)
    assert outcome.kind is OutcomeKind.APPLIED, outcome
    assert outcome.thread is not None and outcome.thread.values == {"some_text": "b"}


async def test_a_server_that_is_stopped_while_the_node_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is known then; when it goes on, the outcome is found."""
    monkeypatch.setattr("hitl_engine.local.connection._SILENCE", 0.5)
    monkeypatch.setattr("hitl_engine.deciding.run_sender._SETTLE_SECONDS", 1.0)
    monkeypatch.setattr("hitl_engine.deciding.decider._LAST_LOOK", 0.5)
    trace = tmp_path / "trace"
    with running_server(copied_project(tmp_path / "project"), tmp_path / "data") as served:
        data, headers = tmp_path / "journal", served.headers
        async with open_desk(served.url, data_dir=data, headers=headers) as desk:
            given: JsonObject = {"trace": str(trace), "seconds": 1}
            [question] = questions_of(desk, await start(desk, "gated_effect", given))
            deciding = asyncio.create_task(desk.decide(question, Answer("go"), ignore))
            while not trace.exists():
                await asyncio.sleep(0.02)
            os.kill(served.process.pid, signal.SIGSTOP)
            try:
                async with asyncio.timeout(20):
                    outcome = await deciding
            finally:
                os.kill(served.process.pid, signal.SIGCONT)
            assert outcome.kind is OutcomeKind.UNKNOWN
            assert "could not be read back" in outcome.why
            assert trace.read_text() == "go\n"
