"""A text of a screen, or a file, in an external editor, which gets the whole terminal meanwhile."""

from textual.app import App, SuspendNotSupported

from hitl_tui.external_editor import Edited, NotEdited, open_in_editor, run_editor
from hitl_tui.messages import Editable, ExternalEditorClosed
from hitl_tui.screens.text_modal import ModalText, TextModal
from hitl_tui.text.traceback_places import Place

_EDITORS = "The environment variables VISUAL and EDITOR name your editor."


async def open_source(app: App[object], place: Place) -> None:
    """Open a line of the user's code in the external editor; if that fails, show why."""
    try:
        with app.batch_update(), app.suspend():
            failure = await open_in_editor(place.path, place.line)
    except SuspendNotSupported:
        failure = "This terminal cannot be given to another program."
    app.refresh(layout=True)
    if failure:
        app.push_screen(TextModal(ModalText("Not opened", failure, hint=_EDITORS)))


async def edit_externally(app: App[object], editor: Editable) -> None:
    """Edit the text externally, then replace it; if that fails, show why."""
    done: Edited | NotEdited
    try:
        # The app keeps running but draws nothing. An exception inside `suspend` would leave the
        # terminal suspended.
        with app.batch_update(), app.suspend():
            done = await run_editor(editor.text, editor.SUFFIX)
    except SuspendNotSupported:
        done = NotEdited("This terminal cannot be given to another program.")
    app.refresh(layout=True)
    if isinstance(done, Edited):
        editor.take_back(done.text)
    else:
        app.push_screen(TextModal(_not_edited_text(done)))
    editor.post_message(ExternalEditorClosed())


def _not_edited_text(done: NotEdited) -> ModalText:
    kept = "The text here is unchanged."
    if done.kept is not None:
        kept += f" What the editor saved is in {done.kept}."
    return ModalText("Not edited", done.why, kept, _EDITORS)
