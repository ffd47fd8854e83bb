"""Commands of the palette that copy, as code, what would be sent to the thread in view."""

from collections.abc import Iterator
from functools import partial

from textual.app import SystemCommand
from textual.screen import Screen

from hitl_engine.errors import HitlError
from hitl_engine.model import CodeLanguage, JsonObject
from hitl_engine.visible import one_line
from hitl_tui.screens.thread import ThreadScreen

_NAMES = {
    CodeLanguage.PYTHON: "Python",
    CodeLanguage.JAVASCRIPT: "JavaScript",
    CodeLanguage.CURL: "curl",
}


def code_commands(screen: Screen[object]) -> Iterator[SystemCommand]:
    """Yield a command for each language on the screen of a thread; on others nothing."""
    if not isinstance(screen, ThreadScreen) or screen.desk.server.read_only:
        return
    for language, name in _NAMES.items():
        yield SystemCommand(
            f"Copy as {name}",
            "Copy code that answers what waits on this thread, or steps it on",
            partial(_copy_soon, screen, language),
        )


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
    screen.app.copy_to_clipboard(code)
    screen.show_notification(f"The code is in the clipboard: {_NAMES[language]}.")
