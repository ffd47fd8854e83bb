"""An app of one view of a thread, which shows a conversation or a state of some size on `f5`."""

import sys
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hitl_engine.model import JsonValue, ThreadStatus, ThreadView
from hitl_engine.reading.conversation import Conversations
from hitl_tui.themes import THEMES
from hitl_tui.widgets.conversation.conversation_view import ConversationView
from hitl_tui.widgets.state_tree.state_tree import StateTree


def messages(count: int) -> JsonValue:
    """Return messages of a conversation with tool calls, about `count` of them."""
    said: list[JsonValue] = []
    for number in range(count // 4):
        call: JsonValue = {"id": f"c{number}", "name": "find_order", "args": {"order": number}}
        said += [
            {"type": "human", "content": f"Where is order {number}? I have waited for a week."},
            {"type": "ai", "content": "I look for it.", "tool_calls": [call]},
            {"type": "tool", "tool_call_id": f"c{number}", "content": f"order {number}: sent"},
            {"type": "ai", "content": f"Order {number} was sent on Monday.\n\nIt comes by train."},
        ]
    return {"messages": said}


def rows(count: int) -> JsonValue:
    """Return a state with a list of so many objects; 100,000 are about 10 MB."""
    return {
        "rows": [
            {"id": n, "text": "a node asks what a person thinks", "n": n} for n in range(count)
        ],
        "total": count,
    }


class ThreadApp(App[None]):
    """Shows one view."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f5", "load", "Load")]

    def __init__(self, kind: str, count: int) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self._loads = 0
        self._title = Static("ready", markup=False)
        self._values = messages(count) if kind == "conversation" else rows(count)
        self._view = ConversationView() if kind == "conversation" else StateTree()

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._view

    def on_mount(self) -> None:
        self._view.focus()

    def action_load(self) -> None:
        self._loads += 1
        self._title.update(f"loaded {self._loads}")
        if isinstance(self._view, StateTree):
            self._view.show(self._values)
        else:
            done = ThreadStatus.DONE
            thread = ThreadView("t", "g", done, self._values, (), (), "c", None)
            self._view.show(Conversations().of(thread)[0])


if __name__ == "__main__":
    ThreadApp(sys.argv[1], int(sys.argv[2])).run()
