"""Reads `config.toml`: every fault of it is named with its line, and what is allowed there."""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hitl_engine.configuration.kinds import Value
from hitl_engine.configuration.settings import NAME, SETTINGS, Setting
from hitl_engine.configuration.toml_lines import line_of
from hitl_engine.errors import BadConfiguration, ConfigurationFault

VARIABLE = "HITL_TUI_CONFIG"
"""The environment variable that names another file."""
_SHOWN = 60
"""Characters of a wrong value that are shown."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The values that a file sets, by the full name of their settings: `targets.mine.url`."""

    path: Path | None = None
    """The file; None where there is none."""
    values: Mapping[str, Value] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    """The line of each value; filled in by `read` with `lines=True` only."""

    def get(self, name: str) -> Value | None:
        """Return the value of a setting, or its default. Raises KeyError for an unknown setting."""
        if name in self.values:
            return self.values[name]
        return setting_of(tuple(name.split("."))).default

    def text(self, name: str) -> str | None:
        """Return the value of a setting that is a text."""
        value = self.get(name)
        return value if isinstance(value, str) else None

    def name_for(self, target: str, name: str) -> str:
        """Return which setting counts for a target: its own if the file sets it, or that of all."""
        own = f"targets.{target}.{name}"
        return own if own in self.values else name

    def for_target(self, target: str, name: str) -> Value | None:
        """Return the value of a setting for a target; `name` is that of the setting of all."""
        return self.get(self.name_for(target, name))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the values of a setting that is a list of texts."""
        value = self.get(name)
        return value if isinstance(value, tuple) else ()

    def fault(self, name: str, what: str) -> BadConfiguration:
        """Return the error of a value that is of the right kind, and still cannot be used."""
        path = self.path or Path()
        try:
            line = line_of(path.read_text(encoding="utf-8"), tuple(name.split(".")))
        except OSError:
            line = None
        return BadConfiguration(path, [ConfigurationFault(line, what)])

    def names(self, table: str) -> tuple[str, ...]:
        """Return the names that the user gave in a table: those of the targets, of the views."""
        return tuple(dict.fromkeys(name.partition(".")[0] for name in self.table(table)))

    def table(self, name: str) -> dict[str, Value]:
        """Return all values inside of a table, by the rest of their names."""
        start = f"{name}."
        return {
            full.removeprefix(start): value
            for full, value in self.values.items()
            if full.startswith(start)
        }


def configuration_path(environ: Mapping[str, str]) -> Path:
    """Return where the file is, or would be: HITL_TUI_CONFIG, or the user's folder."""
    if named := environ.get(VARIABLE):
        return Path(named).expanduser()
    from platformdirs import user_config_path  # it takes time, which a named file saves

    return user_config_path("hitl-tui") / "config.toml"


def read(path: Path, *, lines: bool = False) -> Configuration:
    """Read a file; a missing one sets nothing. Raises BadConfiguration, with every fault.

    `lines`: find the line of each value too, which takes longer.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Configuration()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadConfiguration(
            path, [ConfigurationFault(None, f"It cannot be read: {reason}.")]
        ) from error
    return parse(text, path, lines=lines)


def parse(text: str, path: Path, *, lines: bool = False) -> Configuration:
    """Read the text of a file. Raises BadConfiguration, with every fault."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadConfiguration(path, [_syntax_fault(error)]) from error
    values: dict[str, Value] = {}
    faults: list[ConfigurationFault] = []
    for parts, found in _leaves(document):
        try:
            values[".".join(parts)] = _checked(parts, found)
        except ValueError as error:
            faults.append(ConfigurationFault(line_of(text, parts), str(error)))
    made = Configuration(path, values)
    faults = faults or [
        ConfigurationFault(line_of(text, parts), why) for parts, why in _contradictions(made)
    ]
    if faults:
        raise BadConfiguration(path, sorted(faults, key=lambda fault: fault.line or 0))
    if lines:
        where = {name: line_of(text, tuple(name.split("."))) or 0 for name in values}
        made = Configuration(path, values, where)
    return made


def setting_of(parts: tuple[str, ...]) -> Setting:
    """Return the setting of a path, whose own names stand for the parts in capitals.

    Raises KeyError.
    """
    for setting in SETTINGS:
        if setting.is_at(parts):
            return setting
    raise KeyError(".".join(parts))


def _leaves(
    document: dict[str, object], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield each value with its path; a table where a setting is expected counts as a value."""
    for name, found in document.items():
        parts = (*above, name)
        is_empty = found == {} and above
        if isinstance(found, dict) and _is_table(parts) and not is_empty:
            yield from _leaves(found, parts)
        else:
            yield parts, found


def _is_table(parts: tuple[str, ...]) -> bool:
    """Whether settings are inside of this path, and none is at it."""
    return any(setting.begins(parts) and not setting.is_at(parts) for setting in SETTINGS)


def _checked(parts: tuple[str, ...], found: object) -> Value:
    """Return the value of a setting. Raises ValueError with what is wrong, in a sentence."""
    name = ".".join(parts)
    try:
        setting = setting_of(parts)
    except KeyError:
        if _is_table(parts):
            wrong = "it is empty" if found == {} else f"it is {_shown(found)}"
            raise ValueError(f"{name} must be a table with settings; {wrong}.") from None
        raise ValueError(_unknown(parts)) from None
    if parts[0] in ("targets", "views") and not re.fullmatch(NAME, parts[1]):
        raise ValueError(
            f"{parts[1]!r} cannot be a name: a name is a letter, then letters, digits, - and _."
        )
    value = setting.kind.read(found)
    if value is None:
        shown = "" if setting.kind.secret else f", not {_shown(found)}"
        raise ValueError(f"{name} must be {setting.kind.allowed}{shown}.")
    return value


def _unknown(parts: tuple[str, ...]) -> str:
    known = [
        ".".join(part if pattern.isupper() else pattern for part, pattern in pairs)
        for setting in SETTINGS
        if len(setting.path) == len(parts)
        for pairs in [list(zip(parts, setting.path, strict=True))]
    ]
    name = ".".join(parts)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"There is no setting {name}. Did you mean {close[0]}?"
    return f"There is no setting {name}. hitl-tui config lists all."


def _shown(found: object) -> str:
    words = {True: "true", False: "false"}.get(found, "") if isinstance(found, bool) else ""
    text = words or (f'"{found}"' if isinstance(found, str) else str(found))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


_SERVER_ONLY = ("headers", "key_env", "key_keyring", "key_command", "key_header", "ca", "proxy")
_KEYS = ("key_env", "key_keyring", "key_command")


def _contradictions(made: Configuration) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what does not fit together: the path at which to look, and why."""
    names = made.names("targets")
    for name in names:
        start = f"targets.{name}"
        place = ("targets", name)
        given = made.table(start).keys()
        if "url" in given and "path" in given:
            yield (*place, "path"), f"{start} has a url and a path; it must have one of them."
        elif not given & {"url", "path"}:
            yield place, f"{start} has no url and no path; it must have one of them."
        if "path" in given:
            for key in sorted(given & {*_SERVER_ONLY}):
                yield (
                    (*place, key),
                    f"{start}.{key} is for a target with a url; this one has a path.",
                )
        if "url" in given and "python" in given:
            yield (
                (*place, "python"),
                f"{start}.python is for a target with a path; this one has a url.",
            )
        if len(several := sorted(given & {*_KEYS})) > 1:
            yield (*place, several[1]), f"{start} has {' and '.join(several)}; one is enough."
    default = made.text("default_target")
    if default is not None and default not in names:
        close = difflib.get_close_matches(default, names, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        yield ("default_target",), f"default_target names {default}, which is no target here.{hint}"


def _syntax_fault(error: tomllib.TOMLDecodeError) -> ConfigurationFault:
    found = re.fullmatch(r"(.*?) \(at line (\d+), column (\d+)\)", str(error))
    if found is None:
        return ConfigurationFault(None, f"This is not TOML: {error}.")
    what, line, column = found.groups()
    return ConfigurationFault(int(line), f"This is not TOML: {what}, at column {column}.")
