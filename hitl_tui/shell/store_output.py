"""Assistants and items of the store as the results of their commands."""

from collections.abc import Sequence

from hitl_engine.model import Assistant, JsonObject, StoreItem
from hitl_engine.visible import json_text, one_line
from hitl_tui.shell.command_result import CommandResult

_LINE = 300


def assistants_result(assistants: Sequence[Assistant]) -> CommandResult:
    """Return assistants, or the versions of one, in the given order."""
    lines = tuple(map(_assistant_line, assistants)) or ("No assistants.",)
    return CommandResult([_assistant_document(each) for each in assistants], lines)


def namespaces_result(namespaces: Sequence[Sequence[str]]) -> CommandResult:
    """Return the namespaces that have items."""
    lines = tuple(one_line(".".join(each)) for each in namespaces) or ("The store is empty.",)
    return CommandResult([list(each) for each in namespaces], lines)


def items_result(items: Sequence[StoreItem]) -> CommandResult:
    """Return items in the given order."""
    lines = tuple(map(_item_line, items)) or ("No items.",)
    return CommandResult([_item_document(item) for item in items], lines)


def item_result(item: StoreItem) -> CommandResult:
    """Return one item, with its whole value."""
    return CommandResult(_item_document(item), (json_text(item.value),))


def _assistant_document(each: Assistant) -> JsonObject:
    return {
        "assistant_id": each.assistant_id,
        "graph_id": each.graph_id,
        "name": each.name,
        "description": each.description,
        "version": each.version,
        "config": each.config,
        "context": each.context,
        "metadata": each.metadata,
        "updated_at": each.updated_at.isoformat() if each.updated_at else None,
    }


def _assistant_line(each: Assistant) -> str:
    settings: JsonObject = {
        name: value for name, value in (("config", each.config), ("context", each.context)) if value
    }
    version = f"v{each.version}" if each.version is not None else ""
    told = json_text(settings, indent=None) if settings else ""
    parts = (one_line(each.assistant_id), one_line(each.graph_id), one_line(each.name), version)
    return one_line("  ".join(part for part in (*parts, told) if part), _LINE)


def _item_document(item: StoreItem) -> JsonObject:
    return {
        "namespace": list(item.namespace),
        "key": item.key,
        "value": item.value,
        "updated_at": item.updated_at.isoformat() if item.updated_at else None,
    }


def _item_line(item: StoreItem) -> str:
    value = json_text(item.value, indent=None)
    return one_line(f"{'.'.join(item.namespace)}  {item.key}  {value}", _LINE)
