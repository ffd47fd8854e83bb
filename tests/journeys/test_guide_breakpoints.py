"""The part of LangGraph's guide about static breakpoints, followed in the console on two servers.

The guide stops before and after nodes, looks at the state, and goes on with the input None.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hitl_engine.desk import Desk, open_desk
from hitl_engine.model import Breakpoints, ThreadStatus
from tests.any_server.steps import start
from tests.journeys.test_debugging import opened
from tests.server.processes import Served

pytestmark = pytest.mark.usefixtures("short_guard")


@pytest.fixture(params=["local_server", "langgraph_dev"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk of each server."""
    served: Served = request.getfixturevalue(request.param)
    async with open_desk(served.url, data_dir=tmp_path, headers=served.headers) as made:
        yield made


async def test_stops_are_seen_in_graph_state_and_history_and_stepped_past(desk: Desk) -> None:
    thread = await start(
        desk, "breakpoints", {"text": "a thought"}, Breakpoints(before=("announce",))
    )
    async with opened(desk, thread, size=(170, 40)) as c:
        await c.shows("Stopped after draft", "now · next: polish")
        await c.press("alt+5")
        await c.shows("breakpoints, 4 nodes", "▷ polish", "○ publish")
        await c.press("alt+3")
        await c.shows('"a thought"', '"drafted"')
        await c.press("alt+1", "s")
        await c.shows("Stopped before publish", '"A thought"', '"polished"')
        await c.press("alt+4")
        await c.shows("now · next: publish")
        await c.press("down")
        await c.shows("viewing step 1 of 2", '"a thought"')
        await c.press("0", "alt+1", "s")
        await c.shows("Stopped before announce")
        await c.press("s")
        await c.shows("✓ done", "announced")
    done = await desk.thread(thread.thread_id)
    assert done.status is ThreadStatus.DONE
