"""The line for a condition on the state, or for values in it."""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from hitl_tui.widgets.opened_line import OpenedLine


class Asked(Enum):
    """What is typed into the line: what it is for, as its placeholder says it."""

    RUN_UNTIL = "Run until, for example: $.total > 100"
    RUN_UNTIL_CHANGED = "Run until these values change, for example: $.total"
    BREAKPOINT = "Stop only where, for example: $.total > 100"


class ConditionLine(OpenedLine):
    """Takes a condition or a path; hidden while it is not in use. It keeps the last one."""

    HELP = """\
    ### A condition on the state
    JSONPath with a comparison, such as `$.total > 100` or `$.items[*].done == false`. The run goes
    on, node by node, until it holds, or until the values of a JSONPath change. At a breakpoint, the
    run stops only where it holds; an empty line removes the condition. **Enter** takes what was
    typed, **escape** does not.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "Take", tooltip="Take what was typed", id="condition.run"),
        Binding("escape", "leave", "Back", tooltip="Back to the graph", id="condition.back"),
    ]

    @dataclass
    class Closed(Message):
        """The user left the line."""

        asked: Asked
        typed: str | None
        """None: the user does not want it any more."""

    def __init__(self) -> None:
        super().__init__(Asked.RUN_UNTIL.value)
        self._asked = Asked.RUN_UNTIL

    def ask(self, asked: Asked) -> None:
        """Open the line for one of these."""
        self._asked = asked
        self.placeholder = asked.value
        self.open()

    def action_keep(self) -> None:
        """Take what was typed."""
        self._close(self.text.strip())

    def action_leave(self) -> None:
        """Take nothing."""
        self._close(None)

    def _close(self, typed: str | None) -> None:
        self.remove_class("-open")
        self.post_message(self.Closed(self._asked, typed))
