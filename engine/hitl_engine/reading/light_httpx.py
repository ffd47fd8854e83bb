"""Imports httpx without its command line.

Where click is installed, httpx imports its command line with it, and that imports click and most of
rich: two thirds of the time that the import takes. Nothing here uses it.
"""

import sys

_COMMAND_LINE = "httpx._main"

if "httpx" not in sys.modules:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]  # counts as not installed

import httpx

if sys.modules.get(_COMMAND_LINE, httpx) is None:
    del sys.modules[_COMMAND_LINE]

__all__ = ["httpx"]
