"""Servers that end and start again: at the same address, with the same keys and the same data."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.server import processes
from tests.server.ports import free_port
from tests.server.postgres import postgres
from tests.server.processes import Served

Start = Callable[[], AbstractContextManager[Served]]
"""Starts a server for the length of a block. The next one has the data of the one before."""

ADA, RITA = "key-ada", "key-rita"
"""The keys of `auth_handlers.py`: Rita only reads."""
_TOKEN = "a-token-of-these-tests"


@contextmanager
def restartable(kind: str, folder: Path, *, keys: bool = False) -> Iterator[Start]:
    """What starts a server of a kind (`SERVERS`), with data in `folder`.

    `keys`: its users are those of `auth_handlers.py`, and clients are Ada. Without it, only ours has
    a token, as a team serves it.
    """
    with _starts(kind, folder, keys=keys) as start:
        yield partial(_with_key, start, ADA if keys else _TOKEN)


@contextmanager
def _starts(kind: str, folder: Path, *, keys: bool) -> Iterator[Start]:
    port = free_port()
    if kind == "javascript":
        yield partial(processes.javascript_server, folder, port, keys=keys)
        return
    config = (processes.common_project_with_keys if keys else processes.common_project)(folder)
    match kind:
        case "local_server":
            options = ("--port", str(port))
            token = {} if keys else {"HITL_TUI_TOKEN": _TOKEN}
            yield partial(processes.running_server, config, folder / "data", *options, **token)
        case "langgraph_dev":
            yield partial(processes.langgraph_dev, folder, config, port)
        case "aegra":
            with postgres() as database:
                yield partial(processes.aegra_worker, folder, config, database.url, port)


@contextmanager
def _with_key(start: Start, key: str) -> Iterator[Served]:
    with start() as served:
        yield replace(served, headers={"x-api-key": key})
