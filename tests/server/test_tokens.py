"""Tokens: their holders have access, and their runs have the name of the token."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from hitl_engine.local.server_process import find_or_start
from hitl_server.errors import BadOption
from hitl_server.identity.tokens import Role, Token, checked_token, read_tokens
from tests.server.processes import ROOT, SAMPLES

CONFIG = str(SAMPLES / "langgraph.json")
NAME = "langgraph_auth_user_id"


@contextmanager
def serving(*options: str, module: str = "hitl_server", **environment: str) -> Iterator[str]:
    """A server for a person, for the length of a block; yields its loopback URL."""
    with subprocess.Popen(
        [sys.executable, "-m", module, *options],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    ) as process:
        assert process.stderr is not None
        try:
            while " at http" not in (line := process.stderr.readline()):
                assert line.startswith("Note: "), line
            yield line.partition(" at ")[2].split()[0].replace("0.0.0.0", "127.0.0.1")
        finally:
            process.terminate()
            assert process.wait(10) == 0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A token file."""
    path = tmp_path / "tokens"
    path.write_text("# reviewers\nada = secret-of-ada\n\nBob B. = b=b#b==\n")
    path.chmod(0o600)
    return path


def test_a_token_with_a_role(file: Path) -> None:
    file.write_text("eve (viewer) = one\nBob (B.) = two\nBob (B.) (reviewer) = three\n")
    with pytest.raises(BadOption, match="line 2 has a role that does not exist"):
        read_tokens(file)
    file.write_text("eve (viewer) = one\nBob B. (reviewer) = three\n")
    roles = [(token.name, token.role) for token in read_tokens(file)]
    assert roles == [("eve", Role.VIEWER), ("Bob B.", Role.REVIEWER)]


def test_read_a_token_file(file: Path) -> None:
    assert read_tokens(file) == (Token("secret-of-ada", "ada"), Token("b=b#b==", "Bob B."))
    assert "secret" not in repr(read_tokens(file)[0]).replace("Token", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hush", "line 1 has no secret"),
        ("ada =", "line 1 has no secret"),
        ("\n = hush", "line 2 has no printable name"),
        ("a\x1bda = hush", "line 1 has no printable name"),
        ("ada = hush hush", "in .*line 1 cannot be sent"),
        ("ada = hüsh", "in .*line 1 cannot be sent"),
        ("ada = one\nada = hush", "name in .*line 2 is already used"),
        ("ada = hush\nbob = hush", "secret in .*line 2 is already used"),
        ("# nobody\n", "has no token"),
        (b"ada = hush\xff", "not UTF-8"),
    ],
)
def test_an_invalid_token_file(file: Path, text: str | bytes, words: str) -> None:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(BadOption, match=words) as refused:
        read_tokens(file)
    assert "hush" not in str(refused.value) and "hüsh" not in str(refused.value)


def test_a_token_file_that_others_can_read(file: Path) -> None:
    file.chmod(0o640)
    with pytest.raises(BadOption, match="Other users can read"):
        read_tokens(file)
    with pytest.raises(BadOption, match="not a file|cannot be read"):
        read_tokens(file.parent)
    with pytest.raises(BadOption, match="cannot be read"):
        read_tokens(file.with_name("missing"))


@pytest.mark.parametrize("secret", ["", "two words", "sécret"])
def test_a_token_that_no_header_can_contain(secret: str) -> None:
    with pytest.raises(BadOption, match="HITL_TUI_TOKEN"):
        checked_token(secret, "HITL_TUI_TOKEN")


def test_runs_have_the_name_of_the_token(file: Path, tmp_path: Path) -> None:
    options = (CONFIG, "--data", str(tmp_path / "data"), "--tokens", str(file), "--token", "plain")
    with serving(*options, "--host", "0.0.0.0") as url, httpx.Client(base_url=url) as http:
        assert http.get("/ok").status_code == 200
        for wrong in ("", "plai", "ada", "secret-of-adah"):
            shown = {"x-api-key": wrong, "authorization": f"Bearer x{wrong}"}
            assert http.get("/info", headers=shown).status_code == 401
        signed = []
        for secret in ("secret-of-ada", "b=b#b==", "plain"):
            http.headers["authorization"] = f"Bearer {secret}"
            thread_id = http.post("/threads", json={"metadata": {NAME: "boss"}}).json()["thread_id"]
            place = f"/threads/{thread_id}"
            order = {"assistant_id": "revise", "input": {}, "metadata": {NAME: "boss"}}
            assert http.post(f"{place}/runs/wait", json=order).status_code == 200
            [run] = http.get(f"{place}/runs").json()
            checkpoint = http.get(f"{place}/state").json()["metadata"]
            assert run["metadata"].get(NAME) == checkpoint.get(NAME)
            signed.append(run["metadata"].get(NAME))
        assert signed == ["ada", "Bob B.", None]
        notice = (tmp_path / "data" / "engine.json").read_text()
        assert not [secret for secret in ("secret-of-ada", "b=b#b==", "plain") if secret in notice]


async def test_a_console_of_the_owner_needs_no_token(file: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(CONFIG, "--data", str(data), "--tokens", str(file)) as url:
        found = await find_or_start(CONFIG, data)
        assert (found.url, found.started_here) == (url, False)
        await found.aclose()


@pytest.mark.parametrize("given", ["option", "environment"])
def test_other_users_cannot_see_the_token(tmp_path: Path, given: str) -> None:
    options = ["serve", CONFIG, "--data-dir", str(tmp_path), "--port", "0"]
    shown = {"x-api-key": "hush-hush"}
    more = ["--token", "hush-hush"] if given == "option" else []
    environment = {"HITL_TUI_TOKEN": "hush-hush"} if given == "environment" else {}
    with serving(*options, *more, module="hitl_tui", **environment) as url:
        assert httpx.get(f"{url}/info").status_code == 401
        assert httpx.get(f"{url}/info", headers=shown).status_code == 200
        [notice] = tmp_path.glob("*/engine.json")
        pid = httpx.Response(200, content=notice.read_bytes()).json()["pid"]
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        assert b"hitl_server" in command and b"hush" not in command


@pytest.mark.parametrize("options", [["--token", ""], ["--tokens", "/nowhere"]])
def test_no_start_with_an_invalid_token(tmp_path: Path, options: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hitl_server", CONFIG, "--data", str(tmp_path), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert (options[1] or options[0]) in done.stderr
