"""Commands of the palette that turn notifications on and off."""

from collections.abc import Iterator
from functools import partial

from textual.app import SystemCommand

from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.screens.notices import Notices
from hitl_tui.state.notice_settings import KEPT_AS, SWITCHES

_WHAT = {
    "bell": "Bell for new items",
    "title": "Count of waiting items in the title of the window",
    "desktop": "Desktop notifications of new items",
    "toast": "Notifications in the console while another item is open",
}


def notice_commands(screen: ConsoleScreen, notices: Notices) -> Iterator[SystemCommand]:
    """Yield a command for each of them that `config.toml` does not set."""
    for switch in SWITCHES:
        if f"{KEPT_AS}.{switch}" in screen.session.configuration.values:
            continue
        is_on = getattr(notices.common, switch)
        yield SystemCommand(
            f"{_WHAT[switch]}: turn {'off' if is_on else 'on'}",
            f"It is {'on' if is_on else 'off'} now",
            partial(_switch, screen, notices, switch, not is_on),
        )


def _switch(screen: ConsoleScreen, notices: Notices, switch: str, on: bool) -> None:
    screen.keep_setting(on, KEPT_AS, switch)
    notices.reread_settings()
    screen.show_notification(f"{_WHAT[switch]}: {'on' if on else 'off'}.")
