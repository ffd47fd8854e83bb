"""Assistants, their versions and what is known of one, in words."""

from hitl_engine.model import Assistant, JsonObject
from hitl_engine.visible import json_text, one_line
from hitl_tui.text.columns import Column
from hitl_tui.text.item_summary import waited

_LINE = 300


def assistant_text(assistant: Assistant) -> str:
    """Return the text in which a filter looks, in lower case."""
    parts = (
        assistant.assistant_id,
        assistant.graph_id,
        assistant.name,
        assistant.description or "",
        json_text(assistant.metadata, indent=None),
    )
    return " ".join(parts).casefold()


def version_words(assistant: Assistant) -> str:
    """Return the version, or a dash if the server tells none."""
    return f"v{assistant.version}" if assistant.version is not None else "–"


def assistant_value(assistant: Assistant, schemas: JsonObject | None) -> JsonObject:
    """Return what a version of an assistant consists of, for a tree; `schemas` if they are known."""
    value: JsonObject = {
        "assistant_id": assistant.assistant_id,
        "graph_id": assistant.graph_id,
        "name": assistant.name,
        "description": assistant.description,
        "version": assistant.version,
        "updated_at": assistant.updated_at.isoformat() if assistant.updated_at else None,
        "config": assistant.config,
        "context": assistant.context,
        "metadata": assistant.metadata,
    }
    return value if schemas is None else {**value, "schemas": schemas}


def _settings(assistant: Assistant) -> str:
    """Return what runs get from the assistant, or else its description."""
    parts: JsonObject = {
        name: value
        for name, value in (("config", assistant.config), ("context", assistant.context))
        if value
    }
    told = json_text(parts, indent=None) if parts else assistant.description or ""
    return one_line(told, _LINE)


_VERSION: Column[Assistant] = Column("version", version_words, widest=8)
_CHANGED: Column[Assistant] = Column(
    "changed", lambda each: waited(each.updated_at), widest=9, needs=50, is_muted=True
)
_SETTINGS: Column[Assistant] = Column("config, context", _settings, needs=30, is_muted=True)

ASSISTANT_COLUMNS: tuple[Column[Assistant], ...] = (
    Column("graph", lambda each: one_line(each.graph_id, 60), widest=24),
    Column("name", lambda each: one_line(each.name, 60), widest=30),
    _VERSION,
    _CHANGED,
    Column("config, context", _settings, needs=80, is_muted=True),
)
VERSION_COLUMNS: tuple[Column[Assistant], ...] = (
    _VERSION,
    Column("name", lambda each: one_line(each.name, 60), widest=24),
    _CHANGED,
    _SETTINGS,
)
