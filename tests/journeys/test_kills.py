"""A console that is killed while it decides on many items: what it sent, and what is a draft."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from hitl_engine.deciding import answer_queue, open_decisions
from hitl_engine.desk import open_desk
from hitl_engine.local.target import data_folder, find_target
from hitl_engine.model import Interrupt, OutcomeKind
from tests.journeys.test_journeys import Project, press, quit_console, wait_until_ready
from tests.server import processes
from tests.terminal import Terminal

pytestmark = pytest.mark.hardening
COUNT = 10


def events(project: Project) -> Counter[str]:
    """Return how many rows of each event the journal on disk has about what was queued."""
    [journal] = project.data.rglob("journal.sqlite")
    with closing(sqlite3.connect(journal)) as database:
        rows = database.execute(
            "SELECT event FROM decision WHERE decision_id IN"
            " (SELECT decision_id FROM decision WHERE event = 'queue')"
        )
        return Counter(event for (event,) in rows)


def decide_on_all(terminal: Terminal) -> None:
    """Mark everything, and send the same JSON to each."""
    press(terminal, "*")
    terminal.wait_for(f"{COUNT} marked")
    press(terminal, "m")
    terminal.wait_for(f"Decide on {COUNT} items")
    wait_until_ready(terminal, "^s Review")
    press(terminal, "j")
    terminal.press('"go on"')
    terminal.wait_for(f"Will send  to each of {COUNT}")
    wait_until_ready(terminal, "^s Review")
    press(terminal, "ctrl+s")
    terminal.wait_for(f"Send {COUNT} decisions")
    press(terminal, "ctrl+end")
    wait_until_ready(terminal, "^s Do it")
    press(terminal, "ctrl+s")


@pytest.mark.parametrize(
    ("grace", "shown"), [(60, f"Sending: {COUNT} decisions"), (1, f"Sending: [1-4] of {COUNT}")]
)
async def test_what_was_sent_is_found_and_what_was_not_is_a_draft(
    tmp_path: Path, grace: int, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path)
    processes.copied_project(tmp_path / "project")
    target = find_target(str(project.config), environ={})
    with processes.running_server(project.config, data_folder(target, project.data)):
        traces = [tmp_path / f"trace-{number}" for number in range(COUNT)]
        for trace in traces:
            project.waits("gated_effect", {"trace": str(trace), "seconds": 3})
        with project.console(columns=100, grace=grace) as terminal:
            terminal.wait_for(f"{COUNT} waiting")
            decide_on_all(terminal)
            terminal.wait_for(shown)
            terminal.kill()
        sent = events(project)["intend"]
        assert events(project)["queue"] == COUNT
        assert sent == 0 if grace == 60 else 0 < sent < COUNT

        monkeypatch.setattr(answer_queue, "_LATE", timedelta(seconds=-60))  # that is long ago
        monkeypatch.setattr(open_decisions, "_YOUNG", timedelta())
        async with open_desk(str(project.config), data_dir=project.data) as desk:
            assert len(await desk.expire_queued()) == COUNT - sent
            async with asyncio.timeout(60):
                while any(each.outcome is None for each in await desk.settle_open()):
                    await asyncio.sleep(0.2)
            answers = [entry for entry in await desk.log() if entry.event == "answer"]
            assert [entry.outcome for entry in answers] == [OutcomeKind.APPLIED] * sent
            waiting = (await desk.inbox()).items
            assert len(waiting) == COUNT - sent
            for item in waiting:
                assert isinstance(item, Interrupt)
                assert await desk.drafts.find(desk.reviews.question(item))
        with project.console(columns=100) as terminal:
            terminal.wait_for(f"{COUNT - sent} waiting")
            press(terminal, "enter")
            terminal.wait_for("go on")
            quit_console(terminal)
    assert [trace.read_text() for trace in traces if trace.exists()] == ["go on\n"] * sent
