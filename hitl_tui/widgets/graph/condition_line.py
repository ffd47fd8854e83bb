"""The line for a condition on the state."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from hitl_tui.widgets.opened_line import OpenedLine


class ConditionLine(OpenedLine):
    """Takes a condition; hidden while it is not in use. It keeps the last one."""

    HELP = """\
    ### A condition on the state
    JSONPath with a comparison, such as `$.total > 100` or `$.items[*].done == false`. The run goes
    on, node by node, until it holds. **Enter** goes on, **escape** does not.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "Run", tooltip="Step on until it holds", id="condition.run"),
        Binding("escape", "leave", "Back", tooltip="Back to the graph", id="condition.back"),
    ]

    @dataclass
    class Closed(Message):
        """The user left the line."""

        condition: str
        """Empty: nothing is to run."""

    def __init__(self) -> None:
        super().__init__("Run until, for example: $.total > 100")

    def action_keep(self) -> None:
        """Run until the condition holds."""
        self._close(self.text.strip())

    def action_leave(self) -> None:
        """Run nothing."""
        self._close("")

    def _close(self, condition: str) -> None:
        self.remove_class("-open")
        self.post_message(self.Closed(condition))
