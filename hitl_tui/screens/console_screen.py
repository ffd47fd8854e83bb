"""The base of all screens: the server bar, the key footer, and the report of failed workers."""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.reactive import reactive
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from hitl_engine.errors import HitlError
from hitl_tui.messages import Editable, ExternalEditorRequested, OfTarget
from hitl_tui.screens.pane_selection import PaneSelection
from hitl_tui.state.early_keys import refusal_words
from hitl_tui.state.following import following
from hitl_tui.state.session import Session
from hitl_tui.widgets.key_footer import KeyFooter
from hitl_tui.widgets.sending_line import SendingLine
from hitl_tui.widgets.server_bar import ServerBar

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from hitl_engine.desk import Desk
    from hitl_engine.model import Server


class ConsoleScreen(PaneSelection, Screen[None]):
    """A screen of the console. Subclasses implement `compose_body`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f6",
            "take_up_code",
            "New code",
            tooltip="Let the local server run the code of the graphs as it is now",
            id="console.take_up_code",
        ),
        Binding(
            "u,f10",
            "take_back",
            "Take back",
            tooltip="Take the newest answer back that is not sent yet, and show it again",
            id="console.take_back",
        ),
        Binding(
            "f7",
            "after_answer",
            "After an answer",
            show=False,
            tooltip="After an answer, show: the next waiting item, the list, or the same thread",
            id="console.after_answer",
        ),
    ]
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  as Screen declares it
        (0, "-narrow"),
        (64, "-normal"),
        (120, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012  as Screen declares it
        (0, "-short"),
        (18, "-high"),
        (34, "-tall"),
    ]

    offers_code: reactive[bool] = reactive(False, repaint=False, bindings=True)
    """Whether new code can be taken up."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.bar = ServerBar()

    @property
    def desk(self) -> "Desk":
        """The desk. Only screens that do not use it are shown before the target is open."""
        assert self.session.desk is not None, "the target is not open yet"
        return self.session.desk

    def compose(self) -> ComposeResult:
        """Put the bar at the top and the keys at the bottom."""
        yield from self.compose_top()
        yield from self.compose_body()
        yield SendingLine(self.session)
        yield KeyFooter()

    def compose_top(self) -> ComposeResult:
        """Yield the line at the top."""
        yield self.bar

    def compose_body(self) -> ComposeResult:
        """Yield what is between the bar and the keys."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Follow the changes of the session."""
        self.session.subscribe(self.session_changed)
        self.session.outbox.subscribe(self.refresh_bindings)
        self.session_changed()

    # Keys that came before this was on screen

    def on_screen_resume(self) -> None:
        """Take the keys that were pressed before this screen was drawn."""
        if self.is_ready:
            self.release_keys()

    @property
    def is_ready(self) -> bool:
        """Whether the screen shows what the user opened."""
        return True

    @property
    def about_to_change(self) -> bool:
        """Whether something was decided here, and what follows is not shown yet."""
        return False

    def keep_early_text(self) -> None:
        """Hold back what is typed for a field that opens now."""
        self.session.early_keys.begin(keep_text=True)

    def release_keys(self) -> None:
        """Take the keys that were held back: after the next drawing, and after the focus is set."""
        self.call_after_refresh(self.app.call_later, self._take_early_keys)

    def _take_early_keys(self) -> None:
        if not self.session.early_keys.holding:
            return
        from hitl_tui.screens.early_keys import insert  # after the first paint

        text, refused = self.session.early_keys.end()
        if text and self.is_current:
            text = insert(self, text)
        if text or refused:
            self.show_refused_keys((*text, *refused))

    def show_refused_keys(self, keys: tuple[str, ...]) -> None:
        """Show that these keys did nothing."""
        self.show_notification(refusal_words(keys), severity="warning")

    def on_unmount(self) -> None:
        """Stop following the session."""
        self.session.unsubscribe(self.session_changed)
        self.session.outbox.unsubscribe(self.refresh_bindings)

    def session_changed(self) -> None:
        """Show the server and the status of the connection."""
        self.bar.server = self.session.server
        self.bar.connection = self.session.connection
        self.offers_code = bool(self.changed)

    async def save_drafts(self) -> None:
        """Save what was typed, before the user leaves."""

    def keep_setting(self, value: object, *keys: str) -> None:
        """Keep a choice for the next time, see `Settings.keep`."""
        try:
            self.session.settings.keep(value, *keys)
        except OSError as error:
            words = f"What you chose is not kept for the next time: {error.strerror}."
            self.show_notification(words, severity="warning")

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now, for footer, help and palette: of each widget the important first.

        Textual's own keys, which scroll, come last.
        """
        found = super().active_bindings
        nodes = list(dict.fromkeys(active.node for active in found.values()))

        def place(key: str) -> tuple[int, bool, bool]:
            node, binding = found[key].node, found[key].binding
            return nodes.index(node), not binding.id, not binding.show

        return {key: found[key] for key in sorted(found, key=place)}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible now."""
        if action == "take_up_code":
            return self.offers_code
        if action == "take_back":
            return bool(self.session.outbox.waiting)
        return super().check_action(action, parameters)

    @property
    def changed(self) -> tuple[Session, ...]:
        """The targets of this screen whose graphs have new code."""
        return (self.session,) if self.session.code_changed else ()

    @property
    def thread_in_view(self) -> str:
        """The id of the thread that this screen shows; empty if it shows none."""
        return ""

    @property
    def receivers(self) -> "tuple[Server, ...]":
        """The servers to which this screen sends what the user decides."""
        return () if self.session.server is None else (self.session.server,)

    def action_take_up_code(self, by_itself: bool = False) -> None:
        """Let the local server run the code of the graphs as it is now."""
        if not any(each.group == "code" and not each.is_finished for each in self.workers):
            self.take_up_code(by_itself)

    @work(group="code", exit_on_error=False)
    async def take_up_code(self, by_itself: bool) -> None:
        """Start the local server again with the new code, and show the result."""
        await self.save_drafts()
        try:
            for each in self.changed:
                if each.desk is not None:
                    await each.desk.take_up_code(by_itself=by_itself)
        except HitlError as error:
            self.session.takes_up_code = False  # the user decides when to try again
            self.show_notification(str(error), severity="warning")
        else:
            self.show_notification("The local server runs the new code now.")

    def action_take_back(self) -> None:
        """Take the newest answer back that is not sent yet; its screen shows it again."""
        self.session.outbox.take_back()

    def action_after_answer(self) -> None:
        """Show something else after an answer from now on."""
        chosen = following(self.session.outbox.after_answer)
        self.session.outbox.after_answer = chosen
        self.keep_setting(chosen.identifier, "after_answer")
        self.show_notification(f"After an answer: {chosen.words}.")

    def action_help(self) -> None:
        """Show or hide the help panel."""
        if self.query("HelpPanel"):
            self.app.action_hide_help_panel()
        else:
            self.app.action_show_help_panel()
        self.call_after_refresh(self.refresh_bindings)

    @on(OfTarget)
    def name_target(self, event: OfTarget) -> None:
        """Add the target of this screen to a message that passes it."""
        event.session = self.session

    def show_notification(self, text: str, *, severity: "SeverityLevel" = "information") -> None:
        """Show a notification, here only and without markup; `text` is ours, or visible."""
        self.notify(text, severity=severity, markup=False)

    @on(ExternalEditorRequested)
    def open_external_editor(self, event: ExternalEditorRequested) -> None:
        """Let the user edit a text in an external editor, one at a time."""
        event.stop()
        if not any(each.group == "external_editor" and each.is_running for each in self.workers):
            self.edit_externally(event.editor)

    @work(group="external_editor", exit_on_error=False)
    async def edit_externally(self, editor: Editable) -> None:
        """Give the terminal to the external editor, and take over the edited text."""
        from hitl_tui.screens.external_edit import edit_externally  # after the first paint

        await edit_externally(self.app, editor)

    @on(Worker.StateChanged)
    def worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Report every failure of a worker."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.worker_failed(event.worker.error)

    def worker_failed(self, error: BaseException) -> None:
        """Show an unexpected failure."""
        from hitl_tui.screens.text_modal import ModalText, TextModal  # after the first paint

        self.app.push_screen(TextModal(ModalText.of(error)))
