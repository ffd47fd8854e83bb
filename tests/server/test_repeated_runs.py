"""A server that runs a run again by itself (langgraph#7417): people are told, and what counts is found."""

from pathlib import Path

from hitl_engine.desk import open_desk
from hitl_engine.model import Answer, OutcomeKind
from tests.any_server.steps import ignore, questions_of, start
from tests.server.processes import Served


async def test_a_decision_whose_run_is_repeated_is_told(
    langgraph_dev: Served, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    data, headers = tmp_path / "journal", langgraph_dev.headers
    async with open_desk(langgraph_dev.url, data_dir=data, headers=headers) as desk:
        [question] = questions_of(desk, await start(desk, "run_twice", {"trace": str(trace)}))
        outcome = await desk.decide(question, Answer("go"), ignore)
        [answered, _] = await desk.log()
    assert trace.read_text() == "go\ngo\n"
    assert outcome.kind is OutcomeKind.APPLIED and outcome.error is None
    assert "The server ran this 2 times" in outcome.mismatches[0]
    assert answered.mismatches == outcome.mismatches
