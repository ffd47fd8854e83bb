"""The conversation of a thread."""

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from hitl_engine.model import Conversation, Message, Progress, Role
from hitl_engine.visible import one_line
from hitl_tui.screens.workspace.pane import WorkspacePane
from hitl_tui.state.thread_state import ThreadState
from hitl_tui.state.views import ViewName
from hitl_tui.text.fitting import counted
from hitl_tui.widgets.conversation.conversation_view import ConversationView
from hitl_tui.widgets.redraws import Redraws
from hitl_tui.widgets.search_line import SearchLine


class ConversationPane(WorkspacePane):
    """Shows the messages of the thread at the moment in view, and those that its run writes."""

    DEFAULT_CSS = """
    ConversationPane {
        #none { display: none; height: 1fr; padding: 1 2; color: $foreground 60%; }
        &.-none #none { display: block; }
        &.-none ConversationView { display: none; }
    }
    """
    NAME = ViewName.CONVERSATION

    def __init__(self, thread: ThreadState) -> None:
        super().__init__(thread)
        self._view = ConversationView()
        self._search = SearchLine()
        self._none = Static(id="none", markup=False)
        self._none.can_focus = True
        self._found: tuple[Conversation, ...] = ()
        self._key = ""
        """The key whose messages the user chose."""
        self._arriving: dict[str, str] = {}
        """The text that has arrived of each message, by its id."""
        self._redraws = Redraws(self, self._draw_arriving)

    def compose_view(self) -> ComposeResult:
        """Put the search below the messages."""
        yield self._view
        yield self._none
        yield self._search

    async def load(self) -> None:
        """Find the conversations, and show the one of the key that the user chose."""
        assert self.thread.viewed is not None, "only a thread that was read is shown"
        self._found = self.desk.conversations.of(self.thread.viewed)
        self._show()
        self._draw_arriving()

    def _show(self) -> None:
        shown = next((each for each in self._found if each.key == self._key), None)
        shown = shown or next(iter(self._found), None)
        self._view.several = len(self._found) > 1
        self._view.show(shown)
        self.set_class(shown is None or not shown.messages, "-none")
        if shown is None:
            self._none.update(
                "The state of this thread holds no messages.\n"
                "Its history shows what each step did: alt+4."
            )
            self.set_detail("")
        else:
            self._none.update("No messages yet.")
            self.set_detail(self._detail(shown))
        self.refresh_bindings()

    def _detail(self, shown: Conversation) -> str:
        count = counted(len(shown.messages), "message")
        if not self._view.several:
            return count
        place = self._found.index(shown) + 1
        return f"{one_line(shown.key, 40)} ({place} of {len(self._found)})  {count}"

    def focus_view(self) -> None:
        """Focus the messages."""
        (self._none if self.has_class("-none") else self._view).focus()

    # A run

    def thread_changed(self) -> None:
        """Show the thread as it is now: what was arriving is part of its values."""
        self._arriving.clear()
        super().thread_changed()

    def show_progress(self, progress: Progress) -> None:
        """Show the tokens of a model as they arrive."""
        match progress:
            case Progress(kind="token", detail={"id": str(message_id), "text": str(text)}):
                self._arriving[message_id] = self._arriving.get(message_id, "") + text
                self._redraws.soon()

    def _draw_arriving(self) -> None:
        messages = [
            Message(Role.AI, text, message_id=message_id)
            for message_id, text in self._arriving.items()
            if text
        ]
        if messages:
            self.remove_class("-none")
            self._view.show_arriving(messages)

    # What the user asks for

    @on(ConversationView.OtherRequested)
    def show_other(self) -> None:
        """Show the messages of the next key."""
        keys = [each.key for each in self._found]
        now = keys.index(self._key) if self._key in keys else 0
        self._key = keys[(now + 1) % len(keys)]
        self._show()

    @on(ConversationView.SearchRequested)
    def open_search(self) -> None:
        """Ask for the text."""
        self._search.open()

    @on(SearchLine.Searched)
    def search(self, event: SearchLine.Searched) -> None:
        """Search what is typed."""
        self._view.search(event.text)

    @on(SearchLine.Closed)
    def close_search(self) -> None:
        """Go back to the messages."""
        self._view.focus()

    @on(ConversationView.NothingFound)
    def show_nothing_found(self) -> None:
        """Show that no message contains the text."""
        self.show_notification("No message contains it.")

    @on(ConversationView.Copied)
    def show_copied(self) -> None:
        """Show that it was copied."""
        self.show_notification("Copied.")
