"""The groups of threads on one line, each with its number of threads where the server counts."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from hitl_engine.model import ThreadCounts, ThreadGroup

_SHORT = {
    None: "all",
    ThreadGroup.WAITING: "wait",
    ThreadGroup.RUNNING: "run",
    ThreadGroup.FAILED: "fail",
    ThreadGroup.DONE: "done",
}
GROUPS: tuple[ThreadGroup | None, ...] = (None, *ThreadGroup)


class GroupTabs(Widget):
    """Shows which group is listed; posts `Picked`."""

    DEFAULT_CSS = """
    GroupTabs { height: 1; padding: 0 1; }
    """

    group: reactive[ThreadGroup | None] = reactive(None)
    """The group that is listed; None: all threads."""
    counts: reactive[ThreadCounts | None] = reactive(None)
    """None: not known."""

    @dataclass
    class Picked(Message):
        """The user picked this group."""

        group: ThreadGroup | None

    def neighbour(self, by: int) -> ThreadGroup | None:
        """Return the group `by` tabs to the right; after the last comes the first."""
        return GROUPS[(GROUPS.index(self.group) + by) % len(GROUPS)]

    def _labels(self) -> list[tuple[ThreadGroup | None, str]]:
        whole = [(group, f" {_name(group)}{self._count(group)} ") for group in GROUPS]
        if sum(cell_len(label) for _, label in whole) <= self.content_size.width:
            return whole
        return [
            (group, label if group is self.group else f" {_SHORT[group]} ")
            for group, label in whole
        ]

    def _count(self, group: ThreadGroup | None) -> str:
        if self.counts is None:
            return ""
        return f" {self.counts.total if group is None else self.counts.groups[group]:,}"

    def render(self) -> Content:
        """Draw the groups."""
        return Content.assemble(*((label, self._style(group)) for group, label in self._labels()))

    def _style(self, group: ThreadGroup | None) -> str:
        if group is self.group:
            return "bold $accent"
        has_none = self.counts is not None and group is not None and not self.counts.groups[group]
        return "$foreground 45%" if has_none else "$foreground 70%"

    def on_click(self, event: events.Click) -> None:
        """List the group under the mouse."""
        x = event.x - self.styles.padding.left
        for group, label in self._labels():
            x -= cell_len(label)
            if x < 0:
                self.post_message(self.Picked(group))
                return


def _name(group: ThreadGroup | None) -> str:
    return "all" if group is None else group.value
