"""The conversation of a thread on real servers, and what a model writes while it writes it."""

from hitl_engine.desk import Desk
from hitl_engine.model import Attachment, OutcomeKind, Progress, Role
from tests.server.project.talking import EMAIL, WORDS


async def test_a_conversation_is_read_and_its_question_marked(desk: Desk) -> None:
    """Both servers send the same messages; what the model wrote came before, word by word."""
    graph = next(each for each in await desk.graphs() if each.graph_id == "talking")
    seen: list[Progress] = []
    outcome = await desk.start(graph, {"turns": 2}, seen.append)
    assert outcome.kind is OutcomeKind.APPLIED and outcome.thread is not None
    said, plan = desk.conversations.of(outcome.thread)

    assert (said.key, plan.key) == ("messages", "plan")
    assert [each.role for each in plan.messages] == [Role.HUMAN, Role.AI]
    assert len(said.messages) == 13
    first = said.messages[2]
    assert [(call.name, call.result) for call in first.calls] == [
        ("find_order", 3),
        ("look_into_stock", 4),
    ]
    assert said.messages[4].failed
    *_, shown, last = said.messages
    assert shown.attachments == (Attachment("image", "", "image/jpeg", 120_000),)
    (call,) = last.calls
    assert (call.args, call.asked, said.asked) == (EMAIL, True, 12)

    tokens = [each.detail for each in seen if each.kind == "token"]
    spoken = [
        token for token in tokens if isinstance(token, dict) and token["id"] == last.message_id
    ]
    assert "".join(str(token["text"]) for token in spoken).strip() == WORDS == last.text.strip()
    assert len(spoken) > 5, "it came in pieces"
