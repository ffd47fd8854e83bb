"""One item of the store: its value as a tree, edited and deleted."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hitl_engine.errors import HitlError
from hitl_engine.model import OutcomeKind, StoreItem
from hitl_engine.visible import one_line
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.reading_screen import ReadingScreen
from hitl_tui.screens.store_edit import StoreEditModal
from hitl_tui.state.act_plans import plan_of_item_deletion
from hitl_tui.state.session import Session
from hitl_tui.text.item_summary import waited
from hitl_tui.text.store_rows import place_words
from hitl_tui.widgets.state_tree.searched_tree import SearchedTree
from hitl_tui.widgets.state_tree.value_tree import ValueTree


class StoreItemScreen(ReadingScreen):
    """Shows an item; reads it again when it is opened, because the list may be old."""

    DEFAULT_CSS = """
    StoreItemScreen {
        #about { height: 1; padding: 0 2; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
        SearchedTree { border-top: solid $foreground 20%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "e",
            "edit",
            "Edit",
            tooltip="Edit the value as JSON; you see the difference before it is stored",
            id="store_item.edit",
        ),
        Binding("d", "delete", "Delete", tooltip="Delete this item", id="store_item.delete"),
        Binding("escape", "back", "Back", tooltip="Go back to the store", id="store_item.back"),
    ]
    AUTO_FOCUS = "ValueTree"

    def __init__(self, session: Session, item: StoreItem) -> None:
        super().__init__(session)
        self._item = item

    def compose_body(self) -> ComposeResult:
        """Put the place of the item above its value."""
        self.about = Static(id="about", markup=False)
        self.value = ValueTree()
        yield self.banner
        yield self.about
        yield SearchedTree(self.value)

    def on_mount(self) -> None:
        """Show what the list knew until the item is read."""
        self._show()

    async def read(self) -> None:
        """Read the item."""
        self._item = await self.desk.store.get(self._item.namespace, self._item.key)
        self._show()

    def _show(self) -> None:
        item = self._item
        changed = "" if item.updated_at is None else f"  ·  changed {waited(item.updated_at)} ago"
        self.about.update(f"{place_words(item.namespace, item.key)}{changed}")
        self.value.show(item.value)

    @on(SearchedTree.NothingFound)
    def show_nothing_found(self) -> None:
        """Show that there is no match."""
        self.show_notification("No key and no value contains it.")

    def action_edit(self) -> None:
        """Edit the value."""
        modal = StoreEditModal(self.desk, self._item.namespace, self._item)
        self.app.push_screen(modal, self._stored)

    def _stored(self, words: str | None) -> None:
        if words:
            self.show_notification(words)
            self.action_read_again()

    def action_delete(self) -> None:
        """Delete the item, if the user confirms it."""
        item = self._item

        def closed(confirmed: bool | None) -> None:
            if confirmed:
                self.delete(item)

        plan = plan_of_item_deletion(place_words(item.namespace, item.key), item)
        self.app.push_screen(ConfirmModal(plan), closed)

    @work(group="act", exclusive=True, exit_on_error=False)
    async def delete(self, item: StoreItem) -> None:
        """Delete an item, and go back to the store."""
        try:
            outcome = await self.desk.store.delete(item.namespace, item.key)
        except HitlError as error:
            self.show_error(error)
            return
        if outcome.kind is not OutcomeKind.APPLIED:
            self.show_notification(one_line(outcome.why, 400), severity="warning")
            return
        self.show_notification(outcome.why)
        if self.is_current:
            self.app.pop_screen()

    def action_back(self) -> None:
        """Go back to the store."""
        self.app.pop_screen()
