"""What every screen has: the server bar, the keys below, and an ear for failed workers."""

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from hitl_tui.messages import Editable, ExternalEditorClosed, ExternalEditorWanted
from hitl_tui.state.session import Session
from hitl_tui.widgets.key_footer import KeyFooter
from hitl_tui.widgets.server_bar import ServerBar

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from hitl_engine.desk import Desk
    from hitl_tui.external_editor import NotEdited


class ConsoleScreen(Screen[None]):
    """A screen of the console; `compose_body` is what is its own."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  as Screen declares it
        (0, "-narrow"),
        (64, "-normal"),
        (110, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012  as Screen declares it
        (0, "-short"),
        (18, "-high"),
        (34, "-tall"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.bar = ServerBar()

    @property
    def desk(self) -> "Desk":
        """The desk; only screens that need none are shown before there is one."""
        assert self.session.desk is not None, "no target has been opened yet"
        return self.session.desk

    def compose(self) -> ComposeResult:
        """Put the bar above and the keys below."""
        yield self.bar
        yield from self.compose_body()
        yield KeyFooter()

    def compose_body(self) -> ComposeResult:
        """Yield what lies between."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Follow the session."""
        self.session.listen(self.session_changed)
        self.session_changed()

    def on_unmount(self) -> None:
        """Follow it no more."""
        self.session.ignore(self.session_changed)

    def session_changed(self) -> None:
        """Show which server one is on, and whether it answers."""
        self.bar.server = self.session.server
        self.bar.link = self.session.link

    async def leaving(self) -> None:
        """Keep what was typed; the console is about to close."""

    def action_help(self) -> None:
        """Show or hide the keys and the help of what has the focus."""
        if self.query("HelpPanel"):
            self.app.action_hide_help_panel()
        else:
            self.app.action_show_help_panel()
        self.call_after_refresh(self.refresh_bindings)

    def tell(self, words: str, *, severity: "SeverityLevel" = "information") -> None:
        """Show what passes: the one place that does. `words` are already visible text."""
        self.notify(words, severity=severity, markup=False)

    @on(ExternalEditorWanted)
    def open_elsewhere(self, event: ExternalEditorWanted) -> None:
        """Let somebody edit a text in an editor of their own."""
        event.stop()
        if not any(each.group == "elsewhere" and each.is_running for each in self.workers):
            self.edit_elsewhere(event.editor)

    @work(group="elsewhere", exit_on_error=False)
    async def edit_elsewhere(self, editor: Editable) -> None:
        """Give the terminal to their editor, and take back what it leaves."""
        from hitl_tui.external_editor import (  # after the first paint
            Edited,
            NotEdited,
            edit_elsewhere,
        )

        done: Edited | NotEdited
        try:
            # Nothing is drawn meanwhile, but everything goes on. What is raised within `suspend`
            # would leave the terminal as it is there.
            with self.app.batch_update(), self.app.suspend():
                done = await edit_elsewhere(editor.text, editor.SUFFIX)
        except SuspendNotSupported:
            done = NotEdited("This terminal cannot be given to another program.")
        self.app.refresh(layout=True)
        if isinstance(done, Edited):
            editor.take_back(done.text)
        else:
            self._show_not_edited(done)
        editor.post_message(ExternalEditorClosed())

    def _show_not_edited(self, done: "NotEdited") -> None:
        from hitl_tui.screens.text_modal import ModalText, TextModal

        kept = "What you typed here is as it was."
        if done.kept is not None:
            kept += f" What was saved there is in {done.kept}."
        hint = "The variables VISUAL and EDITOR say which editor is yours."
        self.app.push_screen(TextModal(ModalText("Not edited", done.why, kept, hint)))

    @on(Worker.StateChanged)
    def hear_worker(self, event: Worker.StateChanged) -> None:
        """Let no failure of a worker go unheard."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.worker_failed(event.worker.error)

    def worker_failed(self, error: BaseException) -> None:
        """Show a failure that nobody expected here."""
        from hitl_tui.screens.text_modal import ModalText, TextModal  # after the first paint only

        self.app.push_screen(TextModal(ModalText.of(error)))
