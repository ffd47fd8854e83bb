"""Runs each suite that is in the folder of the first argument, and tells what came out of it."""

import sys
import tempfile
from pathlib import Path

from tests.suites import duragraph, javascript_server, python_sdk
from tests.suites.suite import Suite, say

SUITES = (python_sdk.SUITE, javascript_server.SUITE, duragraph.SUITE)


def main(folder: Path) -> int:
    """Run the suites; return the number of those with a defect."""
    return sum(not _holds(suite, folder) for suite in SUITES)


def _holds(suite: Suite, folder: Path) -> bool:
    """Run a suite; return whether as many tests pass as should, and none fails that is not known."""
    place = folder / suite.place
    if not place.is_dir():
        say(f"Skipped: the {suite.name}: {place} does not exist.")
        return True
    with tempfile.TemporaryDirectory() as work:
        result = suite.run(place, Path(work))
    for name in sorted(result.failed):
        say(f"{suite.known.get(name, 'DEFECT')}: {name}")
    say(f"The {suite.name}: {result.passed} passed, {len(result.failed)} failed.")
    return result.passed >= suite.at_least and result.failed <= suite.known.keys()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Give the folder of the suites: make suites SUITES=FOLDER")
    sys.exit(main(Path(sys.argv[1])))
