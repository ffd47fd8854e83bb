"""The tests that take too long for `make test`: those with the marker `hardening`."""

import re
import subprocess
import sys
from pathlib import Path

from tests.server.processes import ROOT


def run_long_tests(folder: Path) -> str:
    """Run them; return the summary of pytest. Raises `AssertionError` with its output."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-W",
        "error",
        "-m",
        "hardening",
        "--timeout=0",
    ]
    done = subprocess.run(
        [*command, f"--basetemp={folder / 'pytest'}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return re.sub(r" in .*", "", done.stdout.strip().splitlines()[-1])
