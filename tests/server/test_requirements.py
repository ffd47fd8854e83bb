"""What the server needs of an interpreter: one list for the check, another for installing."""

import tomllib
from pathlib import Path

from hitl_server.requirements import PACKAGES

ROOT = Path(__file__).parents[2]
SAMPLES_ONLY = {"langchain"}
"""The agents of the sample graphs use it; the server does not."""


def test_the_checked_packages_are_those_of_the_local_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    local = dict(line.split(">=") for line in project["optional-dependencies"]["local"])
    checked = {name: bound for name, bound in local.items() if name not in SAMPLES_ONLY}
    assert checked == PACKAGES


def test_the_base_install_brings_nothing_that_runs_graphs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    base = " ".join(project["dependencies"])
    assert not [name for name in ("langgraph", "langchain", "fastapi", "uvicorn") if name in base]
