"""How well the decision core is tested: branches taken, and a sample of mutants killed."""

import subprocess
import sys

from tests.server.processes import ROOT


def core_figures(seed: int) -> str:
    """Return the totals, after the rows of `python -m tests.core_figures` are printed.

    Raises `CalledProcessError` if one of its goals is missed.
    """
    command = [sys.executable, "-m", "tests.core_figures", "--seed", str(seed)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout, end="", flush=True)
    done.check_returncode()
    return done.stdout.strip().splitlines()[-1]
