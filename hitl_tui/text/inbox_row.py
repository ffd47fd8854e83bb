"""The texts of one row of the inbox. Imports nothing slow: rows are drawn with the first paint."""

from typing import Literal, NamedTuple, TypeAlias

Look: TypeAlias = Literal["asks", "stop", "stuck"]
"""How the kind of an item is drawn: an interrupt, a breakpoint, a question whose node failed."""


class InboxRow(NamedTuple):
    """The text of each column, visible and on one line."""

    kind: str
    graph: str
    node: str
    waiting: str
    asks: str
    thread: str
