"""An answer counts as refused only if nothing of its run ran, whatever the error is called."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hitl_engine.configuration.targets import NamedTarget
from hitl_engine.desk import Desk, open_desk
from hitl_engine.model import Answer, Interrupt, OutcomeKind
from tests.any_server.proxy import Exchange, Proxy
from tests.any_server.steps import decide, ignore, questions_of, start
from tests.server.processes import Served


@pytest.fixture(params=["local_server", "langgraph_dev"])
def server(request: pytest.FixtureRequest) -> Served:
    """Both servers that run Python graphs."""
    served: Served = request.getfixturevalue(request.param)
    return served


@pytest.fixture
async def desk(proxy: Proxy, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk that reaches the server through the proxy."""
    served = proxy.served
    async with open_desk(served.url, data_dir=tmp_path / "j", headers=served.headers) as opened:
        yield opened


async def test_an_error_of_a_node_is_no_refusal(desk: Desk, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    thread = await start(desk, "misleading_error", {"trace": str(trace), "seconds": 0})
    [question] = questions_of(desk, thread)
    outcome = await desk.decide(question, Answer("pay"), ignore)
    assert trace.read_text() == "pay\n"
    assert outcome.kind is OutcomeKind.APPLIED, outcome
    assert "no such order" in (outcome.error or "")
    assert (await desk.log())[0].outcome is OutcomeKind.APPLIED


@pytest.mark.parametrize("server", ["langgraph_dev"], indirect=True)
async def test_an_answer_of_another_client_is_a_refusal(
    desk: Desk, proxy: Proxy, server: Served, tmp_path: Path
) -> None:
    """It arrives between the look of this client and its answer; our own server replies 409."""
    thread = await start(desk, "two_questions", {})

    async def after_another(exchange: Exchange) -> None:
        target = NamedTarget(server.url, headers=server.headers, reviewer="ada")
        async with open_desk(target, data_dir=tmp_path / "j") as other:
            await decide(other, thread, Answer("theirs"))
        await exchange.relay(await exchange.deliver())

    proxy.runs.append(after_another)
    [question] = questions_of(desk, thread)
    outcome = await desk.decide(question, Answer("mine"), ignore)
    assert outcome.kind is OutcomeKind.REFUSED, outcome
    logged = {each.outcome: each for each in await desk.log()}
    assert outcome.why == "ada answered first."
    assert logged[OutcomeKind.REFUSED].why == outcome.why
    [waiting] = (await desk.thread(thread.thread_id)).waiting
    assert isinstance(waiting, Interrupt) and waiting.payload == {"question": 2}
