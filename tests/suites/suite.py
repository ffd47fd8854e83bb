"""What a suite is, and what came out of it."""

import os
import subprocess
import sys
import venv
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """What came out of a suite."""

    passed: int
    failed: frozenset[str]
    """The names of the tests that failed."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite of others, and what it is known to find."""

    name: str
    place: Path
    """Where it is in the folder of suites."""
    run: Callable[[Path, Path], Result]
    """Runs the suite at a path, with a folder for files."""
    at_least: int
    """How many of its tests must pass."""
    known: Mapping[str, str]
    """Tests that fail, each with the reason; any other failure is a defect."""


def run_pytest(
    python: Path, folder: Path, report: Path, *arguments: str, **environment: str
) -> Result:
    """Run the tests of a folder with another interpreter; `report` is where to write a report."""
    options = ("-p", "no:cacheprovider", f"--junit-xml={report}", "-o", "addopts=")
    subprocess.run(
        [python, "-m", "pytest", "-q", "--no-header", *options, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        check=False,
    )
    cases = list(ET.parse(report).iter("testcase"))
    failed = frozenset(
        str(case.get("name"))
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    )
    skipped = sum(case.find("skipped") is not None for case in cases)
    return Result(len(cases) - len(failed) - skipped, failed)


def environment_with(folder: Path, packages: Sequence[str]) -> Path:
    """Make a virtual environment with packages; return its interpreter."""
    venv.create(folder, with_pip=True, clear=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
    return python


def say(text: str) -> None:
    """Tell how it goes."""
    print(text, file=sys.stderr, flush=True)
