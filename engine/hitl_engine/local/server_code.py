"""How an interpreter finds the server's code, and nothing else of ours.

The interpreter may be any environment of the user: it has the server's dependencies, and it has
neither this program nor the folder that this program was installed into.
"""

import hashlib
import os
from pathlib import Path

from hitl_engine.errors import LocalServerFailed
from hitl_engine.private_files import make_private_folder

_PACKAGE = Path(__file__).resolve().parents[2] / "hitl_server"

_START = (
    "import sys; sys.path[:] = [sys.argv.pop(1)] + [path for path in sys.path if path]; import runpy;"
    " runpy.run_module('hitl_server', run_name='__main__', alter_sys=True)"
)
"""Run the package from the folder in the first argument.

As `python -P -m` with that folder first in PYTHONPATH, but it is also understood before Python
3.11, and what nodes start inherits the user's own environment.
"""


def server_command(python: str, data: Path) -> list[str]:
    """Return the beginning of a command that runs the server with `python`.

    `data` is the data folder of the project. Raises `LocalServerFailed`.
    """
    return [python, "-c", _START, str(import_folder(data))]


def import_folder(data: Path) -> Path:
    """Return a private folder of the data folder that contains a link to the server's package.

    Its name depends on where the package is: two installations have a folder each, which may be
    made by two consoles at the same time. Raises `LocalServerFailed`.
    """
    installation = hashlib.sha256(os.fsencode(_PACKAGE)).hexdigest()[:10]
    folder = data / f"engine.import-{installation}"
    link = folder / "hitl_server"
    try:
        make_private_folder(data)
        make_private_folder(folder)
        link.symlink_to(_PACKAGE)
    except FileExistsError as error:
        if not (link.is_symlink() and link.readlink() == _PACKAGE):
            raise LocalServerFailed(
                f"{link} is not the link to {_PACKAGE}.", hint="Remove it, then try again."
            ) from error
    except OSError as error:
        raise LocalServerFailed(
            f"The data folder cannot be used: {error}.", hint="Choose another with --data-dir."
        ) from error
    return folder
