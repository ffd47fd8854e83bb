"""Both servers for tests of details of the API, in which langgraph-api is the reference.

They change only with a version of langgraph-api, so `langgraph dev` is compared by `make hardening`:
it takes a second for each run.
"""

import pytest

from tests.server.processes import Served


@pytest.fixture(params=["local_server", pytest.param("langgraph_dev", marks=pytest.mark.hardening)])
def served(request: pytest.FixtureRequest) -> Served:
    """Each of the two servers in turn."""
    server: Served = request.getfixturevalue(request.param)
    return server
