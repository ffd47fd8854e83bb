"""Who answered a question: told by servers that know their callers, and by the journal."""

import getpass
from pathlib import Path

import pytest

from hitl_engine.desk import Desk, open_desk
from hitl_engine.model import Answer, Question
from tests.any_server.steps import who_answered
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
