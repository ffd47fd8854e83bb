"""The common settings, as the settings screen lists them: a value each, chosen from a few."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hitl_engine.configuration import Configuration
from hitl_engine.configuration.config_file import setting_of
from hitl_engine.configuration.explained import shown
from hitl_engine.configuration.kinds import Value

_OF_TARGETS = ("production", "read_only", "colour")
_GRACES = (0, 1, 3, 5, 10, 30)
"""Seconds that the screen offers; the file takes others."""
_NOTIFICATIONS = ("bell", "title", "toast", "desktop", "desktop_way")


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting with what it can be set to."""

    name: str
    """The full name: `targets.mine.read_only`."""
    value: Value | None
    """What the file sets; None if it does not."""
    choices: tuple[Value, ...]

    @property
    def path(self) -> tuple[str, ...]:
        """The tables and the key in the file."""
        return tuple(self.name.split("."))

    @property
    def explanation(self) -> str:
        """What the setting does."""
        return setting_of(self.path).explanation

    @property
    def words(self) -> str:
        """The name, the value, and whether it is the default."""
        if self.value is not None:
            return f"{self.name} = {shown(self.value)}"
        default = setting_of(self.path).default
        return f"{self.name} = {shown(default)}{'' if default is None else ' (default)'}"


def setting_rows(configuration: Configuration, themes: Sequence[str]) -> Iterator[SettingRow]:
    """Yield the common settings: of the console, and of each target."""
    targets = configuration.names("targets")
    yield SettingRow("theme", configuration.values.get("theme"), tuple(themes))
    yield _of_few(configuration, "ascii")
    yield from _of_all_or_one(configuration, "")
    if targets:
        default = configuration.values.get("default_target")
        yield SettingRow("default_target", default, targets)
    for target in targets:
        for key in _OF_TARGETS:
            yield _of_few(configuration, f"targets.{target}.{key}")
        yield from _of_all_or_one(configuration, f"targets.{target}.")


def _of_all_or_one(configuration: Configuration, prefix: str) -> Iterator[SettingRow]:
    """Yield the settings that are set for all targets, and that one can have for itself."""
    grace = f"{prefix}grace"
    yield SettingRow(grace, configuration.values.get(grace), _GRACES)
    for key in _NOTIFICATIONS:
        yield _of_few(configuration, f"{prefix}notifications.{key}")


def _of_few(configuration: Configuration, name: str) -> SettingRow:
    """Return the row of a setting whose kind has few values."""
    choices = setting_of(tuple(name.split("."))).kind.choices
    return SettingRow(name, configuration.values.get(name), choices)
