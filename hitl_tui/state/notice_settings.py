"""Which notifications the user wants, and of which items."""

from dataclasses import dataclass, field

from hitl_engine.configuration import Configuration
from hitl_engine.model import ItemFilter, ItemKind
from hitl_tui.settings import Settings
from hitl_tui.terminal_notices import Desktop

KEPT_AS = "notifications"
SWITCHES = ("bell", "title", "desktop", "toast")
"""What the user can turn on and off in the console; `config.toml` wins over it."""


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """How the user wants to hear of new items of a target."""

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
    def of_target(
        cls, target: str, configuration: Configuration, settings: Settings
    ) -> "NoticeSettings":
        """Return what `config.toml` sets for a target, or else what was chosen in the console."""

        def is_on(switch: str) -> bool:
            name = configuration.name_for(target, f"{KEPT_AS}.{switch}")
            value = configuration.values.get(name)
            return (settings.kept(KEPT_AS, switch) if value is None else value) is not False

        def names(key: str) -> tuple[str, ...]:
            return configuration.texts(configuration.name_for(target, f"{KEPT_AS}.{key}"))

        return cls(
            **{switch: is_on(switch) for switch in SWITCHES},
            desktop_way=Desktop(str(configuration.for_target(target, f"{KEPT_AS}.desktop_way"))),
            command=names("command"),
            filter=ItemFilter(
                graphs=frozenset(names("graphs")),
                tools=frozenset(names("tools")),
                kinds=frozenset(map(ItemKind, names("kinds"))),
            ),
        )
