"""The log: the decisions of this target and of others on it, and the output of its local server."""

from collections.abc import Iterable
from typing import ClassVar, TypeAlias

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import OptionList, TabbedContent, TabPane
from textual.widgets.option_list import Option

from hitl_engine.errors import HitlError
from hitl_engine.model import DecisionList, LogEntry, OtherDecision, OutcomeKind
from hitl_engine.visible import json_text, one_line
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.state.session import Session
from hitl_tui.text.durations import duration
from hitl_tui.text.fitting import counted, padded
from hitl_tui.text.other_decisions import decided_by, full_text, state_words
from hitl_tui.widgets.text_view import TextPane
from hitl_tui.widgets.titled_pane import titled

_Entry: TypeAlias = LogEntry | OtherDecision
_OUTCOMES = {
    OutcomeKind.APPLIED: ("✓ applied", "$text-success"),
    OutcomeKind.RECORDED: ("◑ recorded, 1 of 2", "$text-accent"),
    OutcomeKind.UNMOVED: ("= nothing moved", "$text-warning"),
    OutcomeKind.REFUSED: ("✕ refused", "$text-error"),
    OutcomeKind.UNKNOWN: ("? unknown", "$text-error"),
    None: ("… no outcome recorded", "$text-error"),
}
_WIDEST = 32
"""The most cells of a column; longer texts are cut, and are whole beside the list."""
_NO_OUTPUT = "No output yet."
_REMOTE = "The log of a remote server is not available here."


class LogScreen(ConsoleScreen):
    """Shows the decisions in the journal, and the log of the local server as it grows."""

    DEFAULT_CSS = """
    LogScreen {
        TabbedContent { height: 1fr; }
        TabPane { padding: 0; }
        #entries {
            width: 1fr; height: 1fr; border: round $foreground 20%; background: $background;
            border-title-color: $foreground 70%; border-title-style: bold;
            padding: 0 1;
        }
        #entries:focus {
            border: round $accent; border-title-color: $accent;
            background: $background; background-tint: $background 0%;
        }
        #entry, #printed { width: 1fr; border: round $foreground 20%; }
        #entry:focus, #printed:focus { border: round $accent; }
        &.-normal #pair, &.-narrow #pair { layout: vertical; }
        &.-narrow #entry { height: 1fr; }
        &.-short, &.-narrow {
            #entries, #entries:focus { border: none; }
            #entry, #printed { border: none; border-top: solid $foreground 20%; }
            #entry:focus, #printed:focus { border: none; border-top: solid $accent; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Inbox", tooltip="Back to the inbox", id="log.back"),
        Binding("ctrl+r", "reload", "Reload", tooltip="Read the log again", id="log.reload"),
        Binding(
            "d", "tab('decisions')", "Decisions", tooltip="Show the decisions", id="log.decisions"
        ),
        Binding(
            "e",
            "tab('server-log')",
            "Server log",
            tooltip="Show what the graphs and the local server printed",
            id="log.engine",
        ),
        Binding(
            "o",
            "others",
            "Others",
            tooltip="Read from the server what others decided, and show it too; or hide it again",
            id="log.others",
        ),
    ]
    HELP = """\
    ### The log
    **d** shows each decision, what was sent, and its outcome; **e** shows what the graphs and the
    local server printed. **o** also reads what others decided: the server tells it, and the journal
    does not.
    """
    AUTO_FOCUS = "#entries"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._entries: tuple[_Entry, ...] = ()
        self._with_others = False
        self._printed: str | None = ""

    def compose_body(self) -> ComposeResult:
        """Put each log on a tab."""
        self.tabs = TabbedContent(initial="decisions")
        self.entries = OptionList(id="entries", markup=False)
        self.entry = TextPane("Sent", numbered=True, id="entry")
        self.printed = TextPane("", id="printed")
        with self.tabs:
            with TabPane("Decisions", id="decisions"), Horizontal(id="pair"):
                yield self.entries
                yield self.entry
            with TabPane("Server log", id="server-log"):
                yield self.printed

    def on_mount(self) -> None:
        """Read both logs, and follow that of the server."""
        self.printed.show_text(_NO_OUTPUT)
        self.read_decisions()
        self.follow_server_log()
        self.set_interval(1, self.follow_server_log)

    @work(group="log", exclusive=True, exit_on_error=False)
    async def read_decisions(self) -> None:
        """Read the journal, and what the server tells of others if that is wanted."""
        found = await self._read()
        self._entries = found.entries
        widths = _column_widths(self._entries)
        self.entries.set_options(Option(_entry_line(entry, widths)) for entry in self._entries)
        if found.not_read:
            self.entries.add_option(Option(found.not_read, disabled=True))
        title = "Decisions, also of others" if self._with_others else "Decisions"
        self.entries.border_title = titled(title, f"{len(self._entries):,}")
        self.entries.display = bool(self._entries)
        if not self._entries:
            self.entry.show_text(f"No decisions yet. {found.not_read}".rstrip())
        else:
            self.entries.highlighted = 0

    async def _read(self) -> DecisionList:
        if self._with_others:
            self.entries.border_title = "Decisions: reading those of others…"
            try:
                return await self.desk.log_with_others()
            except HitlError as error:
                self._with_others = False
                self.show_notification(one_line(str(error), 400), severity="error")
        return DecisionList(await self.desk.log())

    @on(OptionList.OptionHighlighted, "#entries")
    def show_entry(self, event: OptionList.OptionHighlighted) -> None:
        """Show all details of a decision."""
        entry = self._entries[event.option_index]
        self.entry.set_title("Decision")
        if isinstance(entry, OtherDecision):
            self.entry.show_text(full_text(entry))
        else:
            self.entry.show_text(_entry_text(entry))

    def follow_server_log(self) -> None:
        """Show new output; keep the end in view if it is in view."""
        printed = self.desk.server_log()
        if printed == self._printed:
            return
        self._printed = printed
        at_end = self.printed.scroll_offset.y >= self.printed.max_scroll_y
        self.printed.show_text(_REMOTE if printed is None else printed or _NO_OUTPUT)
        if at_end:
            self.printed.call_after_refresh(self.printed.scroll_end, animate=False)

    def action_tab(self, name: str) -> None:
        """Show one of the two logs."""
        self.tabs.active = name
        (self.entries if name == "decisions" else self.printed).focus()

    def action_reload(self) -> None:
        """Read the journal again."""
        self.read_decisions()

    def action_others(self) -> None:
        """Show what others decided, or hide it."""
        self._with_others = not self._with_others
        self.action_tab("decisions")
        self.read_decisions()

    def action_back(self) -> None:
        """Go back to the inbox."""
        self.app.pop_screen()


def _columns(entry: _Entry) -> tuple[str, str]:
    """Return what was decided, and at which place."""
    if isinstance(entry, OtherDecision):
        return decided_by(entry), one_line(entry.graph_id, 60)
    place = f"{entry.graph_id} ▸ {entry.node}" if entry.node else entry.graph_id
    decision = f"by rule: {entry.decision}" if entry.rules else entry.decision
    return one_line(decision, 40), one_line(place, 60)


def _column_widths(entries: Iterable[_Entry]) -> tuple[int, ...]:
    """Return the cells of each column: those of its longest text, at most `_WIDEST`."""
    columns = zip(*map(_columns, entries), strict=True)
    return tuple(min(_WIDEST, max(map(cell_len, column))) for column in columns)


def _state(entry: _Entry) -> tuple[str, str]:
    """Return what became of it, and its colour."""
    if isinstance(entry, OtherDecision):
        return state_words(entry), "$text-error" if entry.error else "$foreground 75%"
    text, colour = _OUTCOMES[entry.outcome]
    if entry.error:
        text, colour = f"{text}, then an error", "$text-error"
    if entry.mismatches:
        text, colour = f"{text}, not as decided", "$text-warning"
    return text, colour


def _entry_line(entry: _Entry, widths: tuple[int, ...]) -> Content:
    text, colour = _state(entry)
    decision, place = map(padded, _columns(entry), widths)
    return Content.assemble(
        (entry.at.astimezone().strftime("%d %b %H:%M:%S"), "$foreground 75%"),
        "  ",
        (decision, "bold"),
        "  ",
        place,
        "  ",
        (text, colour),
    )


def _from(entry: LogEntry) -> str:
    return f" ({entry.origin})" if entry.origin else ""


def _entry_text(entry: LogEntry) -> str:
    _, _, words = _OUTCOMES[entry.outcome][0].partition(" ")
    lines = [
        f"{words}: {entry.why}" if entry.why else words,
        *(f"Not as decided: {each}" for each in entry.mismatches),
        *([f"The run failed: {entry.error}", *entry.traceback.splitlines()] if entry.error else []),
        f"{entry.decision} ({entry.event}) by {entry.who}{_from(entry)}",
        "",
        "Sent",
        json_text(entry.answer),
        "",
        f"at         {entry.at.astimezone():%Y-%m-%d %H:%M:%S %z}",
        f"graph      {entry.graph_id}",
        f"node       {entry.node or '-'}",
        f"thread     {entry.thread_id}",
        f"interrupt  {entry.interrupt_id or '-'}",
        f"server     {entry.server}",
        f"id         {entry.decision_id}",
    ]
    if entry.seconds is not None:
        lines.append(f"open for   {duration(entry.seconds)}")
    if entry.unseen:
        lines.append(
            f"not seen   {counted(entry.unseen, 'row or call', 'rows and calls')}: jumped to the end"
        )
    if entry.log_reason and not entry.rules:
        lines.append(f"for the log  {entry.log_reason}")
    lines += [
        f"by rule    {rule.name} ({rule.digest[:12]}): {counted(rule.calls, 'call')}"
        for rule in entry.rules
    ]
    if entry.sent_as not in ("", entry.decision_id):
        lines.append(f"sent with  {entry.sent_as}")
    return "\n".join(lines)
