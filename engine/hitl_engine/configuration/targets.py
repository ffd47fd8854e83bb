"""Named targets: how each is reached, and what it is marked as."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hitl_engine.configuration.config_file import Configuration
from hitl_engine.configuration.credentials import KeySource
from hitl_engine.configuration.log_reasons import (
    NO_LOG_REASONS,
    LogReasonSettings,
    log_reason_settings,
)
from hitl_engine.errors import BadTarget

_IN_PRODUCTION = "red"
"""The colour of a target in production that has no other."""


@dataclass(frozen=True, slots=True)
class NamedTarget:
    """A target as it is configured; one that was given on the command line has no name."""

    place: str | None = field(repr=False)
    """A URL, a `langgraph.json`, or `file.py:graph`; None means HITL_TUI_TARGET, or the folder."""
    name: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    key: KeySource | None = None
    """Where its key is; without it, one that has no name gets that of LangGraph's SDK."""
    key_header: str = "x-api-key"
    ca: Path | None = None
    proxy: str | None = field(default=None, repr=False)
    python: str | None = None
    read_only: bool = False
    production: bool = False
    colour: str = ""
    reviewer: str = ""
    """The name of the user, where one is configured."""
    presence: bool = True
    """Whether others may know which items are open here."""
    log_reasons: LogReasonSettings = NO_LOG_REASONS
    """Which decisions need a reason for the log."""

    @property
    def why_read_only(self) -> str:
        """Why nothing can be changed there, in sentences; empty where it can."""
        if not self.read_only:
            return ""
        return f"{self.name} is read-only: config.toml says so. Nothing can be answered or changed."


def named_targets(configuration: Configuration) -> tuple[NamedTarget, ...]:
    """Return all configured targets, in the order of the file."""
    return tuple(_target(configuration, name) for name in configuration.names("targets"))


def chosen_target(
    configuration: Configuration, text: str | None, environ: Mapping[str, str], cwd: Path
) -> NamedTarget | None:
    """Return the target that `text` names, or the one to use without it; None if several fit.

    Without a text: HITL_TUI_TARGET, then `./langgraph.json`, then `default_target`, then the only
    configured target. A text that is no configured name is a URL or a path.
    """
    text = text or environ.get("HITL_TUI_TARGET") or None
    names = configuration.names("targets")
    if text is None and not (cwd / "langgraph.json").is_file():
        text = configuration.text("default_target")
        if text is None and len(names) > 1:
            return None
        text = text or (names[0] if names else None)
    if text in names:
        return _target(configuration, text)
    return NamedTarget(
        text,
        reviewer=configuration.text("reviewer") or "",
        presence=configuration.get("presence") is not False,
        log_reasons=log_reason_settings(configuration),
    )


def which_target(configuration: Configuration) -> BadTarget:
    """Return the error of a command that takes one target, where several are configured."""
    names = ", ".join(configuration.names("targets"))
    return BadTarget(
        f"Several targets are configured: {names}.",
        hint="Name one with -t, or set default_target in config.toml.",
    )


def _target(configuration: Configuration, name: str) -> NamedTarget:
    given = configuration.table(f"targets.{name}")

    def text(key: str) -> str | None:
        value = given.get(key)
        return value if isinstance(value, str) else None

    headers = given.get("headers")
    production = given.get("production") is True
    return NamedTarget(
        place=text("url") or _absolute(configuration.path, text("path") or ""),
        name=name,
        headers=headers if isinstance(headers, dict) else {},
        key=_key_source(given),
        key_header=(text("key_header") or "x-api-key").lower(),
        ca=Path(_absolute(configuration.path, ca)) if (ca := text("ca")) else None,
        proxy=text("proxy"),
        python=text("python"),
        read_only=given.get("read_only") is True,
        production=production,
        colour=text("colour") or (_IN_PRODUCTION if production else ""),
        reviewer=configuration.text("reviewer") or "",
        presence=given.get("presence", configuration.get("presence")) is not False,
        log_reasons=log_reason_settings(configuration, name),
    )


def _key_source(given: Mapping[str, object]) -> KeySource | None:
    match given:
        case {"key_env": str(variable)}:
            return KeySource("environment", (variable,))
        case {"key_keyring": str(entry)}:
            return KeySource("keyring", tuple(entry.split("/", 1)))
        case {"key_command": tuple(command)}:
            return KeySource("command", command)
        case _:
            return None


def _absolute(file: Path | None, text: str) -> str:
    """Return a path of the file as an absolute one; `~` is the user's home."""
    expanded = Path(text).expanduser()
    return str(expanded if expanded.is_absolute() or file is None else file.parent / expanded)
