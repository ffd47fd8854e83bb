"""The log contains what the graph raised after a decision, and where, if the server tells it."""

from hitl_engine.desk import Desk
from hitl_engine.model import Answer, Question
from tests.server.processes import Served


async def test_the_error_of_a_node_is_in_the_log(desk: Desk, served: Served) -> None:
    (graph,) = [each for each in await desk.graphs() if each.graph_id == "stuck"]
    outcome = await desk.start(graph, {}, lambda _: None)
    assert outcome.thread is not None
    question = desk.reviews.item(outcome.thread.waiting[0])
    assert isinstance(question, Question)
    found = await desk.decide(question, Answer("not a number"), lambda _: None)
    assert found.error
    entry, started = await desk.log()
    assert entry.error == found.error and not started.error
    ours = desk._session.supports("preconditions")
    assert ("in count" in entry.traceback) is ours
