"""Private files and folders: modes, links, FIFOs and owners, in the core and in the server."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hitl_engine import private_files as core
from hitl_server import private_files as server
from hitl_server.errors import StartFailed


@dataclass(frozen=True)
class Rules:
    """The two functions that both packages have, and the error they raise."""

    make_folder: Callable[[Path], None]
    open_file: Callable[[Path, int], int]
    error: type[Exception]


BOTH = [
    Rules(core.make_private_folder, core.open_private_file, OSError),
    Rules(server.private_folder, server.private_file, StartFailed),
]


@pytest.fixture(params=BOTH, ids=["core", "server"])
def rules(request: pytest.FixtureRequest) -> Rules:
    found: Rules = request.param
    return found


@pytest.fixture(autouse=True)
def lax_umask() -> Iterator[None]:
    """With a umask of 0, only the code under test keeps others out."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_and_file_are_private(rules: Rules, tmp_path: Path) -> None:
    rules.make_folder(tmp_path / "data")
    os.close(rules.open_file(tmp_path / "data" / "file", os.O_RDWR))
    assert mode(tmp_path / "data") == 0o700
    assert mode(tmp_path / "data" / "file") == 0o600


def test_modes_that_are_too_wide_are_corrected(rules: Rules, tmp_path: Path) -> None:
    folder, file = tmp_path / "data", tmp_path / "file"
    folder.mkdir(0o755)
    file.touch(0o644)
    rules.make_folder(folder)
    os.close(rules.open_file(file, os.O_RDWR))
    assert (mode(folder), mode(file)) == (0o700, 0o600)


def test_a_link_is_refused_and_its_target_unchanged(rules: Rules, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(0o755)
    (tmp_path / "file").touch(0o644)
    for name in ("folder", "file"):
        (tmp_path / f"{name}_link").symlink_to(tmp_path / name)
    with pytest.raises(rules.error):
        rules.make_folder(tmp_path / "folder_link")
    with pytest.raises(rules.error):
        rules.open_file(tmp_path / "file_link", os.O_RDWR)
    assert (mode(tmp_path / "folder"), mode(tmp_path / "file")) == (0o755, 0o644)


def test_a_fifo_is_refused(rules: Rules, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(rules.error, match="not a file of yours"):
        rules.open_file(tmp_path / "fifo", os.O_RDWR)


def test_a_file_of_another_user_is_refused(
    rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir(0o755)
    (tmp_path / "file").touch(0o644)
    another = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: another)
    with pytest.raises(rules.error):
        rules.make_folder(tmp_path / "data")
    with pytest.raises(rules.error):
        rules.open_file(tmp_path / "file", os.O_RDWR)
    assert (mode(tmp_path / "data"), mode(tmp_path / "file")) == (0o755, 0o644)


def test_missing_parents_are_private_too(tmp_path: Path) -> None:
    """In the core, which makes the data folder before it starts the server."""
    core.make_private_folder(tmp_path / "a" / "b" / "c")
    assert {mode(tmp_path / path) for path in ("a", "a/b", "a/b/c")} == {0o700}


def test_a_file_is_checked_in_place(tmp_path: Path) -> None:
    core.make_file_private(tmp_path / "missing")
    assert not (tmp_path / "missing").exists()
    assert core.create_private_file(tmp_path / "new")
    assert not core.create_private_file(tmp_path / "new")
    (tmp_path / "lax").touch(0o666)
    core.make_file_private(tmp_path / "lax")
    assert {mode(tmp_path / name) for name in ("new", "lax")} == {0o600}
    (tmp_path / "link").symlink_to(tmp_path / "new")
    assert not core.create_private_file(tmp_path / "link")
    with pytest.raises(PermissionError):
        core.make_file_private(tmp_path / "link")


_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from hitl_engine.private_files import replace_file

_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (3, hard))
for name in sys.argv[1:]:
    try:
        replace_file(Path(name), "new text")
    except OSError as error:
        print(error.strerror)
"""


def test_a_file_is_replaced_or_stays_as_it_was(tmp_path: Path) -> None:
    new, kept = tmp_path / "new", tmp_path / "kept"
    kept.write_text("before")
    kept.chmod(0o640)
    command = [sys.executable, "-c", _ON_A_FULL_DISK, str(new), str(kept)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.splitlines() == ["File too large"] * 2
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]
    assert kept.read_text() == "before"
    for path, expected in ((new, 0o600), (kept, 0o640)):
        core.replace_file(path, "new text")
        assert (path.read_text(), mode(path)) == ("new text", expected)
