"""What happens to keys that come before the item they are for was on screen long enough.

This is imported at the first key, which must not wait: cards and editors are imported later.
"""

from typing import TYPE_CHECKING, Any, cast

from textual import events
from textual.screen import Screen

from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.state.early_keys import EarlyKeys

if TYPE_CHECKING:
    from hitl_tui.widgets.cards.card import Card

_ALWAYS = ("escape", "ctrl+q", "f1")
"""Keys that leave, quit or help: they are never held back."""


def takes(event: events.Key | events.Paste, screen: Screen[Any], keys: EarlyKeys) -> bool:
    """Return whether an event was taken here, and must not go on to a widget or a binding.

    A key passes twice if no widget has handled it: before it reaches the focused widget, and after.
    """
    if _hold_back(event, keys):
        return True
    if isinstance(event, events.Key) and event.is_forwarded:
        return _refuse_early(screen, event, keys)
    return False


def _hold_back(event: events.Key | events.Paste, keys: EarlyKeys) -> bool:
    """Take a key or a paste if keys are held back; return whether it was taken."""
    if not keys.holding:
        return False
    if isinstance(event, events.Paste):
        keys.take_paste(event.text)
    elif event.key in _ALWAYS:
        return False
    else:
        text = "\n" if event.key == "enter" else event.character if event.is_printable else None
        keys.take_key(event.key, text)
    return True


def _refuse_early(screen: Screen[Any], event: events.Key, keys: EarlyKeys) -> bool:
    """Show that a key of a card does nothing yet; return whether it is held back.

    No widget has handled the key. After a decision it would be for what comes next. It may have
    waited for what earlier keys did, and be older than what it would decide now.
    """
    key = event.key
    if isinstance(screen, ConsoleScreen) and screen.about_to_change and key not in _ALWAYS:
        keys.begin(keep_text=False)
        keys.take_key(key, None)
        return True
    found = cast("list[Card]", list(screen.query("Card")))
    for card in found:
        card.guard.refuse_older(event.time)
    cards = [card for card in found if not card.armed and not card.answered]
    active = screen.active_bindings.get(key) if cards else None
    if active is not None and not active.enabled:
        for card in cards:
            if card in active.node.ancestors_with_self:
                card.refuse_early((key,))
    return False


def insert(screen: Screen[Any], text: str) -> str:
    """Insert a text into the focused field; return what it does not take.

    In a field of one line, enter goes to the next field: what follows was not meant for this one.
    """
    from textual.widgets import Input, TextArea

    from hitl_tui.widgets.opened_line import OpenedLine

    match screen.focused:
        case TextArea(read_only=False) as area:
            area.insert(text)
            return ""
        case Input() as line:
            here, end, rest = text.partition("\n")
            line.replace(here, *sorted(line.selection))  # as typing does: what is selected goes
            if end and isinstance(line, OpenedLine) and line.take_early_enter():
                return rest
            return end + rest
        case _:
            return text
