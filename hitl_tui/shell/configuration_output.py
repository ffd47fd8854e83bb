"""What the commands for `config.toml` print. Keys and the values of headers are never printed."""

import os
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hitl_engine.configuration import NamedTarget
from hitl_engine.configuration.explained import ExplainedSetting, shown
from hitl_engine.model import JsonObject, JsonValue
from hitl_engine.visible import one_line
from hitl_tui.settings import Settings
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.error_output import error_line
from hitl_tui.state.notice_settings import KEPT_AS, SWITCHES
from hitl_tui.text.fitting import counted

if TYPE_CHECKING:
    from hitl_tui.shell.configuration_commands import TestedTarget

_WIDTH = 80
_KEPT = ("theme", *(f"{KEPT_AS}.{switch}" for switch in SWITCHES))
"""Settings that can also be chosen in the console."""


def config_result(
    path: Path, settings: Sequence[ExplainedSetting], kept: Settings
) -> CommandResult:
    """Return every setting, its value, and where that comes from."""
    where = f"{path}{'' if path.exists() else ' (there is no such file)'}"
    lines = [one_line(f"Settings of {where}", 1000)]
    for each in settings:
        lines += ["", *_setting_lines(each, kept)]
    documents: list[JsonValue] = [_setting_document(each, kept) for each in settings]
    return CommandResult({"path": str(path), "settings": documents}, tuple(lines))


def _setting_lines(each: ExplainedSetting, kept: Settings) -> Iterator[str]:
    yield each.setting.name
    rule = f"{each.setting.explanation} It is {each.setting.kind.allowed}."
    yield from textwrap.wrap(rule, _WIDTH, initial_indent="    ", subsequent_indent="    ")
    for value in _values(each, kept):
        yield one_line(f"  {value['name']} = {value['value']}  ({value['from']})", 1000)


def _setting_document(each: ExplainedSetting, kept: Settings) -> JsonObject:
    default = each.setting.default
    return {
        "name": each.setting.name,
        "explanation": each.setting.explanation,
        "allowed": each.setting.kind.allowed,
        "default": None if default is None else shown(default),
        "values": [*_values(each, kept)],
    }


def _values(each: ExplainedSetting, kept: Settings) -> list[JsonObject]:
    """Return the values that count: of the environment, the file, the console, or the default."""
    name = each.setting.name
    if name == "default_target" and (target := os.environ.get("HITL_TUI_TARGET")):
        return [{"name": name, "value": shown(target), "from": "HITL_TUI_TARGET"}]
    if each.values:
        return [
            {"name": value.name, "value": value.shown, "from": f"line {value.line}"}
            for value in each.values
        ]
    chosen = each.setting.kind.read(kept.kept(*each.setting.path)) if name in _KEPT else None
    if chosen is not None:
        return [{"name": name, "value": shown(chosen), "from": "chosen in the console"}]
    if any(part.isupper() for part in each.setting.path):
        return []
    return [{"name": name, "value": shown(each.setting.default), "from": "default"}]


def targets_result(
    path: Path, targets: Sequence[NamedTarget], default: str | None
) -> CommandResult:
    """Return the configured targets."""
    width = max((len(target.name) for target in targets), default=0)
    lines = [
        one_line(f"{target.name.ljust(width)}  {_place(target)}{_marks(target, default)}", 1000)
        for target in targets
    ]
    nothing = f"No target is configured in {path}. Add one: hitl-tui targets add NAME URL"
    documents: list[JsonValue] = [
        {**target_document(target), "default": target.name == default} for target in targets
    ]
    return CommandResult(documents, tuple(lines) or (nothing,))


def target_document(target: NamedTarget) -> JsonObject:
    """Return a target without its secrets."""
    return {
        "name": target.name,
        "place": _place(target),
        "key": str(target.key) if target.key else None,
        "headers": [*target.headers],
        "read_only": target.read_only,
        "production": target.production,
        "colour": target.colour or None,
    }


def changed_result(path: Path, name: str, what: str) -> CommandResult:
    """Return that the file was changed."""
    return CommandResult({"path": str(path), "name": name}, (one_line(what, 1000),))


def tested_result(tested: Sequence["TestedTarget"]) -> CommandResult:
    """Return what came of opening each target; the exit code is that of the first failure."""
    width = max((len(each.target.name) for each in tested), default=0)
    return CommandResult(
        [_tested_document(each) for each in tested],
        tuple(_tested_line(each, width) for each in tested) or ("No target is configured.",),
        notes=tuple(_notes(tested)),
        exit_code=next((each.error.exit_code for each in tested if each.error), 0),
    )


def _tested_line(each: "TestedTarget", width: int) -> str:
    name = each.target.name.ljust(width)
    if each.server is None:
        return f"{name}  failed after {each.seconds:.1f} s"
    what = f"{counted(each.waiting, 'item')} waiting"
    version = one_line(each.server.version, 40)
    return f"{name}  answers in {each.seconds:.1f} s, version {version or 'unknown'}, {what}"


def _tested_document(each: "TestedTarget") -> JsonObject:
    return {
        "name": each.target.name,
        "reached": each.server is not None,
        "seconds": round(each.seconds, 3),
        "version": each.server.version if each.server else None,
        "waiting": each.waiting if each.server else None,
        "lacks": [lack.reason for lack in each.server.lacks] if each.server else [],
        "error": str(each.error) if each.error else None,
    }


def _notes(tested: Iterable["TestedTarget"]) -> Iterator[str]:
    for each in tested:
        if each.error:
            yield error_line(each.target.name, str(each.error))


def _place(target: NamedTarget) -> str:
    return shown(target.place or "").strip('"')


def _marks(target: NamedTarget, default: str | None) -> str:
    marks = {
        "default": target.name == default,
        "production": target.production,
        "read-only": target.read_only,
    }
    words = ", ".join(word for word, is_so in marks.items() if is_so)
    return f"  ({words})" if words else ""
