"""The name of the system's user who runs this program."""

import getpass
import os


def user_name() -> str:
    """Return the user's name, or the number of one who has none (as in a container)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
