"""`hitl-tui completion`: the script with which a shell completes commands, options and files."""

import argparse
from pathlib import Path

_FILES = ("target", "python", "file")
"""Arguments that are a file, or may be one; those of type `Path` are one anyway."""
_FOLDERS = ("data_dir",)


def completion_script(parser: argparse.ArgumentParser, shell: str) -> str:
    """Return the script for a shell, made from a parser that has all commands."""
    import shtab  # nothing else needs it

    _complete_files(parser, shtab.FILE, shtab.DIRECTORY)
    script: str = shtab.complete(parser, shell)
    return script


def _complete_files(parser: argparse.ArgumentParser, file: object, folder: object) -> None:
    """Note which arguments name files or folders, where shtab looks for it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                _complete_files(each, file, folder)
        elif action.dest in _FOLDERS:
            action.complete = folder  # type: ignore[attr-defined]  # shtab reads it
        elif action.type is Path or action.dest in _FILES:
            action.complete = file  # type: ignore[attr-defined]  # shtab reads it
