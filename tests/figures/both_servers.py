"""What a figure does on our server and on `langgraph dev`, half of it on each."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from pathlib import Path

from tests.server.processes import Served, langgraph_dev, running_server


def on_both_servers(
    folder: Path,
    project: Callable[[Path], Path],
    work: Callable[[Served, Path, int], Coroutine[None, None, None]],
    count: int,
) -> None:
    """Do `work` with a server, a folder of its own, and half the count, on one server after the other.

    `project` makes a project in a folder, and returns its langgraph.json.
    """
    with ExitStack() as stack:
        ours, theirs = folder / "ours", folder / "theirs"
        for each in (ours, theirs):
            each.mkdir()
        servers = (
            stack.enter_context(running_server(project(ours), folder / "data")),
            stack.enter_context(langgraph_dev(theirs, project(theirs))),
        )
        for server in servers:
            asyncio.run(work(server, folder / server.name, -(-count // 2)))
