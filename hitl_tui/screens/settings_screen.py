"""The modal for the common settings of `config.toml`; `hitl-tui config` explains all of them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from hitl_engine.configuration import edits, read
from hitl_engine.configuration.explained import shown
from hitl_engine.configuration.kinds import Value
from hitl_engine.errors import HitlError
from hitl_engine.visible import one_line
from hitl_tui.screens.framed_modal import FramedModal
from hitl_tui.state.setting_rows import SettingRow, setting_rows
from hitl_tui.widgets.key_footer import KeyFooter

_LATER = "It is written into the file. The console uses it from its next start."
_NO_TARGETS = "To add targets: hitl-tui targets add NAME URL"


class SettingsScreen(FramedModal[None]):
    """Lists settings, and then the values of the chosen one. Each choice is written at once.

    `use_theme` is called with a theme that was chosen.
    """

    DEFAULT_CSS = """
    SettingsScreen {
        & > Vertical { width: 90; max-width: 94%; }
        OptionList {
            border: none; height: auto; max-height: 16; background: $surface;
            &:focus { border: none; background-tint: $foreground 0%; }
        }
        Static { padding: 1 1 0 1; height: auto; }
        #note { padding: 0 1; color: $text-warning; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "back",
            "Back",
            tooltip="Back to the list of settings, then close it",
            id="settings.back",
        ),
    ]
    AUTO_FOCUS = "OptionList"

    def __init__(self, path: Path, themes: Sequence[str], use_theme: Callable[[str], None]) -> None:
        super().__init__()
        self._path = path
        self._themes = themes
        self._use_theme = use_theme
        self._rows: tuple[SettingRow, ...] = ()
        self._chosen: SettingRow | None = None
        """The setting whose values are listed; None while the settings are."""

    def compose(self) -> ComposeResult:
        """Put the list above what is to know about the highlighted row."""
        self.list = OptionList(markup=False)
        self.about = Static(markup=False)
        self.note = Static(id="note", markup=False)
        frame = Vertical()
        frame.border_title = Content(f"Settings: {one_line(str(self._path), 80)}")
        with frame:
            yield self.list
            yield self.about
            yield self.note
            yield KeyFooter()

    def on_mount(self) -> None:
        """List the settings."""
        self._list_settings()

    def _list_settings(self, note: str = "") -> None:
        place = self._rows.index(self._chosen) if self._chosen in self._rows else 0
        self._chosen = None
        try:
            self._rows = tuple(setting_rows(read(self._path), self._themes))
        except HitlError as error:
            self._rows = ()
            note = str(error)
        self.list.set_options([one_line(row.words, 200) for row in self._rows])
        self.list.highlighted = place if self._rows else None
        hint = "" if self._path.exists() and len(self._rows) > 1 else _NO_TARGETS
        self.note.update(one_line(note or hint, 600))

    @on(OptionList.OptionHighlighted)
    def explain(self, event: OptionList.OptionHighlighted) -> None:
        """Show what the highlighted setting does."""
        if self._chosen is None:
            self.about.update(self._rows[event.option_index].explanation)

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """List the values of the chosen setting, or set it to the chosen value."""
        if self._chosen is not None:
            self._set(self._chosen, self._chosen.choices[event.option_index])
            return
        row = self._chosen = self._rows[event.option_index]
        self.list.set_options([shown(choice).strip('"') for choice in row.choices])
        self.list.highlighted = row.choices.index(row.value) if row.value in row.choices else 0
        self.about.update(f"{row.name}: {row.explanation}")

    def _set(self, row: SettingRow, value: Value) -> None:
        try:
            text = self._path.read_text(encoding="utf-8") if self._path.exists() else ""
            edits.write(self._path, edits.with_value(text, row.path, value))
        except HitlError as error:
            self._list_settings(str(error))
            return
        if row.name == "theme":
            self._use_theme(str(value))
        self._list_settings("" if row.name == "theme" else _LATER)

    def action_back(self) -> None:
        """Go back to the list of settings, or close it."""
        if self._chosen is not None:
            self._list_settings()
        else:
            self.dismiss(None)
