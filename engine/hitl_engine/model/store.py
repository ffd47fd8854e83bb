"""The store of a server: values that graphs keep across threads."""

from dataclasses import dataclass
from datetime import datetime

from hitl_engine.model.json import JsonValue


@dataclass(frozen=True, slots=True)
class StoreItem:
    """A value in the store. Untrusted, like its namespace and its key."""

    namespace: tuple[str, ...]
    key: str
    value: JsonValue
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StorePage:
    """A part of the items of a namespace. The items change while they are read: one may come again."""

    items: tuple[StoreItem, ...]
    is_last: bool
