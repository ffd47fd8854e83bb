"""Commands of the palette that copy, as code, what would be sent to the thread in view, or a search."""

from collections.abc import Iterator
from functools import partial

from textual.app import SystemCommand
from textual.screen import Screen

from hitl_engine.errors import HitlError
from hitl_engine.model import CodeLanguage, JsonObject
from hitl_engine.visible import one_line
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.screens.threads import ThreadsScreen

_NAMES = {
    CodeLanguage.PYTHON: "Python",
    CodeLanguage.JAVASCRIPT: "JavaScript",
    CodeLanguage.CURL: "curl",
}


def code_commands(screen: Screen[object]) -> Iterator[SystemCommand]:
    """Yield a command for each language where there is something to copy; else nothing."""
    if isinstance(screen, ThreadScreen) and not screen.desk.server.read_only:
        about, copy = "Copy code that answers what waits on this thread, or steps it on", _copy_soon
        for language, name in _NAMES.items():
            yield SystemCommand(f"Copy as {name}", about, partial(copy, screen, language))
    elif isinstance(screen, ThreadsScreen):
        about = "Copy code that lists these threads: their kind, graph and metadata"
        for language, name in _NAMES.items():
            yield SystemCommand(f"Copy as {name}", about, partial(_copy_search, screen, language))


def _copy_search(screen: ThreadsScreen, language: CodeLanguage) -> None:
    _put_in_clipboard(screen, screen.code(language), language)


def _copy_soon(screen: ThreadScreen, language: CodeLanguage) -> None:
    screen.run_worker(_copy(screen, language), group="code", exclusive=True, exit_on_error=False)


async def _copy(screen: ThreadScreen, language: CodeLanguage) -> None:
    thread = screen.thread
    answers: JsonObject = {
        question.interrupt.interrupt_id: thread.reviews.answer_of(question, decision)
        for question, decision in thread.decisions.decided(thread.waiting)
    }
    try:
        code = await screen.desk.code.of_thread(thread.thread_id, language, answers)
    except HitlError as error:
        screen.show_notification(one_line(str(error), 400), severity="error")
        return
    _put_in_clipboard(screen, code, language)


def _put_in_clipboard(screen: ConsoleScreen, code: str, language: CodeLanguage) -> None:
    screen.app.copy_to_clipboard(code)
    screen.show_notification(f"The code is in the clipboard: {_NAMES[language]}.")
