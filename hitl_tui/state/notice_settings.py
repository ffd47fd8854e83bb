"""Which notifications the user wants, and of which items."""

from dataclasses import dataclass, field

from hitl_engine.model import ItemFilter, ItemKind
from hitl_tui.settings import Settings
from hitl_tui.terminal_notices import Desktop

KEPT_AS = "notifications"
SWITCHES = ("bell", "title", "desktop", "toast")


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """What the settings keep under `notifications`; whatever cannot be used counts as not given."""

    bell: bool = True
    title: bool = True
    toast: bool = True
    """On the screen of the console, while another item is open."""
    desktop: bool = True
    desktop_way: Desktop = Desktop.AUTO
    command: tuple[str, ...] = ()
    """A command of the user's own, run without a shell with JSON on its standard input."""
    filter: ItemFilter = field(default_factory=ItemFilter)
    """Of which items to tell."""

    @classmethod
    def kept_in(cls, settings: Settings) -> "NoticeSettings":
        """Return what the settings keep."""
        given = settings.kept(KEPT_AS)
        kept: dict[object, object] = given if isinstance(given, dict) else {}
        way, kinds = str(kept.get("desktop_way")), _texts(kept.get("kinds"))
        return cls(
            **{name: kept.get(name) is not False for name in SWITCHES},
            desktop_way=Desktop(way) if way in list(Desktop) else Desktop.AUTO,
            command=_texts(kept.get("command")),
            filter=ItemFilter(
                graphs=frozenset(_texts(kept.get("graphs"))),
                tools=frozenset(_texts(kept.get("tools"))),
                kinds=frozenset(kind for kind in ItemKind if kind.value in kinds),
            ),
        )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
