"""The floor: a Textual app of one widget, which counts keys."""

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static


class BareApp(App[None]):
    """Shows `ready 0` and adds one for each key."""

    presses = 0

    def compose(self) -> ComposeResult:
        yield Static("ready 0", id="count")

    def on_key(self, event: events.Key) -> None:
        self.presses += 1
        self.query_one("#count", Static).update(f"ready {self.presses}")


if __name__ == "__main__":
    BareApp().run()
