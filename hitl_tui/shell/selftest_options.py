"""The options of `hitl-tui selftest`."""

import argparse
import random
from collections.abc import Callable

from hitl_tui.options import number_between
from hitl_tui.shell.common_options import add_shell_options


def _add_selftest_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser,
        None,
        "Try what this program promises, on this machine: decisions that several send at once, that "
        "came too late, texts and schemas that do harm, changed journals. With a target, what waits "
        "there is read too. Takes about a minute; nothing is sent to the target.",
    )
    parser.add_argument(
        "--seed",
        type=number_between(0, 2**32 - 1),
        default=random.randrange(2**32),
        metavar="N",
        help="do what an earlier selftest did that printed this number",
    )
    parser.add_argument(
        "--times",
        type=_times,
        default=1.0,
        metavar="N",
        help="try everything N times as often, from 0.01 to 1,000",
    )


def _times(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0.01 <= value <= 1_000:
        raise argparse.ArgumentTypeError("must be a number from 0.01 to 1,000")
    return value


ADD_SELFTEST_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "selftest": _add_selftest_options,
}
