"""The common settings, as the settings screen lists them: a value each, chosen from a few."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hitl_engine.configuration import Configuration
from hitl_engine.configuration.config_file import setting_of
from hitl_engine.configuration.explained import shown
from hitl_engine.configuration.kinds import Value

_OF_TARGETS = ("production", "read_only", "colour")


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
        """The name, the value, and whether the file sets it."""
        default = setting_of(self.path).default
        value = shown(default) if self.value is None else shown(self.value)
        return f"{self.name} = {value}{'' if self.value is not None else ' (default)'}"


def setting_rows(configuration: Configuration, themes: Sequence[str]) -> Iterator[SettingRow]:
    """Yield the common settings: of the console, and of each target."""
    targets = configuration.names("targets")
    yield SettingRow("theme", configuration.values.get("theme"), tuple(themes))
    if targets:
        default = configuration.values.get("default_target")
        yield SettingRow("default_target", default, targets)
    for target in targets:
        for key in _OF_TARGETS:
            name = f"targets.{target}.{key}"
            choices = setting_of(tuple(name.split("."))).kind.choices
            yield SettingRow(name, configuration.values.get(name), choices)
