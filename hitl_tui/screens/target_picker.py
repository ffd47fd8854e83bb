"""The modal that asks on which of several targets something should be done."""

from collections.abc import Sequence

from hitl_engine.visible import one_line
from hitl_tui.screens.picker_modal import PickerModal
from hitl_tui.state.session import Session


class TargetPicker(PickerModal[Session]):
    """Lists the targets that are connected; the target of the selected item is proposed."""

    def __init__(self, title: str, sessions: Sequence[Session], proposed: Session) -> None:
        at = sessions.index(proposed) if proposed in sessions else 0
        super().__init__(title, [(_words(each), each) for each in sessions], proposed=at)


def _words(session: Session) -> str:
    server = session.server
    marks = "  PRODUCTION" if server is not None and server.production else ""
    label = one_line(server.label, 200) if server is not None else ""
    return f"{session.name}  {label}{marks}"
