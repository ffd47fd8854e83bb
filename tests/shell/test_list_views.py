"""`hitl-tui list` with the orders, filters and named views of the inbox, as a person types them."""

import json
from pathlib import Path
from typing import Any

import pytest

from hitl_engine.desk import open_desk

from .conftest import Shell


@pytest.fixture(scope="module")
def waiting(local_shell: Shell) -> list[str]:
    """Three threads that wait, the oldest first: two of one graph, with a breakpoint between them."""
    given = json.dumps({"some_text": "words of the view"})
    runs = [("revise", given), ("breakpoints", "{}"), ("revise", given)]
    return [local_shell.run("run", graph, "--input", sent)["thread_id"] for graph, sent in runs]


def listed(shell: Shell, threads: list[str], *options: str, **given: Any) -> list[int]:
    """Return the places in `threads` of those that are listed, in the order of the list."""
    found = [item["thread_id"] for item in shell.run("list", *options, **given)]
    return [threads.index(thread) for thread in found if thread in threads]


@pytest.mark.parametrize(
    ("options", "places"),
    [
        ((), [2, 1, 0]),
        (("--order", "longest"), [0, 1, 2]),
        (("--filter", "graph:revise"), [2, 0]),
        (("--filter", "graph:revise", "--order", "longest"), [0, 2]),
        (("--filter", "sort:longest kind:break"), [1]),
        (("--filter", "sort:longest group:graph"), [0, 2, 1]),
        (("--filter", '"of the view" age:<1h'), [2, 0]),
        (("--filter=-graph:revise",), [1]),
        (("--filter", "age:>100d"), []),
    ],
)
def test_orders_and_filters(
    local_shell: Shell, waiting: list[str], options: tuple[str, ...], places: list[int]
) -> None:
    assert listed(local_shell, waiting, *options) == places


def test_named_views(local_shell: Shell, waiting: list[str], tmp_path: Path) -> None:
    """Those of `config.toml` and those that a console saved; the options add to them."""
    config = tmp_path / "config.toml"
    config.write_text('[views]\nold = "graph:revise sort:longest"\n')
    kept = {"inbox_views": {"stops": "kind:break"}}
    (local_shell.data / "console.json").write_text(json.dumps(kept))
    env = {"HITL_TUI_CONFIG": str(config)}
    assert listed(local_shell, waiting, "--view", "old", env=env) == [0, 2]
    assert listed(local_shell, waiting, "--view", "stops", env=env) == [1]
    assert listed(local_shell, waiting, "--view", "old", "--order", "newest", env=env) == [2, 0]
    assert listed(local_shell, waiting, "--view", "old", "--filter", "nothing", env=env) == []
    refused = local_shell.raw("list", "--view", "none", env=env)
    assert refused.returncode == 2
    assert "There is no view none. There is: old, stops." in refused.stderr


async def test_notes_and_drafts_of_the_reviewer(local_shell: Shell, waiting: list[str]) -> None:
    async with open_desk(local_shell.target, data_dir=local_shell.data) as desk:
        items = {item.thread_id: item for item in (await desk.inbox()).items}
        oldest, stop, _ = (items[thread] for thread in waiting)
        await desk.item_notes.flag(oldest, is_flagged=True)
        await desk.item_notes.snooze(stop, None)
        try:
            assert listed(local_shell, waiting, "--filter", "is:flagged") == [0]
            assert listed(local_shell, waiting, "--filter", "sort:newest") == [2, 0]
            assert listed(local_shell, waiting, "--filter", "is:snoozed") == [1]
            assert listed(local_shell, waiting) == [2, 1, 0], "without a view, all are listed"
        finally:
            await desk.item_notes.flag(oldest, is_flagged=False)
            await desk.item_notes.wake(stop)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--filter", "age:soon"), "age: is written like age:>1h"),
        (("--filter", "is:new"), "is:new is known only while a console is open"),
        (("--filter=-is:marked",), "is:marked is known only while a console is open"),
        (("--order", "random"), "invalid choice"),
    ],
)
def test_what_cannot_be_listed(local_shell: Shell, options: tuple[str, ...], told: str) -> None:
    assert told in local_shell.refused("list", *options, code=2)
