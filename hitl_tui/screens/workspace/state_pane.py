"""The state of a thread."""

from textual import on, work
from textual.app import ComposeResult

from hitl_engine.errors import HitlError
from hitl_engine.model import ChangeKind, JsonValue, SubgraphState, ThreadView
from hitl_engine.visible import one_line
from hitl_tui.messages import StateEditRequested
from hitl_tui.screens.workspace.pane import WorkspacePane
from hitl_tui.state.thread_state import ThreadState
from hitl_tui.state.views import ViewName
from hitl_tui.widgets.state_tree.expression_line import ExpressionLine
from hitl_tui.widgets.state_tree.searched_tree import SearchedTree
from hitl_tui.widgets.state_tree.state_tree import StateTree


class StatePane(WorkspacePane):
    """Shows the values of the thread, or of a subgraph, at the moment in view."""

    NAME = ViewName.STATE

    def __init__(self, thread: ThreadState) -> None:
        super().__init__(thread)
        self._tree = StateTree()
        self._searched = SearchedTree(self._tree)
        self._expression = ExpressionLine()
        self._subgraphs: tuple[SubgraphState, ...] = ()
        self._namespace = ""
        """The subgraph whose state is shown; empty: that of the thread."""
        self._about_changes = ""

    def compose_view(self) -> ComposeResult:
        """Put the lines for a search and an expression below the tree."""
        yield self._searched
        yield self._expression

    async def load(self) -> None:
        """Show the values of the moment in view; then what the last step changed in them."""
        view = self.thread.viewed
        assert view is not None, "only a thread that was read is shown"
        self._about_changes = ""
        may_have_subgraphs = bool(view.next or view.waiting)
        if not self._namespace:
            await self._show_values()
        self._subgraphs = await self._inside(view) if may_have_subgraphs else ()
        self._tree.several = bool(self._subgraphs)
        if self._namespace:
            await self._show_values()
        if not self._namespace:
            await self._show_changes(view)
        self.refresh_bindings()

    async def _inside(self, view: ThreadView) -> tuple[SubgraphState, ...]:
        try:
            return await self.desk.state_values.of_subgraphs(view.thread_id, view.checkpoint_id)
        except HitlError:  # the state itself can be shown without
            return ()

    async def _show_values(self) -> None:
        """Show the values, with the watched expressions on top."""
        inside = next((each for each in self._subgraphs if each.namespace == self._namespace), None)
        if inside is None:
            self._namespace = ""
        values = self._values
        expressions = self._expressions
        watched = await self.desk.state_values.watched(values, expressions) if expressions else ()
        self._tree.show(values, watched)
        if self._namespace:
            self._tree.show_changes(())
        self._searched.forget_matches()
        self._show_detail()

    @property
    def _values(self) -> JsonValue:
        for each in self._subgraphs:
            if each.namespace == self._namespace:
                return each.values
        return self.thread.viewed.values if self.thread.viewed is not None else None

    @on(StateTree.ChangesRequested)
    @work(group="load", exclusive=True, exit_on_error=False)
    async def find_changes(self) -> None:
        """Mark what the last step changed, if that is not known yet, and go to the first change."""
        if self.thread.viewed is not None and await self._show_changes(self.thread.viewed):
            self._tree.action_next_change()

    async def _show_changes(self, view: ThreadView) -> bool:
        """Mark what the last step changed; return whether that is known."""
        try:
            changes = await self.desk.state_values.changes(view.thread_id, view.checkpoint_id)
        except HitlError:
            self._about_changes = "what changed is not known"
            self._show_detail()
            return False
        self._tree.show_changes(changes)
        count = {kind: sum(each.kind is kind for each in changes) for kind in ChangeKind}
        self._about_changes = ", ".join(
            f"{count[kind]:,} {words}" for kind, words in _WORDS.items() if count[kind]
        )
        self._show_detail()
        return True

    def _show_detail(self) -> None:
        about = [self._about_changes] if not self._namespace else [self._namespace_words()]
        about.append(self._searched.words)
        self.set_detail("  ".join(filter(None, about)))

    def _namespace_words(self) -> str:
        path = next(each.path for each in self._subgraphs if each.namespace == self._namespace)
        return f"of {' ▸ '.join(one_line(node, 40) for node in path)}"

    def focus_view(self) -> None:
        """Focus the tree."""
        self._tree.focus()

    @on(StateTree.EditRequested)
    def edit(self, event: StateTree.EditRequested) -> None:
        """Ask the screen to edit a value."""
        inside = next((each for each in self._subgraphs if each.namespace == self._namespace), None)
        thread_id = self.thread.thread_id
        self.post_message(StateEditRequested(thread_id, event.path, event.value, inside))

    # Subgraphs

    @on(StateTree.OtherStateRequested)
    @work(group="load", exclusive=True, exit_on_error=False)
    async def show_other_state(self) -> None:
        """Show the state of the next subgraph; after the last comes that of the thread."""
        view = self.thread.viewed
        if view is not None and not self._subgraphs:
            self._subgraphs = await self._inside(view)
            self._tree.several = bool(self._subgraphs)
            if not self._subgraphs:
                self.refresh_bindings()
                self.show_notification("No subgraph of this thread has a state now.")
                return
        names = ["", *(each.namespace for each in self._subgraphs)]
        now = names.index(self._namespace) if self._namespace in names else 0
        self._namespace = names[(now + 1) % len(names)]
        await self._show_values()
        if not self._namespace and self.thread.viewed is not None:
            await self._show_changes(self.thread.viewed)

    # Watched expressions

    @property
    def _expressions(self) -> list[str]:
        kept = self.session.settings.kept("watches", self.thread.graph_id)
        return [each for each in kept if isinstance(each, str)] if isinstance(kept, list) else []

    @on(StateTree.ExpressionRequested)
    def ask_for_expression(self) -> None:
        """Ask for an expression to watch."""
        self._expression.open()

    @on(ExpressionLine.Closed)
    def return_to_tree(self) -> None:
        """Go back to the tree."""
        self._tree.focus()

    @on(ExpressionLine.Entered)
    def watch_entered(self, event: ExpressionLine.Entered) -> None:
        """Watch what was typed."""
        if event.expression not in self._expressions:
            self._toggle(event.expression)

    @on(StateTree.WatchToggled)
    def toggle_watch(self, event: StateTree.WatchToggled) -> None:
        """Watch an expression, or no longer."""
        self._toggle(event.expression)

    def _toggle(self, expression: str) -> None:
        """Watch an expression in all threads of this graph; if it is watched, end that."""
        expressions = self._expressions
        if expression in expressions:
            expressions.remove(expression)
        else:
            expressions.append(expression)
        try:
            self.session.settings.keep(expressions, "watches", self.thread.graph_id)
        except OSError as error:
            self.show_notification(f"It is watched until the console ends, and not kept: {error}.")
        self.thread_changed()

    # Searching and copying

    @on(SearchedTree.MatchesChanged)
    def show_match(self) -> None:
        """Show which match is selected."""
        self._show_detail()

    @on(SearchedTree.NothingFound)
    def show_nothing_found(self) -> None:
        """Show that there is no match."""
        self.show_notification("No key and no value contains it.")

    @on(StateTree.Copied)
    def show_copied(self, event: StateTree.Copied) -> None:
        """Show what was copied."""
        self.show_notification(f"Copied {one_line(event.what, 200)}.")


_WORDS = {
    ChangeKind.REPLACED: "changed",
    ChangeKind.ADDED: "added",
    ChangeKind.REMOVED: "removed",
}
