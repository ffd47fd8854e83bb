"""What runs is the source that a person can look at, not what somebody compiled beside it."""

import os
import py_compile
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

from hitl_server.project.places import import_file

IMPORTING = """
import sys
from hitl_server.project.config import read_project
read_project(sys.argv[1]).enter()
import compiled_elsewhere
print(compiled_elsewhere.TEXT)
"""


def compiled_of_another(path: Path, mode: py_compile.PycInvalidationMode) -> None:
    """Write a source, and beside it what was compiled of another one of the same size and time."""
    path.write_text("TEXT = 'shown'\n")
    other = path.with_name("other.py")
    other.write_text("TEXT = 'other'\n")
    for each in (path, other):
        os.utime(each, (1_700_000_000, 1_700_000_000))
    py_compile.compile(str(other), cache_from_source(str(path)), str(path), invalidation_mode=mode)


def test_the_file_of_a_graph_is_run_from_its_source(tmp_path: Path) -> None:
    path = tmp_path / "agent.py"
    compiled_of_another(path, py_compile.PycInvalidationMode.TIMESTAMP)
    assert import_file(path).TEXT == "shown"


def test_a_module_that_is_compiled_without_a_time_is_compared_with_its_source(
    tmp_path: Path,
) -> None:
    module = tmp_path / "compiled_elsewhere.py"
    compiled_of_another(module, py_compile.PycInvalidationMode.UNCHECKED_HASH)
    config = tmp_path / "langgraph.json"
    config.write_text('{"graphs": {"one": "./agent.py:graph"}}')
    done = subprocess.run(
        [sys.executable, "-c", IMPORTING, str(config)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "shown\n"
