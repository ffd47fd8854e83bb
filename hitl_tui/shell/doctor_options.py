"""The options of `hitl-tui doctor`."""

import argparse
from collections.abc import Callable

from hitl_tui.shell.common_options import add_shell_options


def _add_doctor_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser,
        None,
        "Check the terminal, the local data, the way to the server, and the server; print what was "
        "found, and what to do. Nothing is changed.",
    )


ADD_DOCTOR_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "doctor": _add_doctor_options,
}
