"""The named views of the inbox: those of `config.toml`, and those that the user saved with a key."""

from dataclasses import dataclass

from hitl_engine.configuration import Configuration
from hitl_tui.settings import Settings

_KEPT_AS = "inbox_views"


@dataclass(frozen=True, slots=True)
class NamedView:
    """A view by its name."""

    name: str
    text: str
    """A filter with its order and groups, as `parse_view` reads it."""
    is_configured: bool
    """Whether it is in `config.toml`, and changed only there."""


class NamedViews:
    """One list of all views; a name in `config.toml` wins over the same name that was saved."""

    def __init__(self, settings: Settings, configuration: Configuration) -> None:
        self._settings = settings
        self._configured = {name: str(text) for name, text in configuration.table("views").items()}

    @property
    def all(self) -> tuple[NamedView, ...]:
        """Every view: those of `config.toml` first."""
        configured = (NamedView(name, text, True) for name, text in self._configured.items())
        saved = (
            NamedView(name, text, False)
            for name, text in self._saved().items()
            if name not in self._configured
        )
        return (*configured, *saved)

    def is_configured(self, name: str) -> bool:
        """Whether `config.toml` has a view of this name, so that none can be saved under it."""
        return name in self._configured

    def save(self, name: str, text: str) -> None:
        """Keep a view, in place of one that was saved under this name. Raises OSError."""
        self._settings.keep({**self._saved(), name: text}, _KEPT_AS)

    def remove(self, name: str) -> None:
        """Forget a view that was saved. Raises OSError."""
        saved = self._saved()
        self._settings.keep({each: saved[each] for each in saved if each != name}, _KEPT_AS)

    def _saved(self) -> dict[str, str]:
        kept = self._settings.kept(_KEPT_AS)
        if not isinstance(kept, dict):
            return {}
        return {
            name: text
            for name, text in kept.items()
            if isinstance(name, str) and isinstance(text, str)
        }
