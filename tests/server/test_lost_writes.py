"""A checkpointer that loses what a task wrote (langgraph#8115): its answer is not told as taken."""

import json
from pathlib import Path

from hitl_engine.desk import open_desk
from hitl_engine.model import Answer, OutcomeKind
from tests.any_server.steps import decide, ignore, questions_of, start
from tests.server.processes import copied_project

FORGETFUL = """
from pathlib import Path
from langgraph.checkpoint.memory import InMemorySaver

LOSES = Path(__file__).parent / "loses"

class Forgetful(InMemorySaver):
    async def aput_writes(self, config, writes, task_id, task_path=""):
        if LOSES.exists() and any(channel == "opinions" for channel, _ in writes):
            LOSES.unlink()
            return
        await super().aput_writes(config, writes, task_id, task_path)

saver = Forgetful()
"""
"""When `loses` exists, it drops the answer and the result of the next task, as the race does."""


async def test_an_answer_whose_writes_are_lost_is_not_told_as_taken(tmp_path: Path) -> None:
    config = copied_project(tmp_path / "project")
    (config.parent / "forgetful.py").write_text(FORGETFUL)
    settings = {**json.loads(config.read_text()), "checkpointer": {"path": "./forgetful.py:saver"}}
    config.write_text(json.dumps(settings))
    loses = config.parent / "loses"
    async with open_desk(str(config), data_dir=tmp_path / "data") as desk:
        legal, _ = questions_of(desk, await start(desk, "parallel", {"proposal": "more desks"}))
        loses.touch()
        outcome = await desk.decide(legal, Answer("yes"), ignore)
        assert not loses.exists(), "nothing was lost"
        assert (
            outcome.kind is OutcomeKind.UNKNOWN and "the same question still waits" in outcome.why
        )
        assert outcome.thread is not None
        both = questions_of(desk, outcome.thread)
        assert [each.interrupt.node for each in both] == ["legal", "finance"]
        done = await decide(desk, outcome.thread, Answer("no"), Answer("fine"))
    assert done.waiting == () and isinstance(done.values, dict)
    assert done.values["verdict"] == "finance: fine; legal: no"
