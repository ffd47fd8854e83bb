"""Which decisions need a reason for the log, as `config.toml` sets it for a target."""

from dataclasses import dataclass

from hitl_engine.configuration.config_file import Configuration

_TABLE = "log_reasons"


@dataclass(frozen=True, slots=True)
class LogReasonSettings:
    """The settings of the table `log_reasons`; without any, no decision needs a reason."""

    tools: tuple[str, ...] = ()
    """Names of tools, in which `*` is any text."""
    graphs: tuple[str, ...] = ()
    """Names of graphs, likewise."""
    decisions: tuple[str, ...] = ()
    """Which decisions need one there, of `REASONED_DECISIONS`; all, if empty."""
    on_server: bool = False
    """Whether the run carries the reason in its metadata."""


NO_LOG_REASONS = LogReasonSettings()
"""No decision needs a reason."""


def log_reason_settings(configuration: Configuration, target: str = "") -> LogReasonSettings:
    """Return the settings of a configured target, or those of all targets for one without a name."""

    def texts(key: str) -> tuple[str, ...]:
        return configuration.texts(configuration.name_for(target, f"{_TABLE}.{key}"))

    return LogReasonSettings(
        tools=texts("tools"),
        graphs=texts("graphs"),
        decisions=texts("decisions"),
        on_server=configuration.for_target(target, f"{_TABLE}.on_server") is True,
    )
