"""Copied code is run, and does what the console would do."""

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from hitl_engine.desk import Desk
from hitl_engine.errors import NotTaken
from hitl_engine.model import (
    Answer,
    Breakpoints,
    CodeLanguage,
    JsonObject,
    ThreadFilter,
    ThreadStatus,
)
from tests.any_server.steps import decide, questions_of, start, stop_of
from tests.server.processes import ROOT, Served

NODE_MODULES = ROOT / "tests" / "clients" / "node_modules"
HOSTILE = 'it\'s "quoted" `$(x)` ${y} \\ \u202e\u2028 漢\nJSON\n'


class Runner:
    """Runs code in one of the languages against a server."""

    def __init__(self, language: CodeLanguage, served: Served, folder: Path) -> None:
        self.language = language
        self._token = served.headers.get("Authorization", "").removeprefix("Bearer ")
        self._folder = folder
        if language is CodeLanguage.JAVASCRIPT and not (
            shutil.which("node") and NODE_MODULES.is_dir()
        ):
            pytest.skip("The JavaScript SDK is not installed (`make tests/clients/node_modules`)")
        if language is CodeLanguage.CURL and not shutil.which("curl"):
            pytest.skip("There is no curl")

    async def run(self, code: str) -> Any:
        """Return the JSON that the code prints."""
        assert code.isascii()
        assert not self._token or self._token not in code
        match self.language:
            case CodeLanguage.PYTHON:
                command = [sys.executable, "-W", "error", "-c", code]
            case CodeLanguage.CURL:
                command = ["bash", "-c", code]
            case CodeLanguage.JAVASCRIPT:
                if not (self._folder / "node_modules").exists():
                    (self._folder / "node_modules").symlink_to(NODE_MODULES)
                script = self._folder / "code.mjs"
                script.write_text(code)
                command = ["node", str(script)]
        process = await asyncio.create_subprocess_exec(
            *command,
            env={**os.environ, "HITL_TUI_TOKEN": self._token},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, failed = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, (code, printed, failed)
        return json.loads(printed)


@pytest.fixture(params=list(CodeLanguage))
def runner(request: pytest.FixtureRequest, served: Served, tmp_path: Path) -> Runner:
    return Runner(request.param, served, tmp_path)


async def test_an_answer(desk: Desk, runner: Runner) -> None:
    thread = await start(desk, "revise", {"some_text": "original"})
    [question] = questions_of(desk, thread)
    answers: JsonObject = {question.interrupt.interrupt_id: HOSTILE}
    code = await desk.code.of_thread(thread.thread_id, runner.language, answers)
    assert await runner.run(code) == {"some_text": HOSTILE}
    after = await desk.thread(thread.thread_id)
    assert (after.status, after.values) == (ThreadStatus.DONE, {"some_text": HOSTILE})
    with pytest.raises(NotTaken):
        await desk.code.of_thread(thread.thread_id, runner.language)


async def test_a_step_and_its_breakpoints(desk: Desk, runner: Runner) -> None:
    thread = await start(
        desk, "breakpoints", {"text": "x"}, Breakpoints(before=("announce",), after=("polish",))
    )
    await runner.run(await desk.code.of_thread(thread.thread_id, runner.language))
    stop = stop_of(await desk.thread(thread.thread_id))
    assert (stop.when, stop.node) == ("after", "polish")


async def test_a_run_a_branch_an_update_and_a_search(desk: Desk, runner: Runner) -> None:
    thread = await start(desk, "revise", {"some_text": "original"})
    thread_id, language = thread.thread_id, runner.language
    await decide(desk, thread, Answer("answered"))

    await runner.run(await desk.code.of_fork(thread_id, thread.checkpoint_id, language))
    branch = await desk.thread(thread_id)
    assert branch.status is ThreadStatus.INTERRUPTED

    code = desk.code.of_update(thread_id, {"some_text": HOSTILE}, language, as_node="human_node")
    await runner.run(code)
    written = await desk.thread(thread_id)
    assert (written.values, written.next) == ({"some_text": HOSTILE}, ())

    first = (await desk.runs.of(thread_id))[-1]
    await runner.run(await desk.code.of_run(thread_id, first.run_id, language))
    again = await desk.thread(thread_id)
    assert [each.interrupt.payload for each in questions_of(desk, again)] == [
        {"text_to_revise": "original"}
    ]

    found = await runner.run(desk.code.of_search(ThreadFilter(graph_id="revise"), 5, language))
    assert found[0]["thread_id"] == thread_id
    assert len(found) <= 5
