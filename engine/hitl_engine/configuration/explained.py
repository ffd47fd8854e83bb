"""Every setting with its value and where that comes from, for people and programs."""

import re
from dataclasses import dataclass

from hitl_engine.configuration.config_file import Configuration
from hitl_engine.configuration.edits import to_toml
from hitl_engine.configuration.kinds import Value
from hitl_engine.configuration.settings import SETTINGS, Setting


@dataclass(frozen=True, slots=True)
class SetValue:
    """A value of a setting, as the file sets it."""

    name: str
    """The full name: `targets.mine.url`."""
    line: int | None
    """The number of its line; None if the lines were not read."""
    shown: str
    """As TOML, without secrets."""


@dataclass(frozen=True, slots=True)
class ExplainedSetting:
    """A setting, and what the file sets it to: several times where its name has parts in capitals."""

    setting: Setting
    values: tuple[SetValue, ...]


def explained(configuration: Configuration) -> tuple[ExplainedSetting, ...]:
    """Return all settings, in the order of their declaration."""
    return tuple(ExplainedSetting(each, _values_of(each, configuration)) for each in SETTINGS)


def shown(value: Value | None, *, secret: bool = True) -> str:
    """Return a value as TOML, without secrets: those of headers, URLs and arguments of commands.

    `secret`: whether the value is of a kind that may hold some.
    """
    if value is None:
        return "not set"
    if not secret:
        return to_toml(value)
    if isinstance(value, dict):
        return to_toml(dict.fromkeys(value, "…"))
    if isinstance(value, tuple):
        return to_toml((value[0], *["…"] * (len(value) > 1)))
    return re.sub(r"//[^/\s\"]*@", "//…@", to_toml(value))


def _values_of(setting: Setting, configuration: Configuration) -> tuple[SetValue, ...]:
    return tuple(
        SetValue(name, configuration.lines.get(name), shown(value, secret=setting.kind.secret))
        for name, value in configuration.values.items()
        if setting.is_at(tuple(name.split(".")))
    )
