"""The keys at the bottom of a screen: the most important ones if not all fit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from rich.cells import cell_len
from textual import events
from textual.binding import ActiveBinding, Binding
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from hitl_tui.widgets.cards.card_body import CardBody

_LEFT_OUT_FIRST = (
    *("text.copy", "text.search"),
    *("inbox.facets", "inbox.group", "inbox.flag", "inbox.views", "inbox.snooze"),
    *("thread.reload", "log.reload", "decline.turn", "card.decline", "form.up", "form.down"),
    *("console.quit", "card.arguments_json", "pick.no", "pick.yes", "form.another_way"),
    *("console.log", "inbox.order", "thread.state", "form.remove", "form.add", "card.payload"),
    *(
        "card.answer_as",
        "card.reject_rest",
        "card.approve_rest",
        "choice.choose",
        "pick.pick",
        "inbox.filter",
    ),
    *("console.threads", "console.start", "thread.look_over", "inbox.mark", "card.jump_to_end"),
    "card.next_call",
)
"""Bindings that are left out first: seldom used, or shown by other widgets. Help lists all of them."""
_FIRST = ("card.send", "card.keep", "card.step")
"""Bindings that decide; they come first, whatever has the focus."""
_NEVER_LEFT_OUT = "console.help"
_GAP = 2
"""The cells between two keys."""


@runtime_checkable
class DimsKeys(Protocol):
    """A widget with keys that, for now, only tell why they do nothing."""

    def is_dim(self, action: str) -> bool:
        """Whether the key of this action is one of them."""


@dataclass(frozen=True, slots=True)
class _Key:
    """A key as it is shown."""

    binding: Binding
    display: str
    enabled: bool
    dim: bool
    """Whether it looks as if it were not enabled: it would only tell why nothing can be done."""

    @property
    def width(self) -> int:
        return cell_len(self.display) + 1 + cell_len(self.binding.description)

    @property
    def content(self) -> Content:
        shown = Content.assemble(
            (self.display, "bold $footer-key-foreground"), f" {self.binding.description}"
        )
        return shown.stylize("dim") if self.dim else shown


class KeyFooter(Widget):
    """Shows the keys of the focused widget on one line; a click does what the key does."""

    DEFAULT_CSS = """
    KeyFooter {
        dock: bottom;
        height: 1;
        width: 1fr;
        padding: 0 1;
        background: $background;
        color: $foreground 70%;
    }
    """
    ALLOW_SELECT = False

    def on_mount(self) -> None:
        """Follow changes of the keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def on_unmount(self) -> None:
        """Stop following."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Content:
        """Draw as many keys as fit."""
        return Content(" " * _GAP).join(key.content for key in self._fitting())

    def _fitting(self) -> list[_Key]:
        keys = list(self._all())
        for key in _in_order_of_leaving_out(keys):
            if sum(each.width + _GAP for each in keys) - _GAP <= self.size.width:
                break
            keys.remove(key)
        return keys

    def _all(self) -> Iterator[_Key]:
        seen: set[str] = set()
        for active in _in_order(self.screen.active_bindings.values()):
            binding = active.binding
            if binding.show and binding.action not in seen:
                seen.add(binding.action)
                tells_why = isinstance(active.node, DimsKeys) and active.node.is_dim(binding.action)
                dim = tells_why or not active.enabled
                yield _Key(binding, self.app.get_key_display(binding), active.enabled, dim)

    def _at(self, x: int) -> _Key | None:
        x -= self.styles.padding.left
        for key in self._fitting():
            if 0 <= x < key.width:
                return key
            x -= key.width + _GAP
        return None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show the tooltip of the key under the mouse."""
        key = self._at(event.x)
        self.tooltip = key.binding.tooltip if key is not None else None

    def on_click(self, event: events.Click) -> None:
        """Do what the key under the mouse does."""
        key = self._at(event.x)
        if key is None:
            return
        if key.enabled:
            self.app.simulate_key(key.binding.key)
        else:
            self.app.bell()


def _in_order(active_bindings: Iterable[ActiveBinding]) -> list[ActiveBinding]:
    """Put the keys that decide first; the keys of a card's body come after those of every card.

    Else the nearest come first.
    """
    active_bindings = list(active_bindings)
    nodes = list(dict.fromkeys(active.node for active in active_bindings))
    places = {
        node: place + (1.5 if isinstance(node, CardBody) else 0) for place, node in enumerate(nodes)
    }
    return sorted(
        active_bindings,
        key=lambda active: (active.binding.id not in _FIRST, places[active.node]),
    )


def _in_order_of_leaving_out(keys: list[_Key]) -> list[_Key]:
    """Return the keys in the order in which they are left out; keys not in the table go last."""
    named = {binding_id: place for place, binding_id in enumerate(_LEFT_OUT_FIRST)}
    others = [key for key in keys if key.binding.id not in (*named, _NEVER_LEFT_OUT)]
    first = [key for key in keys if key.binding.id in named]
    return sorted(first, key=lambda key: named[key.binding.id or ""]) + others[::-1]
