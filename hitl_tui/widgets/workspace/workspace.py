"""The body of a thread's screen: its question, and other views beside it, below it or instead of it."""

from bisect import bisect_right
from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.message import Message

from hitl_engine.model import Progress
from hitl_tui.state.views import ChosenViews, ViewName
from hitl_tui.widgets.conversation.conversation_tail import ConversationTail
from hitl_tui.widgets.focus_frame import FocusFrame
from hitl_tui.widgets.node_strip import NodeStrip
from hitl_tui.widgets.thread_pane import ThreadPane
from hitl_tui.widgets.workspace.view_tabs import ViewTabs

_WIDTHS = (120, 160)
"""From these widths on, in cells, one more view is displayed beside the question."""
_WIDTHS_COMPARING = (120, 200)
"""Likewise beside a card that shows texts next to each other: that needs more space."""
_ROOMY = 160
"""From this width on, such a card gets that space."""


class View(FocusFrame):
    """One view of a thread besides its question. It is told when it comes into view."""

    DEFAULT_CSS = """
    View {
        display: none;
        height: 1fr;
        &.-displayed { display: block; }
    }
    """
    NAME: ViewName

    def display_changed(self, displayed: bool) -> None:
        """Come into view, or leave it."""
        self.set_class(displayed, "-displayed")

    def take_focus(self) -> None:
        """Focus what the user works with in this view."""
        raise NotImplementedError

    def thread_changed(self) -> None:
        """The thread was read again, or another moment of it is in view."""
        raise NotImplementedError

    def show_progress(self, progress: Progress) -> None:
        """Take an event of the thread's run, whether the view is displayed or not."""


class Workspace(Vertical):
    """Displays the question and as many other views as have space.

    One below 120 columns, or two at a breakpoint, whose card is small; the question and one other
    view from 120; the question and two from 160, or from 200 if the question shows texts next to
    each other. The question is first; the others keep the order of their numbers.
    """

    DEFAULT_CSS = """
    Workspace {
        height: 1fr;
        & > #views { layout: vertical; height: 1fr; width: 1fr; }
        ThreadPane { width: 1fr; height: 1fr; }
        &.-hides-question ThreadPane { display: none; }
        &.-shows-conversation #pane ConversationTail { display: none; }
        &.-beside > #views { layout: horizontal; }
        &.-beside ThreadPane { width: 3fr; }
        &.-roomy ThreadPane.-compares { min-width: 118; }
        &.-beside View { width: 2fr; }
        &.-below ThreadPane.-at-breakpoint.-card { height: auto; max-height: 60%; }
    }
    """

    class Chosen(Message):
        """The user chose to see another view."""

    def __init__(self, chosen: ChosenViews, views: Sequence[View]) -> None:
        super().__init__()
        self.pane = ThreadPane()
        self.current = ViewName.QUESTION
        """The view that the user works in."""
        self._chosen = chosen
        self._proposed: Sequence[ViewName] = ()
        self._views = {view.NAME: view for view in views}
        self.tabs = ViewTabs((ViewName.QUESTION, *self._views))
        self.strip = NodeStrip()

    def compose(self) -> ComposeResult:
        """Put the tabs and the nodes of a run above the views."""
        yield self.tabs
        yield self.strip
        with Container(id="views"):
            yield self.pane
            yield from self._views.values()

    def thread_changed(self) -> None:
        """Show the thread as it was just read, or the moment of it that is in view."""
        self.strip.end()
        for view in self._views.values():
            view.thread_changed()

    def show_progress(self, progress: Progress) -> None:
        """Show an event of the thread's run."""
        self.pane.show_progress(progress)
        self.strip.take(progress)
        for view in self._views.values():
            view.show_progress(progress)

    # What is displayed

    def has(self, view: ViewName) -> bool:
        """Whether there is this view."""
        return view is ViewName.QUESTION or view in self._views

    def propose(self, views: Sequence[ViewName]) -> None:
        """Display these views where the user has not chosen others; the first has priority."""
        self._proposed = views
        self.display_views()

    def choose(self, view: ViewName) -> None:
        """Show a view, and work in it."""
        self.current = view
        if view is not ViewName.QUESTION:
            self._chosen.choose(view)
            self.post_message(self.Chosen())
        self.display_views()
        self.call_after_refresh(self.take_focus)

    def choose_next(self) -> None:
        """Show the view after the current one; after the last comes the question."""
        names = (ViewName.QUESTION, *self._views)
        self.choose(names[(names.index(self.current) + 1) % len(names)])

    def take_focus(self) -> None:
        """Focus the view that the user works in."""
        if self.current is ViewName.QUESTION:
            self.pane.take_focus()
        else:
            self._views[self.current].take_focus()

    def focus_news(self) -> None:
        """Focus what the pane shows now, if it is on the screen; else stay in the view in its place."""
        if self.pane.displayed:
            self.pane.take_focus()
        elif not self._views[self.current].has_focus_within:
            self.take_focus()

    @property
    def displayed(self) -> tuple[ViewName, ...]:
        """The views on the screen."""
        beside = [name for name, view in self._views.items() if view.has_class("-displayed")]
        return (*([ViewName.QUESTION] if self.pane.displayed else []), *beside)

    def display_views(self) -> None:
        """Display what has space now."""
        beside = self._places_beside
        below = not beside and self.pane.at_breakpoint and self.pane.shows_card and self._is_high
        alone = not beside and not below
        places = int(alone and self.current is not ViewName.QUESTION) or int(below) or beside
        shown = self._chosen.beside_question(places, self._proposed, self.current)
        hides_question = alone and self.current is not ViewName.QUESTION
        self.set_class(hides_question, "-hides-question")
        self.pane.displayed = not hides_question
        self.set_class(bool(beside), "-beside")
        self.set_class(below, "-below")
        self.set_class(self.size.width >= _ROOMY, "-roomy")
        self.set_class(ViewName.CONVERSATION in shown, "-shows-conversation")
        for name, view in self._views.items():
            view.display_changed(name in shown)
        self.tabs.show(self.current, self.displayed)

    @property
    def _places_beside(self) -> int:
        """How many views have space beside the question."""
        return bisect_right(_WIDTHS_COMPARING if self.pane.compares else _WIDTHS, self.size.width)

    @property
    def _is_high(self) -> bool:
        return not self.screen.has_class("-short")

    def on_resize(self, event: events.Resize) -> None:
        """Display what has space now."""
        self.call_after_refresh(self.display_views)

    # The mouse and the focus

    @on(ViewTabs.Picked)
    def choose_tab(self, event: ViewTabs.Picked) -> None:
        """Show the view of a tab."""
        self.choose(event.view)

    @on(ConversationTail.Picked)
    def choose_conversation(self) -> None:
        """Show the conversation whose end was clicked."""
        self.choose(ViewName.CONVERSATION)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Note in which view the user works."""
        views = (each for each in event.widget.ancestors_with_self if isinstance(each, View))
        view = next(views, None)
        name = view.NAME if view is not None else ViewName.QUESTION
        if event.widget is self.screen.focused and name in self.displayed:  # a hidden one loses it
            self.current = name
            self.tabs.show(self.current, self.displayed)
