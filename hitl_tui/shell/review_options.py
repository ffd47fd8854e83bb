"""The options of `hitl-tui review`."""

import argparse
from collections.abc import Callable

from hitl_tui.options import add_connection_options, add_target_option
from hitl_tui.shell import review_command
from hitl_tui.shell.common_options import add_filter_options, add_log_reason_option


def _add_review_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Decide what waits, line by line: for screen readers and for terminals that show lines only. "
        "Everything is printed, and nothing is drawn over; answers are typed, and confirmed."
    )
    parser.set_defaults(run=review_command.review, json=False)
    add_target_option(parser)
    add_filter_options(parser)
    add_log_reason_option(parser)
    add_connection_options(parser)


ADD_REVIEW_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "review": _add_review_options,
}
