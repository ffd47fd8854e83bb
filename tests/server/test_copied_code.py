"""Copied code is run, and does what the console would do."""

import asyncio
import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hitl_engine.configuration import NamedTarget
from hitl_engine.configuration.credentials import KeySource
from hitl_engine.configuration.header_variables import header_variables
from hitl_engine.debugging.code_writing import Call, code_of
from hitl_engine.desk import Desk, open_desk
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

    async def run(self, code: str, **env: str) -> Any:
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
            env={**os.environ, "HITL_TUI_TOKEN": self._token, **env},
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


@pytest.mark.parametrize("language", list(CodeLanguage))
async def test_a_named_target_gets_only_its_own_key(
    local_server: Served, tmp_path: Path, language: CodeLanguage, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = local_server.headers["Authorization"].removeprefix("Bearer ")
    monkeypatch.setenv("OF_PROD", token)
    monkeypatch.setenv("LANGGRAPH_API_KEY", "of another server")
    monkeypatch.setenv("HITL_TUI_TOKEN", "of another server")
    prints_key = KeySource("command", ("printenv", "OF_PROD"))
    named = NamedTarget(local_server.url, name="prod", headers={"X-Team": "a"})
    runner = Runner(language, local_server, tmp_path)
    for target, variables in (
        (replace(named, key=KeySource("environment", ("OF_PROD",))), {}),
        (replace(named, key=prints_key), {"KEY_PROD": token}),
        (replace(named, key=prints_key, key_header="authorization"), {"KEY_PROD": token}),
        (replace(named, headers=local_server.headers), {"HEADER_AUTHORIZATION": f"Bearer {token}"}),
    ):
        async with open_desk(target, data_dir=tmp_path / "data") as desk:
            code = desk.code.of_search(ThreadFilter(graph_id="revise"), 5, language)
        assert "LANGGRAPH_API_KEY" not in code
        assert "HITL_TUI_TOKEN" not in code
        assert isinstance(await runner.run(code, **{"HEADER_X_TEAM": "a", **variables}), list)
        for variable in variables:
            assert f"{variable} is the " in code, "what to put into it"
        if "KEY_PROD" in variables:
            assert "KEY_PROD is the key from the command printenv." in code


def test_copied_code_never_falls_back_to_the_key_of_another_server() -> None:
    """The SDKs send the keys of their own variables where they are given none."""
    call = Call("Lists threads.", "threads.search", "/threads/search", (), {})
    hostile = KeySource("keyring", ("a\nprint(1)\u2028", "b"))
    for target, of_python, of_javascript in (
        (NamedTarget("http://x", name="p"), "api_key=None,", "apiKey: null,"),
        (
            NamedTarget("http://x", name="p q", key=hostile),
            'api_key=os.environ["KEY_P_Q"],',
            "apiKey: process.env.KEY_P_Q || null,",
        ),
    ):
        names = ["x-api-key"] if target.key else []
        headers = header_variables(target, names, {"LANGGRAPH_API_KEY": "k"}, is_ours=False)
        python = code_of(call, CodeLanguage.PYTHON, "http://x", headers)
        javascript = code_of(call, CodeLanguage.JAVASCRIPT, "http://x", headers)
        assert of_python in python
        assert of_javascript in javascript
        assert python.isascii()
        assert "\nprint(1)" not in python + javascript
    unnamed = header_variables(
        NamedTarget("http://x"), ["x-api-key"], {"LANGSMITH_API_KEY": "k"}, is_ours=False
    )
    assert [each.variable for each in unnamed] == ["LANGSMITH_API_KEY"]
