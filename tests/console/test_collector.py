"""The garbage collector looks at the whole program only while no key is pressed."""

import gc
from collections.abc import Iterator

import pytest

from hitl_tui import collector
from hitl_tui.collector import Collector, expect_many_objects


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Let the collector of the tests be as it was."""
    before = gc.get_threshold()
    gc.unfreeze()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_the_program_is_frozen_in_a_quiet_moment_after_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expect_many_objects()
    starting = gc.get_threshold()
    made = Collector()
    monkeypatch.setattr(collector, "_QUIET", 60.0)
    made.key_pressed()
    made.tick()
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == starting
    monkeypatch.setattr(collector, "_QUIET", 0.0)
    made.tick()
    frozen = gc.get_freeze_count()
    assert frozen > 10_000
    assert gc.get_threshold()[0] < starting[0]
    made.tick()
    assert gc.get_freeze_count() <= frozen, "no module was imported since"


def test_cycles_are_freed_in_a_quiet_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "_QUIET", 0.0)
    made = Collector()
    made.tick()
    gc.set_threshold(10, 1, 1_000_000)
    cycles = [[index] for index in range(1_000)]
    for each in cycles:
        each.append(each)  # type: ignore[arg-type]  # it is the cycle
    count = len(gc.get_objects())
    del cycles, each
    assert gc.get_count()[2] > 4
    gc.disable()
    try:
        made.tick()
        assert len(gc.get_objects()) < count - 900
    finally:
        gc.enable()
