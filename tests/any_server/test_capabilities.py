"""What a server cannot do is found when it is connected, with a reason for each."""

from hitl_engine.desk import Desk
from hitl_engine.model import Capability
from tests.server.processes import Served

LACKS = {
    "aegra": {
        Capability.KEEP_REVIEWERS_APART,
        Capability.TELL_BREAKPOINTS,
        Capability.LIST_QUESTIONS,
    }
}


async def test_what_a_server_lacks_is_found_with_a_reason(desk: Desk, server: Served) -> None:
    lacks = {each.capability: each.reason for each in desk.server.lacks}
    assert lacks.keys() == LACKS.get(server.name, set())
    assert all(reason.startswith(("This server", "The list")) for reason in lacks.values())
    assert [desk.server.lack(each) for each in lacks] == list(lacks.values())
