"""The texts of one row of the inbox. Imports nothing slow: rows are drawn with the first paint."""

from typing import Literal, NamedTuple, TypeAlias

Look: TypeAlias = Literal["asks", "tool", "text", "form", "choice", "muted", "stop", "stuck"]
"""How the kind of an item is drawn: a component style `inbox--…` of the list."""


class InboxRow(NamedTuple):
    """The text of each column, visible and on one line."""

    kind: str
    target: str
    asks: str
    waiting: str
    graph: str
    node: str
    thread: str
