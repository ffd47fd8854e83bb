"""A tree of JSON with a line for a text to search in it."""

import asyncio

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from hitl_engine.model import Path
from hitl_tui.state.json_search import matches
from hitl_tui.widgets.search_line import SearchLine
from hitl_tui.widgets.state_tree.state_tree import StateTree

_MOST_MATCHES = 10_000


class SearchedTree(Vertical):
    """Finds all places with a text in the value that its tree shows, and goes from one to the next."""

    DEFAULT_CSS = """
    SearchedTree { height: 1fr; }
    """

    class MatchesChanged(Message):
        """There are other matches, or another one is selected; `words` tells which."""

    class NothingFound(Message):
        """No key and no value contains the text."""

    def __init__(self, tree: StateTree) -> None:
        super().__init__()
        self._tree = tree
        self._line = SearchLine()
        self._matches: list[Path] = []
        self._match = -1

    def compose(self) -> ComposeResult:
        """Put the line below the tree."""
        yield self._tree
        yield self._line

    @property
    def words(self) -> str:
        """Which match is selected, in words; empty without matches."""
        if not self._matches:
            return ""
        return f"match {self._match + 1:,} of {len(self._matches):,}"

    def forget_matches(self) -> None:
        """Forget them: the tree shows another value."""
        self._matches, self._match = [], -1

    @on(StateTree.SearchRequested)
    def open(self, event: StateTree.SearchRequested) -> None:
        """Ask for the text."""
        event.stop()
        self._line.open()

    @on(SearchLine.Closed)
    def close(self, event: SearchLine.Closed) -> None:
        """Go back to the tree."""
        event.stop()
        self._tree.focus()

    @on(SearchLine.Searched)
    @work(group="search", exclusive=True, exit_on_error=False)
    async def search(self, event: SearchLine.Searched) -> None:
        """Find all places with a text, and go to the first one."""
        event.stop()
        self.forget_matches()
        if event.text:
            for path in matches(self._tree.value, event.text):
                if path is None:
                    await asyncio.sleep(0)
                    continue
                self._matches.append(path)
                if len(self._matches) == 1:
                    self._go(1)
                if len(self._matches) == _MOST_MATCHES:
                    break
            if not self._matches:
                self.post_message(self.NothingFound())
        self.post_message(self.MatchesChanged())

    @on(StateTree.FindRequested)
    def find(self, event: StateTree.FindRequested) -> None:
        """Go to the next match, or the one before."""
        event.stop()
        if self._matches:
            self._go(event.by)

    def _go(self, by: int) -> None:
        self._match = (self._match + by) % len(self._matches)
        self._tree.show_match(self._matches[self._match])
        self.post_message(self.MatchesChanged())
