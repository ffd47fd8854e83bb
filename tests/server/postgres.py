"""A real PostgreSQL as a child process, with Debian's programs, in a folder of its own."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.server.ports import free_port

_USER = "nobody"
"""Who runs the server where the tests run as root: PostgreSQL refuses root."""
_ROLE = "postgres"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",  # the data is gone with the test
    "max_connections": "200",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server that trusts every local user, with the empty database `postgres`."""

    port: int

    @property
    def url(self) -> str:
        """The address of its database, as libpq reads it."""
        return f"postgresql://{_ROLE}@127.0.0.1:{self.port}/postgres"


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A new, empty PostgreSQL for the length of a block; skips where it is not installed."""
    programs = _programs()
    folder = Path(mkdtemp(prefix="postgres-"))  # pytest's own folders are closed to other users
    as_user = _as_ordinary_user(folder)
    data = folder / "data"
    log = folder / "log"
    try:
        _run(
            *as_user,
            *(programs / "initdb", "--pgdata", data, "--username", _ROLE),
            *("--auth", "trust", "--no-sync", "--encoding", "UTF8", "--locale", "C"),
        )
        served = Postgres(free_port())
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*as_user, programs / "postgres", "-D", data, f"--port={served.port}", *settings],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            _await_ready(programs, served, process, log)
            yield served
        finally:
            process.send_signal(signal.SIGINT)  # it closes all connections and ends
            process.wait(30)
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    """Return the folder with the programs of PostgreSQL: Debian's newest, or the one on the path."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    found = sorted(debian, key=lambda program: int(program.parts[-3]))
    if not found and (on_path := shutil.which("postgres")):
        found = [Path(on_path).resolve()]
    if not found:
        pytest.skip("PostgreSQL is not installed (Debian's package `postgresql`)")
    return found[-1].parent


def _as_ordinary_user(folder: Path) -> tuple[str, ...]:
    """Return what to put before a command so that it does not run as root; give it the folder."""
    if os.getuid() != 0:
        return ()
    user = pwd.getpwnam(_USER)
    os.chown(folder, user.pw_uid, user.pw_gid)
    ids = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    return ("setpriv", *ids, "--")


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command} failed:\n{done.stdout}{done.stderr}")


def _await_ready(
    programs: Path, served: Postgres, process: subprocess.Popen[bytes], log: Path
) -> None:
    question = [
        str(programs / "pg_isready"),
        "--host=127.0.0.1",
        f"--port={served.port}",
        "--quiet",
    ]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if subprocess.run(question, check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()[-4000:]}")
