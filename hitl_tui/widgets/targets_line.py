"""The line of the inbox that shows each target: whether it is reached, and how much waits there."""

from collections.abc import Iterator, Sequence

from textual.content import Content
from textual.widgets import Static

from hitl_engine.visible import one_line
from hitl_tui.state.session import ConnectionStatus, Session


class TargetsLine(Static):
    """Shows the name of each target with its sign and its count; hidden for one target."""

    DEFAULT_CSS = """
    TargetsLine { height: auto; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.display = False

    def show(self, sessions: Sequence[Session]) -> None:
        """Show these targets."""
        self.display = len(sessions) > 1
        self.update(Content("   ").join([_part(each) for each in sessions]))


def target_problems(sessions: Sequence[Session]) -> Iterator[str]:
    """Yield why targets are not reached, a line each."""
    for each in sessions:
        name = one_line(each.name, 60)
        if each.problem:
            yield f"{name} cannot be opened; tried again by itself: {one_line(each.problem, 300)}"
        elif each.inbox is not None and each.inbox.error:
            yield f"{name} is shown as last read: {one_line(each.inbox.error, 300)}"


def _part(session: Session) -> Content:
    word, colour = session.connection.value
    sign = word.split(" ", 1)[0]
    server = session.server
    production = " PRODUCTION" if server is not None and server.production else ""
    read_only = " read-only" if server is not None and server.read_only else ""
    count = f" {len(session.inbox.items):,}" if session.inbox is not None else ""
    away = "" if session.connection is ConnectionStatus.CONNECTED else f" {word.split(' ', 1)[1]}"
    return Content.assemble(
        (sign, colour),
        " ",
        (session.name, "bold"),
        count,
        (production, "bold $text-error"),
        read_only,
        (away, colour),
    )
