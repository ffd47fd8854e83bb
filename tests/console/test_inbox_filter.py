"""The filter of the inbox: words and facets, each of which an item must fit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hitl_engine import payloads
from hitl_engine.deciding.reviews import Reviews
from hitl_engine.model import (
    Breakpoint,
    InboxOrder,
    ItemNote,
    JsonObject,
    Question,
    Snooze,
    Waiting,
    id_of,
)
from hitl_tui.state.facet_counts import FacetCounts
from hitl_tui.state.inbox_filter import InboxFilter, parse_filter
from hitl_tui.state.inbox_groups import InboxGrouping
from hitl_tui.state.inbox_items import InboxItems
from hitl_tui.state.item_facets import facets_of, with_facet
from hitl_tui.state.item_signs import ItemSigns
from hitl_tui.state.marks import Marks, key_of
from hitl_tui.state.noted_items import NotedItems
from hitl_tui.text.essence import Essence, essence_of

from .desk_double import interrupt, stop

CALLS: JsonObject = {
    "action_requests": [
        {"name": "send_email", "args": {"to": "ada@example.com", "subject": "Your order 4738"}},
        {"name": "delete_file", "args": {"path": "old.md"}},
    ],
    "review_configs": [
        {"action_name": "send_email", "allowed_decisions": ["approve", "reject"]},
        {"action_name": "delete_file", "allowed_decisions": ["approve", "reject"]},
    ],
}


@pytest.fixture
def items() -> dict[str, Waiting]:
    """Return items by their names, with ages as of now."""
    soon = (datetime.now(UTC) + timedelta(minutes=30)).isoformat()
    return {
        "text": replace(
            interrupt({"text_to_revise": "hello world"}, n=1, minutes=2), target="Staging"
        ),
        "calls": interrupt(CALLS, n=2, graph="agent", node="tools", minutes=90),
        "asks": interrupt(
            {"question": "Publish?", "details": 7, "dueAt": soon}, n=3, graph="agent", minutes=3000
        ),
        "stop": stop(),
    }


def essence(item: Waiting) -> Essence:
    if isinstance(item, Breakpoint):
        return essence_of(item)
    return essence_of(Question(item, payloads.recognise(item.payload), ""))


@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("", "text calls asks stop"),
        ("hello", "text"),
        ("HELLO WORLD", "text"),
        ('"world hello"', ""),
        ('"hello wor', "text"),
        ("tool:send", "calls"),
        ("tool:delete_file", "calls"),
        ("-tool:send", "text asks stop"),
        ("kind:tool", "calls"),
        ("kind:break", "stop"),
        ("graph:agent", "calls asks"),
        ("graph:agent node:tools", "calls"),
        ("age:>1h", "calls asks"),
        ("age:2d", "asks"),
        ("age:<10m kind:text", "text"),
        ("tool:", "text calls asks stop"),
        ("is:marked", "text stop"),
        ("is:m -is:draft", "stop"),
        ("is:new", "calls"),
        ("is:flagged", "stop"),
        ("is:snoozed", "asks"),
        ("deadline:<1h", "asks"),
        ("deadline:>1h", ""),
        ("deadline:10m", ""),
        ("age:>99999999999999d", ""),
        ("target:staging", "text"),
        ("http://example", ""),
        ("-hello -publish", "calls stop"),
    ],
)
def test_items_fit_every_part_of_a_filter(
    typed: str, listed: str, items: dict[str, Waiting]
) -> None:
    parsed = parse_filter(typed)
    assert not parsed.fault
    signs = ItemSigns(Marks(), NotedItems(lambda _: "shown"))
    signs.marks.add([items["text"], items["stop"]])
    signs.drafts = frozenset({key_of(items["text"])})
    signs.unseen = {key_of(items["calls"])}
    signs.notes.replace(
        {
            ("", id_of(items["stop"])): ItemNote(is_flagged=True),
            ("", id_of(items["asks"])): ItemNote(snooze=Snooze("shown", None)),
        }
    )
    facts = InboxItems(essence, Reviews(lambda _: "").deadline_of, signs)
    found = [name for name, item in items.items() if parsed.fits(item, facts)]
    assert " ".join(found) == listed


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("age:>1x hello", "age:>1h"),
        ("hello deadline:soon", "deadline:<1h"),
        ("is:x hello", "marked, new, draft, flagged, snoozed"),
    ],
)
def test_a_wrong_value_is_told_and_left_out(typed: str, told: str) -> None:
    parsed = parse_filter(typed)
    assert told in parsed.fault
    assert parsed.texts == ((True, "hello"),) and not parsed.facets


def test_the_facets_of_an_item_are_words_that_list_it(items: dict[str, Waiting]) -> None:
    item = replace(items["calls"], graph_id='an "agent"', node="send all", target="prod")
    facets = facets_of(item, essence(item))
    assert facets[:5] == (
        "kind:tool",
        "tool:send_email",
        "tool:delete_file",
        'node:"send all"',
        f"thread:{item.thread_id}",
    )
    facts = InboxItems(essence, lambda _: None, ItemSigns(Marks(), NotedItems(lambda _: "")))
    typed = ""
    for facet in facets[:6]:
        typed = with_facet(typed, facet)
        assert parse_filter(typed).fits(item, facts) and not parse_filter(facet).fault
    assert (
        typed == f'kind:tool tool:delete_file node:"send all" thread:{item.thread_id} target:prod'
    )
    for facet in facets[6:]:
        assert not parse_filter(facet).fault


@pytest.mark.parametrize(
    ("typed", "facet", "then"),
    [
        ("", "kind:tool", "kind:tool"),
        ("two words", "is:new", "two words is:new"),
        ("is:draft", "is:new", "is:draft is:new"),
        ("Kind:form a", "kind:tool", "a kind:tool"),
        ('a Node:"Send all"', 'node:"send all"', "a"),
        ("-kind:form", "kind:tool", "-kind:form kind:tool"),
    ],
)
def test_a_facet_is_added_to_a_filter_or_removed(typed: str, facet: str, then: str) -> None:
    assert with_facet(typed, facet) == then


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("text", "“hello world”"),
        ("calls", "send_email → ada@example.com · Your order 4738 +1 call"),
        ("asks", "Publish? · details 7"),
    ],
)
def test_an_item_is_told_without_braces(name: str, text: str, items: dict[str, Waiting]) -> None:
    found = essence(items[name]).text
    assert text in found
    assert "{" not in found


@pytest.mark.parametrize(
    ("before", "now", "narrows"),
    [
        ("", "a", True),
        ("a", "ab", True),
        ("a", "ab c", True),
        ("ab", "a", False),
        ("a", "ba", False),
        ("-a", "-ab", False),
        ("-a", "-a b", True),
        ("tool:s", "tool:send", True),
        ("kind:t", "kind:to", True),
        ("tool:s", "node:send", False),
        ("age:<1h", "age:<1h a", False),
        ("a", "a age:<1h", True),
    ],
)
def test_a_filter_that_narrows_another_checks_only_what_is_listed(
    before: str, now: str, narrows: bool
) -> None:
    assert parse_filter(now).narrows(parse_filter(before)) is narrows


def test_snoozed_items_are_found_after_a_list_without_them(items: dict[str, Waiting]) -> None:
    """The list before has none of them, so it is not the one to search."""
    notes = NotedItems(lambda _: "shown")
    asked = items["asks"]
    notes.replace({("", id_of(asked)): ItemNote(snooze=Snooze("shown", None))})
    listing = InboxItems(essence, lambda _: None, ItemSigns(Marks(), notes))
    listing.replace(tuple(items.values()), InboxOrder.NEWEST, frozenset())
    assert asked not in listing.listed
    listing.list_matches(InboxOrder.NEWEST, parse_filter("is:snoozed"), InboxGrouping.NONE)
    listing.go_on(1)
    assert listing.listed == [asked]


def test_it_is_counted_what_each_facet_lists_with_the_rest_of_the_filter(
    items: dict[str, Waiting],
) -> None:
    notes = NotedItems(lambda _: "same")
    facts = InboxItems(essence, lambda _: None, ItemSigns(Marks(), notes))
    notes.replace({("", id_of(items["calls"])): ItemNote(snooze=Snooze("same", None))})
    facts.replace(tuple(items.values()), InboxOrder.NEWEST, frozenset())
    facets = ("kind:text", "kind:tool", "graph:agent", "age:>1h", "is:snoozed")

    def counts(typed: str) -> list[int]:
        found = FacetCounts(facets, typed, facts.all, facts.fits)
        while not found.is_complete:
            found.go_on(0.001)
        return list(found.of.values())

    assert counts("") == [1, 0, 1, 1, 1]
    assert counts("is:snoozed") == [0, 1, 1, 1, 1]
    assert counts("-hello") == [0, 0, 1, 1, 1]
    assert counts("kind:text") == [1, 0, 0, 0, 0], "a facet takes the place of one of the same name"


def test_many_items_are_counted_for_a_moment_at_a_time() -> None:
    checked: list[Waiting] = []

    def fits(item: Waiting, _: InboxFilter) -> bool:
        checked.append(item)
        return True

    found = FacetCounts(("is:new",), "", [stop(n=n) for n in range(1_000)], fits)
    found.go_on(0)
    assert 0 < len(checked) < 1_000 and not found.is_complete
    while not found.is_complete:
        found.go_on(0)
    assert found.of == {"is:new": 1_000} and found.among == 1_000
