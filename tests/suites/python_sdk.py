"""The integration tests of the Python SDK: `libs/sdk-py` of langchain-ai/langgraph."""

import re
import shutil
from pathlib import Path

from tests.server.processes import ROOT
from tests.server.test_tokens import serving
from tests.suites.suite import Result, Suite, environment_with, run_pytest

_PACKAGES = (
    f"{ROOT}[local]",
    *("deepagents", "langchain", "pytest", "pytest-asyncio", "pytest-timeout"),
)
"""Of the environment that runs the tests and the graphs: some graphs are deep agents."""
_FIXED_URL = re.compile(r"http://localhost:2024")
_NO_CRONS = "this server has no crons"
_WAITS = "the SDK waits for ever for a run that is cancelled while it runs, on langgraph dev too"
"""Whether it is cancelled while it runs depends on the speed of the machine."""


def _run(suite: Path, work: Path) -> Result:
    python = environment_with(work / "environment", _PACKAGES)
    copy = Path(shutil.copytree(suite, work / "sdk-py"))
    data, graphs = work / "data", copy / "integration" / "langgraph.json"
    options = ("serve", str(graphs), "--trust", "--port", "0", "--data-dir", str(data))
    with serving(*options, "--python", str(python), module="hitl_tui") as url:
        for test in (copy / "tests" / "integration").glob(
            "*.py"
        ):  # one has its URL written into it
            test.write_text(_FIXED_URL.sub(url, test.read_text()))
        arguments = ("-m", "integration", "--timeout", "60", "tests/integration")
        return run_pytest(
            python, copy, work / "report.xml", *arguments, LANGGRAPH_INTEGRATION_URL=url
        )


SUITE = Suite(
    name="integration tests of the Python SDK",
    place=Path("langgraph/libs/sdk-py"),
    run=_run,
    at_least=51,
    known={
        "test_cancel_async": _WAITS,
        "test_cancel_sync": _WAITS,
        "test_crons_create_search_delete_async": _NO_CRONS,
        "test_crons_create_search_delete_sync": _NO_CRONS,
    },
)
