"""The services of `deploy/compose.yaml` as child processes: the same commands and settings.

Only the addresses differ: everything listens on loopback, each on a port of its own.
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.any_server.console import printed
from tests.server.ports import free_port
from tests.server.postgres import Postgres, postgres
from tests.server.processes import ROOT, SAMPLES, logged_process

DEPLOY = ROOT / "deploy"
AEGRA = ROOT / ".servers" / "aegra" / "bin"
TOKENS = {"ada": "the-token-of-ada", "bob": "the-token-of-bob"}
_START_SECONDS = 120
_MAIN_CONFIG = """\
worker_processes 1;
pid nginx.pid;
error_log nginx.log;
daemon off;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include site.conf;
}
"""


@dataclass(frozen=True, slots=True)
class Worker:
    """One process of Aegra."""

    url: str
    process: subprocess.Popen[bytes]


@dataclass(frozen=True, slots=True)
class Deployment:
    """Two workers behind a reverse proxy with TLS."""

    url: str
    certificate: Path
    workers: tuple[Worker, ...]

    def run(self, reviewer: str, command: str, *args: str, code: int = 0) -> Any:
        """Return the JSON document that a shell command prints; its exit code must be `code`."""
        data = self.certificate.parent / f"journal of {reviewer}"
        return printed(
            *(command, *args, "--target", self.url, "--data-dir", str(data)),
            code=code,
            LANGGRAPH_API_KEY=TOKENS[reviewer],
            SSL_CERT_FILE=str(self.certificate),
        )


def project(folder: Path) -> Path:
    """Return a project as step 1 of the guide leaves it: the sample graphs, and `deploy`.

    Without the sample that imports a module of this program, which a worker does not have.
    """
    if not (AEGRA.parent / ".installed").exists():
        pytest.skip("Aegra is not installed (`make .servers/aegra/.installed`)")
    made = folder / "project"
    shutil.copytree(SAMPLES, made)
    config = made / "langgraph.json"
    named = json.loads(config.read_text())
    del named["graphs"]["price"]
    config.write_text(json.dumps(named))
    shutil.copytree(DEPLOY, made / "deploy")
    with (made / "aegra.json").open("w") as output:
        command = [str(AEGRA / "python"), "deploy/aegra_json.py"]
        subprocess.run(command, cwd=made, stdout=output, check=True)
    reviewers = made / "deploy" / "reviewers"
    reviewers.write_text("".join(f"{name} = {token}\n" for name, token in TOKENS.items()))
    reviewers.chmod(0o600)
    return made


@contextmanager
def deployed(made: Path) -> Iterator[Deployment]:
    """All services of the compose file, each started when those it depends on are healthy.

    Their files are beside the project.
    """
    folder = made.parent
    with ExitStack() as stack:
        database = stack.enter_context(postgres())
        cache = stack.enter_context(redis(folder))
        places = {"postgres:5432": address_of(database), "redis:6379": cache}
        workers = tuple(
            stack.enter_context(worker(made, name, places)) for name in ("server-1", "server-2")
        )
        yield stack.enter_context(proxied(folder, workers))


def address_of(database: Postgres) -> str:
    """Return host and port of a PostgreSQL."""
    return f"127.0.0.1:{database.port}"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A new, empty Redis for the length of a block; yields its address."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("Redis is not installed (Debian's package `redis-server`)")
    port = free_port()
    options = ("--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no")
    with _process([program, *options], folder / "redis.log", cwd=folder):
        yield f"127.0.0.1:{port}"


@contextmanager
def worker(made: Path, name: str, places: Mapping[str, str]) -> Iterator[Worker]:
    """A service of the compose file that serves the project, from when it is healthy."""
    with unchecked_worker(made, name, places) as started:
        _, program, *check = _service(name)["healthcheck"]["test"]
        where = {"2026": started.url.rpartition(":")[2]}
        _await_healthy([str(AEGRA / program), *(_placed(part, where) for part in check)], made)
        yield started


@contextmanager
def unchecked_worker(
    made: Path, name: str, places: Mapping[str, str], **environment: str
) -> Iterator[Worker]:
    """A service of the compose file from when its process began, with more `environment`."""
    service = _service(name)
    port = str(free_port())
    places = {
        "0.0.0.0": "127.0.0.1",
        "2026": port,
        "/run/secrets/reviewers": str(made / "deploy" / "reviewers"),
        "aegra:${POSTGRES_PASSWORD:?}@": "postgres@",  # the one user of the test's PostgreSQL
        "/aegra": "/postgres",
        **places,
    }
    program, *options = service["command"]
    settings = {key: _placed(value, places) for key, value in service["environment"].items()}
    with _process(
        [str(AEGRA / program), *(_placed(part, places) for part in options)],
        made.parent / f"{name}.log",
        cwd=made,
        **{**settings, **environment},
    ) as process:
        yield Worker(f"http://127.0.0.1:{port}", process)


def _service(name: str) -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"][name]


@contextmanager
def proxied(folder: Path, workers: tuple[Worker, ...]) -> Iterator[Deployment]:
    """The reverse proxy of `deploy/nginx.conf` with a certificate for 127.0.0.1."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    openssl = shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("nginx or openssl is not installed (Debian's packages of these names)")
    key, certificate = folder / "server.key", folder / "server.crt"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", key, "-out", certificate),
        ],
        capture_output=True,
        check=True,
    )
    port = free_port()
    places = {
        "443": f"127.0.0.1:{port}",
        "/etc/nginx/certificates": str(folder),
        **{
            f"server-{number}:2026": each.url.removeprefix("http://")
            for number, each in enumerate(workers, 1)
        },
    }
    (folder / "site.conf").write_text(_placed((DEPLOY / "nginx.conf").read_text(), places))
    (folder / "nginx.conf").write_text(_MAIN_CONFIG)
    command = [nginx, "-p", f"{folder}/", "-c", "nginx.conf"]
    with _process(command, folder / "nginx.out", cwd=folder):
        _await_listening(port)
        yield Deployment(f"https://127.0.0.1:{port}", certificate, workers)


def _placed(text: str, places: Mapping[str, str]) -> str:
    for name, place in places.items():
        text = text.replace(name, place)
    return text


@contextmanager
def _process(
    command: list[str], log: Path, *, cwd: Path, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A service for the length of a block, which it must not end before."""
    with logged_process(command, log, cwd=cwd, **environment) as process:
        yield process
        assert process.poll() in (None, -9), f"{command[0]} ended:\n{log.read_text()[-4000:]}"


def _await_listening(port: int) -> None:
    """Wait until a program listens on this port; a test that connects fails if none does."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def _await_healthy(check: list[str], folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        done = subprocess.run(check, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        assert time.monotonic() < deadline, f"{check} failed: {done.stderr}"
        time.sleep(0.5)
