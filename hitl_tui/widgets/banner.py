"""A short message above a card, such as an error or a warning."""

from enum import Enum

from textual.content import Content
from textual.widgets import Static

from hitl_engine.errors import HitlError
from hitl_engine.visible import visible


class Severity(Enum):
    """How serious a message is, and the label before it: colour is not needed to read it."""

    NOTE = "Note"
    REVIEWERS = "Four eyes"
    RECORDED = "Recorded"
    WARNING = "Careful"
    ERROR = "Not taken"
    """Whether it was sent or not: some refusals come before, some from the server or the graph."""
    UNREAD = "Not read"
    UNKNOWN = "Outcome unknown"
    STUCK = "Perhaps stuck"


class Banner(Static):
    """Shows one message until it is replaced or cleared; hidden without one."""

    DEFAULT_CSS = """
    Banner {
        display: none; height: auto; max-height: 6; padding: 0 1;
        background: $surface; color: $foreground;
        &.-shown { display: block; }
        &.-recorded, &.-reviewers { background: $accent-muted; color: $text-accent; }
        &.-warning, &.-stuck { background: $warning-muted; color: $text-warning; }
        &.-error, &.-unread, &.-unknown { background: $error-muted; color: $text-error; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.severity: Severity | None = None
        """None while there is no message."""

    def show(self, severity: Severity, text: str) -> None:
        """Show a message; it may contain untrusted text."""
        self.update(Content.assemble((f"{severity.value}: ", "bold"), visible(text)))
        self._set_severity(severity)

    def show_unread(self, error: HitlError) -> None:
        """Show why something could not be read; nothing was to be sent."""
        self.show(Severity.UNREAD, str(error))

    def clear(self) -> None:
        """Remove the message."""
        self._set_severity(None)

    def _set_severity(self, severity: Severity | None) -> None:
        self.severity = severity
        for each in Severity:
            self.set_class(each is severity, f"-{each.name.lower()}")
        self.set_class(severity is not None, "-shown")
