"""The forms that start runs: which one a key opens, and what happens to it when its run starts."""

from textual.app import App

from hitl_engine.model import EarlierRun
from hitl_engine.visible import one_line
from hitl_tui.messages import NewInputRequested, RunAgainRequested, StartFailed
from hitl_tui.screens.new_run import NewRunScreen
from hitl_tui.screens.text_modal import ModalText, TextModal
from hitl_tui.state.session import Session
from hitl_tui.text.literal import short_id


class RunForms:
    """Opens forms. Each keeps what was typed until its run starts, and is then removed.

    So a form never opens with what was started before, unless the user asked for that.
    """

    def __init__(self, app: App[None], session: Session) -> None:
        self._app = app
        self._session = session
        self._new: list[NewRunScreen] = []
        """Forms of new runs; the last is opened next."""
        self._again: dict[str, NewRunScreen] = {}
        """Forms that repeat the run of a thread, by thread id."""
        self._for: dict[str, NewRunScreen] = {}
        """Forms in which an assistant was selected, by its id."""
        self._on: dict[str, NewRunScreen] = {}
        """Forms for another input of a thread, by thread id."""

    def open(self) -> None:
        """Open the form of a new run: an empty one, or the one that was left without starting."""
        if not self._new:
            self._new.append(self._installed(NewRunScreen(self._session)))
        self._app.push_screen(self._new[-1])

    def open_for(self, assistant_id: str) -> None:
        """Open the form of a new run with this assistant selected."""
        if assistant_id not in self._for:
            form = NewRunScreen(self._session, assistant_id=assistant_id)
            self._for[assistant_id] = self._installed(form)
        self._app.push_screen(self._for[assistant_id])

    def open_again(self, event: RunAgainRequested) -> None:
        """Open a form that is filled in with the earlier run of a thread."""
        if event.thread_id not in self._again:
            form = NewRunScreen(self._session, event.run, _note_on(event))
            self._again[event.thread_id] = self._installed(form)
        self._app.push_screen(self._again[event.thread_id])

    def open_on(self, event: NewInputRequested) -> None:
        """Open the form for another input of a finished thread."""
        if event.thread_id not in self._on:
            note = f"another input for thread {short_id(event.thread_id)}, which goes on with it."
            form = NewRunScreen(self._session, note=note, thread=event)
            self._on[event.thread_id] = self._installed(form)
        self._app.push_screen(self._on[event.thread_id])

    def close(self, form: NewRunScreen) -> None:
        """Close the form in view, whose run starts now, and forget what was typed in it."""
        self._app.pop_screen()
        self._app.uninstall_screen(form)
        self._new = [each for each in self._new if each is not form]
        for forms in (self._again, self._for, self._on):
            for key in [key for key, each in forms.items() if each is form]:
                del forms[key]

    def show_failure(self, event: StartFailed) -> None:
        """Show why a run did not start, with its form; if the user left it, `open` shows the form."""
        run = event.run
        earlier = EarlierRun(run.graph, run.input, run.breakpoints)
        thread = NewInputRequested(run.thread_id, run.graph.graph_id) if run.thread_id else None
        form = self._installed(NewRunScreen(self._session, earlier, thread=thread))
        if thread is None:
            self._new.append(form)
        else:
            self._on[thread.thread_id] = form
        if event.left:
            words = (
                f"{one_line(run.graph.name, 60)} did not start: {one_line(str(event.error), 300)}"
            )
            form.show_notification(f"{words} n opens its form.", severity="error")
        else:
            self._app.push_screen(form)
            self._app.push_screen(TextModal(ModalText.of(event.error)))

    def _installed(self, form: NewRunScreen) -> NewRunScreen:
        self._app.install_screen(form, f"run form {id(form)}")
        return form


def _note_on(event: RunAgainRequested) -> str:
    """Return where the values of the form come from, and what is missing."""
    note = f"filled in from the last run of thread {short_id(event.thread_id)}; it starts a new thread."
    if event.run.has_context:
        note += " That run also had a context or a configuration, which this one does not get."
    return note
