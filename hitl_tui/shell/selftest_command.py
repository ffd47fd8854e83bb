"""`hitl-tui selftest`: how often a promise was tried on this machine, and how often it was broken."""

import os
import time
from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from importlib.metadata import version
from platform import platform, python_version
from typing import TYPE_CHECKING

from hitl_engine.selftest.figure import Figure
from hitl_engine.selftest.on_target import what_waits
from hitl_engine.selftest.table import measured
from hitl_engine.visible import one_line
from hitl_tui import demo
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.drawn_texts import drawn_texts
from hitl_tui.shell.standard_streams import print_output

if TYPE_CHECKING:
    from hitl_engine.desk import Desk

_SOMETHING_WRONG = 10
_DRAWN = 20_000
_ITEMS = 50
"""Items of the target that are read."""
_PROMISE = 45
"""Cells of the first column: those of the longest promise."""


async def selftest(
    args: Namespace, open_desk: Callable[[], AbstractAsyncContextManager["Desk"]]
) -> CommandResult:
    """Measure everything, and print each row when it is known. Raises TargetError."""
    began = time.monotonic()
    figures: list[Figure] = []
    if not args.json:
        print_output(f"{'':{_PROMISE}} {'tried':>8} {'wrong':>6}")
    async for figure in _figures(args, open_desk):
        figures.append(figure)
        if not args.json:
            print_output("\n".join(_lines(figure)))
    wrong = sum(figure.wrong for figure in figures)
    about = {
        "version": version("hitl-tui"),
        "python": python_version(),
        "platform": platform(),
        "cores": os.cpu_count(),
        "seed": args.seed,
        "times": args.times,
        "seconds": round(time.monotonic() - began),
    }
    if not args.json:
        print_output("\n".join(("", *_end(about, wrong))))
    return CommandResult(
        {**about, "figures": [asdict(figure) for figure in figures]},
        (),
        exit_code=_SOMETHING_WRONG if wrong else 0,
        printed=not args.json,
    )


async def _figures(
    args: Namespace, open_desk: Callable[[], AbstractAsyncContextManager["Desk"]]
) -> AsyncIterator[Figure]:
    yield drawn_texts(max(1, round(_DRAWN * args.times)), args.seed)
    async for figure in measured(demo.TARGET, seed=args.seed, times=args.times):
        yield figure
    if args.target is not None:
        async with open_desk() as desk:
            for figure in await what_waits(desk, _ITEMS):
                yield figure


def _lines(figure: Figure) -> tuple[str, ...]:
    sign = "✕" if figure.wrong else "✓"
    promise = f"{sign} {figure.promise}"
    numbers = f"{promise:{_PROMISE}} {figure.tried:>8,} {figure.wrong:>6,}"
    first = f"  first: {one_line(figure.first, 300)}"
    return (f"{numbers}  {figure.measured}".rstrip(), *([first] if figure.first else []))


def _end(about: dict[str, object], wrong: int) -> tuple[str, ...]:
    again = f"hitl-tui selftest --seed {about['seed']}"
    if about["times"] != 1:
        again += f" --times {about['times']:g}"
    return (
        f"hitl-tui {about['version']}, Python {about['python']}, {about['cores']} cores, {about['seconds']} s.",
        f"{about['platform']}",
        f"The same again: {again}",
        "Nothing went wrong." if not wrong else "Please report this, with the lines above.",
    )
