"""The modal that lists the named views of the inbox: one is shown, what is shown is saved."""

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from hitl_engine.visible import one_line
from hitl_tui.screens.picker_modal import PickerModal
from hitl_tui.state.named_views import NamedView, NamedViews
from hitl_tui.widgets.view_name_line import ViewNameLine

_NONE = "No view has a name yet. s gives one to what the inbox shows now."
_CONFIGURED = "It is in config.toml, and is changed only there."


class ViewsModal(PickerModal[NamedView]):
    """Lists the views; dismissed with the one to show, or None.

    `shown` is what the inbox shows, as the text of a view.
    """

    DEFAULT_CSS = """
    ViewsModal {
        & > Vertical { width: 80; }
        OptionList { max-height: 16; }
        #note { padding: 0 1; color: $text-warning; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "s",
            "save",
            "Save",
            tooltip="Give a name to what the inbox shows: its filter, order and groups",
            id="views.save",
        ),
        Binding(
            "delete,d",
            "remove",
            "Remove",
            tooltip="Remove the selected view, unless it is in config.toml",
            id="views.remove",
        ),
    ]

    def __init__(self, views: NamedViews, shown: str) -> None:
        super().__init__("Views of the inbox", _choices(views))
        self._views = views
        self._shown = shown
        self._name_line = ViewNameLine(f"Name for: {one_line(shown, 60)}")
        self._note = Static("" if self.choices else _NONE, id="note", markup=False)

    def below(self) -> Iterator[Widget]:
        """Put a line for a name, and what is to know, below the views."""
        yield self._note
        yield self._name_line

    def _list(self, note: str = "", *, name: str = "") -> None:
        """List the views, with the one of this name selected."""
        choices = _choices(self._views)
        names = [view.name for _, view in choices]
        at = names.index(name) if name in names else self.options.highlighted or 0
        self.list_choices(choices, at)
        self._note.update(note or ("" if choices else _NONE))
        self.options.focus()

    def action_save(self) -> None:
        """Ask for a name."""
        self._name_line.open()

    @on(ViewNameLine.Named)
    def save(self, event: ViewNameLine.Named) -> None:
        """Keep what is shown under this name."""
        if not event.name:
            self._list()
        elif self._views.is_configured(event.name):
            self._list(f"Not saved: {one_line(event.name, 40)} has a view. {_CONFIGURED}")
        else:
            try:
                self._views.save(event.name, self._shown)
            except OSError as error:
                self._list(f"It is kept only until you quit: {error.strerror}.", name=event.name)
            else:
                self._list(name=event.name)

    def action_remove(self) -> None:
        """Forget the selected view."""
        if self.options.highlighted is None:
            return
        _, view = self.choices[self.options.highlighted]
        if view.is_configured:
            self._list(f"Not removed: {one_line(view.name, 40)}. {_CONFIGURED}")
            return
        try:
            self._views.remove(view.name)
        except OSError as error:
            self._list(f"It is gone only until you quit: {error.strerror}.")
        else:
            self._list()


def _choices(views: NamedViews) -> list[tuple[str, NamedView]]:
    return [(_words(view), view) for view in views.all]


def _words(view: NamedView) -> str:
    where = "  (config.toml)" if view.is_configured else ""
    return f"{one_line(view.name, 40)}  {one_line(view.text, 200)}{where}"
