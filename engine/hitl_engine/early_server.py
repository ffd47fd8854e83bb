"""Starts the local server of a project while what will use it is not even imported."""

import os
from pathlib import Path
from threading import Thread

from hitl_engine.configuration import NamedTarget
from hitl_engine.errors import HitlError
from hitl_engine.local.server_child import ServerChild, spawn
from hitl_engine.local.target import LocalProject, data_folder, find_target
from hitl_engine.local.trust import ProjectTrust, trusts_unseen


class EarlyServer:
    """The server of a target, started in a thread; it ends with this process."""

    def __init__(
        self, target: NamedTarget, *, data_dir: Path | None, python: str | None, trusts_code: bool
    ) -> None:
        """The arguments are those of `open_desk`."""
        self._target = target
        self._data_dir = data_dir
        self._python = python
        self._trusts_code = trusts_code
        self._child: ServerChild | None = None
        self._thread = Thread(target=self._start, name="early server", daemon=True)
        self._thread.start()

    def take(self) -> ServerChild | None:
        """Wait until it is started, and return it the first time that it is asked for.

        None for a URL, where a server seems to run already, and where `open_desk` will refuse, and
        tell why.
        """
        self._thread.join()
        child, self._child = self._child, None
        return child

    def _start(self) -> None:
        try:
            found = find_target(self._target.place, environ=os.environ)
            if isinstance(found, LocalProject):
                folder = data_folder(found, self._data_dir)
                if not (folder / "engine.json").exists():
                    self._check(found)
                    python = self._python or self._target.python
                    self._child = spawn(found.spec, folder, python)
        except HitlError:
            pass

    def _check(self, project: LocalProject) -> None:
        ProjectTrust(project.spec, always=trusts_unseen(self._trusts_code)).check()
