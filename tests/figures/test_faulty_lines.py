"""A short version of the figure `faults`, and that it counts what goes wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hitl_engine.deciding import run_sender
from hitl_engine.deciding.run_sender import ObservedRun, RunSender, SentRun
from hitl_engine.model import JsonObject, Progress
from tests.figures import faulty_lines
from tests.figures.faults import FAULTS
from tests.server.processes import Served


async def test_each_fault_once(local_server: Served, tmp_path: Path) -> None:
    """After each the outcome that is told is true, and nothing was sent twice."""
    assert len({fault.name for fault in FAULTS}) >= 40
    labels, sent = await faulty_lines.on(local_server, tmp_path, len(FAULTS), 1)
    assert (labels.tried, labels.wrong, sent.wrong) == (len(FAULTS), 0, 0), labels.first


def only(*names: str) -> Any:
    return tuple(fault for fault in FAULTS if fault.name in names)


async def test_a_wrong_label_is_counted(
    local_server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here each failure is taken for a refusal, and no run is looked for."""

    async def never(*_: object) -> bool:
        return False

    monkeypatch.setattr(run_sender, "nothing_was_taken", lambda _: True)
    monkeypatch.setattr(RunSender, "_may_be_taken", never)
    monkeypatch.setattr(faulty_lines, "FAULTS", only("arrived, 504", "arrived, closed", "429"))
    labels, sent = await faulty_lines.on(local_server, tmp_path, 3, 1)
    assert (labels.wrong, sent.wrong) == (2, 0), labels.first
    assert "told refused" in labels.first


async def test_a_second_request_is_counted(
    local_server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = RunSender.send

    async def send_twice(
        self: RunSender, sent: SentRun, request: JsonObject, told: Callable[[Progress], None]
    ) -> ObservedRun:
        observed = await send(self, sent, request, told)
        if "command" in request:
            await send(self, sent, request, told)
        return observed

    monkeypatch.setattr(RunSender, "send", send_twice)
    monkeypatch.setattr(faulty_lines, "FAULTS", only("slow bytes"))
    _, sent = await faulty_lines.on(local_server, tmp_path, 1, 1)
    assert (sent.wrong, sent.first) == (1, "local, slow bytes: sent 2 times")
