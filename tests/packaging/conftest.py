"""What the tests of installs share: a wheel of this checkout, and the programs that make it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")


def run(command: list[str], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program that finds our code only if it is installed."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        command,
        check=False,
        cwd=cwd,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def uv(*args: str) -> str:
    """Return what uv prints; skips the test if it cannot download a package."""
    done = run([str(UV), *args], cwd=Path("/"))
    if done.returncode and ("Failed to fetch" in done.stderr or "client error" in done.stderr):
        pytest.skip(f"the package index cannot be reached: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--wheel", "--out-dir", str(folder), str(ROOT))
    [made] = folder.glob("*.whl")
    return str(made)
