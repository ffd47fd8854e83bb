"""What `config.toml` sets for the console: checked against the themes and the actions that it has."""

import difflib
from collections.abc import Iterable

from hitl_engine.configuration import Configuration
from hitl_tui.key_actions import KEY_ACTIONS


def configured_theme(configuration: Configuration, themes: Iterable[str]) -> str | None:
    """Return the theme that is set, if one is. Raises BadConfiguration if it is none of `themes`."""
    theme = configuration.text("theme")
    known = sorted(themes)
    if theme is not None and theme not in known:
        what = f"There is no theme {theme}. theme must be one of {', '.join(known)}."
        raise configuration.fault("theme", what)
    return theme


def check_console(configuration: Configuration) -> None:
    """Check what is set for the console, without starting it. Raises BadConfiguration."""
    from textual.theme import BUILTIN_THEMES  # only the console and this check need Textual

    from hitl_tui.themes import THEMES, WITHOUT_SHADES

    known = {*BUILTIN_THEMES, *(theme.name for theme in THEMES)} - {*WITHOUT_SHADES}
    configured_theme(configuration, known)
    configured_keys(configuration)


def configured_grace(configuration: Configuration, target: str) -> float:
    """Return for how many seconds an answer to this target can be taken back."""
    seconds = configuration.for_target(target, "grace")
    return seconds if isinstance(seconds, int) else 0


def configured_keys(configuration: Configuration) -> dict[str, str]:
    """Return the keys of actions that are set, as Textual's keymap. Raises BadConfiguration."""
    keys = {action: str(key) for action, key in configuration.table("keys").items()}
    for action in keys:
        if action not in KEY_ACTIONS:
            close = difflib.get_close_matches(action, KEY_ACTIONS, n=1)
            hint = f"Did you mean keys.{close[0]}?" if close else "docs/keys.md lists the actions."
            raise configuration.fault(f"keys.{action}", f"There is no action {action}. {hint}")
    return keys
