"""The conformance tests of Duragraph, those that use the LangGraph SDK; the others are its own API."""

import json
import sys
from pathlib import Path

from tests.server.test_tokens import serving
from tests.suites.suite import Result, Suite, run_pytest

_GRAPH = Path(__file__).parent / "duragraph_twin.py"
_FILES = ("test_assistants.py", "test_streaming.py", "test_thread_state.py")
_NO_RUN = "as in langgraph-api, a thread without any run has no graph, so no state to update"


def _run(suite: Path, work: Path) -> Result:
    config = work / "langgraph.json"
    config.write_text(json.dumps({"graphs": {"simple_echo": f"{_GRAPH}:graph"}}))
    with serving(str(config), "--data", str(work / "data"), "--port", "0") as url:
        options = ("-o", "asyncio_mode=auto", *_FILES)
        report = work / "report.xml"
        return run_pytest(Path(sys.executable), suite, report, *options, API_BASE_URL=url)


SUITE = Suite(
    name="conformance tests of Duragraph",
    place=Path("duragraph/tests/conformance"),
    run=_run,
    at_least=30,
    known={
        "test_update_thread_state": _NO_RUN,
        "test_update_thread_state_with_as_node": _NO_RUN,
        "test_thread_state_persistence": _NO_RUN,
    },
)
