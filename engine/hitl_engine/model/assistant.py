"""Assistants: graphs with settings for their runs, in versions."""

from dataclasses import dataclass, field
from datetime import datetime

from hitl_engine.model.json import JsonObject


@dataclass(frozen=True, slots=True)
class Assistant:
    """One version of an assistant. All texts are untrusted."""

    assistant_id: str
    graph_id: str
    name: str
    description: str | None
    version: int | None
    config: JsonObject = field(default_factory=dict)
    context: JsonObject = field(default_factory=dict)
    metadata: JsonObject = field(default_factory=dict)
    updated_at: datetime | None = None
