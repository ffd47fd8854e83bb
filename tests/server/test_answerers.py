"""Who answered a question: told by servers that know their callers, and by the journal."""

import asyncio
import getpass
from pathlib import Path

import httpx
import pytest

from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import Conflict, NoLongerWaits
from hitl_engine.model import Answer, Question
from tests.any_server.steps import ignore, who_answered
from tests.json_values import Json
from tests.server.processes import Served, guarded_project, langgraph_dev, running_server

START = {"some_text": "a text"}


async def asked(desk: Desk, graph_id: str, given: object) -> Question:
    (graph,) = [each for each in await desk.graphs() if each.graph_id == graph_id]
    outcome = await desk.start(graph, given, lambda _: None)  # type: ignore[arg-type]  # JSON
    assert outcome.thread is not None
    question = desk.reviews.item(outcome.thread.waiting[0])
    assert isinstance(question, Question)
    return question


@pytest.mark.parametrize("kind", ["local_server", "langgraph_dev"])
async def test_the_server_names_the_caller_that_answered(kind: str, tmp_path: Path) -> None:
    config = guarded_project(tmp_path / "guarded")
    running = (
        running_server(config, tmp_path / "data")
        if kind == "local_server"
        else langgraph_dev(config.parent, config)
    )
    with running as served:
        ada = {"x-api-key": "key-ada"}
        async with open_desk(served.url, data_dir=tmp_path / "a", headers=ada) as of_ada:
            question = await asked(of_ada, "asks", {})
            assert await who_answered(of_ada, question.interrupt) == ""
            await of_ada.decide(question, Answer("yes"), lambda _: None)
            assert await who_answered(of_ada, question.interrupt) == "ada"


async def test_the_journal_names_those_who_share_it(served: Served, tmp_path: Path) -> None:
    data = tmp_path / "shared"
    async with (
        open_desk(served.url, data_dir=data, headers=served.headers) as one,
        open_desk(served.url, data_dir=data, headers=served.headers) as other,
    ):
        question = await asked(one, "revise", START)
        await one.decide(question, Answer("yes"), lambda _: None)
        assert await who_answered(other, question.interrupt) == getpass.getuser()


async def test_an_answer_that_names_no_question_is_nobodys(desk: Desk) -> None:
    """A client that resumes with a bare value may have answered another question."""
    question = await asked(desk, "revise", START)
    thread_id = question.interrupt.thread_id
    async for _ in desk._session.api.stream_run(
        thread_id,
        {"assistant_id": "revise", "command": {"resume": "yes"}},
        idempotency_key="a-key-of-its-own",
    ):
        pass
    assert await who_answered(desk, question.interrupt) == ""


def sent_by(name: str, graph_id: str, **more: object) -> Json:
    """Return the body of a run of another client, which tells a name."""
    return {"assistant_id": graph_id, "metadata": {"hitl_reviewer": name}, **more}


async def send(http: httpx.AsyncClient, thread_id: str, body: Json) -> str:
    """Send a run; return its id."""
    reply = (await http.post(f"/threads/{thread_id}/runs", json=body)).raise_for_status()
    return str(reply.json()["run_id"])


async def test_a_run_that_was_cancelled_before_it_began_answered_nothing(
    desk: Desk, served: Served
) -> None:
    asks = (await asked(desk, "revise", START)).interrupt
    never = {"resume": {asks.interrupt_id: "never ran"}}
    given = {"resume": {asks.interrupt_id: "given"}}
    async with served.client() as http:
        later = sent_by("ada", "revise", command=never, after_seconds=60)
        run = await send(http, asks.thread_id, later)
        cancelled = await http.post(f"/threads/{asks.thread_id}/runs/{run}/cancel?wait=true")
        assert cancelled.is_success, cancelled.text
        path = f"/threads/{asks.thread_id}/runs/wait"
        await http.post(path, json=sent_by("bob", "revise", command=given))
    found = await desk.answer_given(asks)
    assert found is not None and (found.who, found.answer) == ("bob", ("given",))


async def test_whoever_asked_is_not_whose_run_is_in_progress(desk: Desk, served: Served) -> None:
    """The run in progress waits for its time, and names nobody; the one that asked has ended."""
    async with served.client() as http:
        thread_id = (await http.post("/threads", json={})).json()["thread_id"]
        path = f"/threads/{thread_id}/runs/wait"
        await http.post(path, json=sent_by("zoe", "revise", input=START))
        question = desk.reviews.item((await desk.thread(thread_id)).waiting[0])
        assert isinstance(question, Question)
        run = await send(http, thread_id, {"assistant_id": "revise", "after_seconds": 60})
        with pytest.raises((NoLongerWaits, Conflict), match="in progress") as refused:
            await desk.decide(question, Answer("x"), ignore)
        assert "sent by" not in refused.value.what and "zoe" not in str(refused.value)
        await http.post(f"/threads/{thread_id}/runs/{run}/cancel?wait=true")


async def test_the_run_in_progress_came_first_and_not_one_that_was_cancelled(
    desk: Desk, served: Served, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    question = await asked(desk, "gated_effect", {"trace": str(trace), "seconds": 20})
    asks = question.interrupt
    resume = {"resume": {asks.interrupt_id: "go"}}
    async with served.client() as http:
        for name in ("ada", "bob"):
            trace.unlink(missing_ok=True)
            body = sent_by(name, "gated_effect", command=resume)
            run = await send(http, asks.thread_id, body)
            async with asyncio.timeout(30):
                while not trace.exists():
                    await asyncio.sleep(0.05)
            if name == "ada":
                cancel = f"/threads/{asks.thread_id}/runs/{run}/cancel?wait=true"
                (await http.post(cancel)).raise_for_status()
        with pytest.raises((NoLongerWaits, Conflict), match=r"bob was faster|sent by bob"):
            await desk.decide(question, Answer("mine"), ignore)
        await http.post(f"/threads/{asks.thread_id}/runs/{run}/cancel?wait=true")
