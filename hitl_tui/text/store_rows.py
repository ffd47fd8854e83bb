"""The namespaces and items of a store in columns of words."""

from collections.abc import Sequence

from hitl_engine.model import StoreItem
from hitl_engine.visible import json_text, one_line
from hitl_tui.text.columns import Column
from hitl_tui.text.item_summary import waited
from hitl_tui.text.json_lines import brief_json

_LINE = 300
_CHARACTERS = 20_000
"""Of the value of an item in which a search looks."""


def namespace_words(labels: Sequence[str]) -> str:
    """Return the labels of a namespace, joined by dots, as visible text."""
    return one_line(".".join(labels), _LINE)


def place_words(namespace: Sequence[str], key: str) -> str:
    """Return where an item is, as visible text."""
    return f"{namespace_words(namespace)} ▸ {one_line(key, 100)}"


def item_text(item: StoreItem) -> str:
    """Return the text in which a search looks, in lower case."""
    value = json_text(item.value, indent=None)[:_CHARACTERS]
    return " ".join((*item.namespace, item.key, value)).casefold()


NAMESPACE_COLUMNS: tuple[Column[tuple[str, ...]], ...] = (
    Column("namespace", lambda labels: namespace_words(labels) or "all items"),
)


def item_columns(prefix: Sequence[str]) -> tuple[Column[StoreItem], ...]:
    """Return the columns for the items in and below a namespace."""
    below: Column[StoreItem] = Column(
        "below" if prefix else "namespace",
        lambda item: namespace_words(item.namespace[len(prefix) :]),
        widest=24,
    )
    return (
        below,
        Column("key", lambda item: one_line(item.key, 100), widest=30),
        Column("changed", lambda item: waited(item.updated_at), widest=8, needs=50, is_muted=True),
        Column("value", lambda item: brief_json(item.value, _LINE), is_muted=True),
    )
