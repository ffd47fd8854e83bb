"""Which items a filter matches: each condition that is given must fit."""

import pytest

from hitl_engine import payloads
from hitl_engine.model import (
    Breakpoint,
    Interrupt,
    Item,
    ItemFilter,
    ItemKind,
    JsonValue,
    Question,
    kind_of,
    tools_of,
)

CALLS: JsonValue = {
    "action_requests": [
        {"name": name, "args": {}, "description": ""} for name in ("search", "send_email")
    ],
    "review_configs": [
        {"action_name": name, "allowed_decisions": ["approve"]} for name in ("search", "send_email")
    ],
}
STOP = Breakpoint("t1", "publish", "before", "send", ("send",), "c1", None)


def asked(payload: JsonValue) -> Question:
    interrupt = Interrupt("t1", "agent", "i1", payload, None, "ask", "k1", "", "c1", None)
    return Question(interrupt, payloads.recognise(payload), "f1")


@pytest.mark.parametrize(
    ("item", "kind", "tools"),
    [
        (STOP, "breakpoint", ()),
        (asked(CALLS), "tool", ("search", "send_email")),
        (asked({"text_to_revise": "a"}), "text", ()),
        (asked({"question": "Which?", "options": ["a", "b"]}), "choice", ()),
        (asked({"type": "hook_invocation", "request": {}}), "program", ()),
        (asked({"any": 1}), "json", ()),
    ],
)
def test_each_item_has_a_kind_and_tools(item: Item, kind: str, tools: tuple[str, ...]) -> None:
    assert (kind_of(item).value, tools_of(item)) == (kind, tools)


def test_every_condition_must_fit() -> None:
    of_graph = ItemFilter(graphs=frozenset({"agent"}))
    of_tool = ItemFilter(tools=frozenset({"send_email"}))
    both = ItemFilter(frozenset({"publish"}), frozenset({"send_email"}))
    stops = ItemFilter(kinds=frozenset({ItemKind.BREAKPOINT, ItemKind.FORM}))
    filters = (ItemFilter(), of_graph, of_tool, both, stops)
    assert [each.matches(asked(CALLS)) for each in filters] == [True, True, True, False, False]
    assert [each.matches(STOP) for each in filters] == [True, False, False, False, True]
