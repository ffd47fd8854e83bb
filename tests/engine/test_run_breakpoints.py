"""The breakpoints that a request for a run contains."""

from typing import Any

import pytest

from hitl_engine.deciding.run_breakpoints import (
    REPLACES,
    compiled_breakpoints,
    continued,
    has_breakpoints,
    known_only,
    requested,
)
from hitl_engine.errors import BadInput
from hitl_engine.model import NO_BREAKPOINTS, Breakpoints, JsonObject
from hitl_engine.reading.wire import WireRun

COMPILED = Breakpoints(before=("total",), after=("draft",))


def run(metadata: JsonObject | None = None, **kwargs: Any) -> WireRun:
    fields = {"run_id": "r", "thread_id": "t", "assistant_id": "a", "status": "success"}
    return WireRun.read({**fields, "kwargs": kwargs, "metadata": metadata or {}})


def test_compiled_breakpoints_come_from_the_metadata_of_the_nodes() -> None:
    nodes = {"draft": "after", "clean": "", "total": "before", "send": "before,after"}
    assert compiled_breakpoints(nodes) == Breakpoints(("total", "send"), ("draft", "send"))


@pytest.mark.parametrize("replace", [True, False])
def test_an_empty_list_is_never_sent(replace: bool) -> None:
    """The JavaScript server takes it for "stop nowhere", compiled breakpoints included."""
    assert requested(NO_BREAKPOINTS, NO_BREAKPOINTS, replace=replace) == {}
    only_before = requested(Breakpoints(before=("a",)), NO_BREAKPOINTS, replace=replace)
    assert only_before == {"interrupt_before": ["a"]}
    only_after = requested(Breakpoints(after=("a",)), NO_BREAKPOINTS, replace=replace)
    assert only_after == {"interrupt_after": ["a"]}


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (NO_BREAKPOINTS, {}),
        (Breakpoints(before=("clean",)), {"interrupt_before": ["clean", "total"]}),
        (Breakpoints(before=("clean", "total")), {"interrupt_before": ["clean", "total"]}),
        (Breakpoints(before=("total",)), {}),
        (Breakpoints(before=("*",)), {"interrupt_before": "*"}),
        (Breakpoints(after=("clean",)), {"interrupt_after": ["clean", "draft"]}),
    ],
)
def test_breakpoints_are_added_to_the_compiled_ones(given: Breakpoints, sent: JsonObject) -> None:
    assert requested(given, COMPILED, replace=False) == sent


def test_a_shorter_list_replaces_the_compiled_ones_of_its_kind() -> None:
    compiled = Breakpoints(before=("clean", "total"), after=("draft",))
    given = Breakpoints(before=("clean",), after=("draft",))
    assert requested(given, compiled, replace=True) == {"interrupt_before": ["clean"]}


def test_all_compiled_breakpoints_cannot_be_switched_off() -> None:
    with pytest.raises(BadInput, match="total are part of the graph"):
        requested(Breakpoints(after=("draft",)), COMPILED, replace=True)


@pytest.mark.parametrize(
    ("before", "sent"),
    [(["clean"], ["clean", "total"]), ("*", "*"), (["total"], None), ([], None), (None, None)],
)
def test_the_next_run_has_the_breakpoints_of_the_last_and_the_compiled_ones(
    before: Any, sent: Any
) -> None:
    """Another client may have started the last one with a list that replaced them."""
    request = continued(run(interrupt_before=before), COMPILED)
    assert request == ({} if sent is None else {"interrupt_before": sent})


def test_the_next_run_keeps_a_shorter_list_that_a_person_chose() -> None:
    last = run({REPLACES: True}, interrupt_before=["clean"], interrupt_after=[])
    assert has_breakpoints(last)
    assert continued(last, COMPILED) == {
        "interrupt_before": ["clean"],
        "metadata": {REPLACES: True},
    }


def test_a_run_without_breakpoints_of_its_own() -> None:
    assert not has_breakpoints(run(interrupt_before=[], interrupt_after=None))


@pytest.mark.parametrize(
    ("own", "on_graph", "sent"),
    [
        ({}, Breakpoints(before=("clean",)), ["clean", "total"]),
        ({}, Breakpoints(before=("total",)), None),
        ({}, Breakpoints(before=("*",)), "*"),
        (
            {"interrupt_before": ["send"]},
            Breakpoints(before=("clean",)),
            ["send", "clean", "total"],
        ),
    ],
)
def test_breakpoints_of_the_graph_are_added_to_a_run_that_goes_on(
    own: dict[str, Any], on_graph: Breakpoints, sent: Any
) -> None:
    request = continued(run(**own), COMPILED, on_graph)
    assert request.get("interrupt_before") == sent
    assert "interrupt_after" not in request


def test_a_breakpoint_that_was_removed_from_the_graph_is_not_sent_again() -> None:
    first = continued(run(interrupt_before=["send"]), COMPILED, Breakpoints(before=("*",)))
    assert first["interrupt_before"] == "*"
    notes = first["metadata"]
    assert isinstance(notes, dict)
    second = run(notes, interrupt_before=first["interrupt_before"])
    assert continued(second, COMPILED) == {"interrupt_before": ["send", "total"]}


def test_a_shorter_list_gets_the_breakpoints_of_the_graph_as_well() -> None:
    last = run({REPLACES: True}, interrupt_before=["clean"])
    request = continued(last, COMPILED, Breakpoints(before=("send",), after=("clean",)))
    assert request["interrupt_before"] == ["clean", "send"]
    assert request["interrupt_after"] == ["clean", "draft"]


def test_a_breakpoint_at_a_node_that_is_gone_is_left_out() -> None:
    kept = Breakpoints(before=("gone", "clean"), after=("*",))
    assert known_only(kept, {"clean": ""}) == Breakpoints(("clean",), ("*",))
