"""What a user has configured in `config.toml`: settings, and named targets.

The console reads it before its first paint, so nothing slow is imported here.
"""

from hitl_engine.configuration.config_file import Configuration, configuration_path, read
from hitl_engine.configuration.log_reasons import NO_LOG_REASONS, LogReasonSettings
from hitl_engine.configuration.settings import SETTINGS, Setting
from hitl_engine.configuration.targets import (
    NamedTarget,
    chosen_target,
    named_targets,
    which_target,
)

__all__ = [
    "NO_LOG_REASONS",
    "SETTINGS",
    "Configuration",
    "LogReasonSettings",
    "NamedTarget",
    "Setting",
    "chosen_target",
    "configuration_path",
    "named_targets",
    "read",
    "which_target",
]
