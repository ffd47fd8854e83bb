"""A request to a server as code that a person can run elsewhere."""

from enum import StrEnum


class CodeLanguage(StrEnum):
    """What a request is written in."""

    PYTHON = "python"
    """LangGraph's Python SDK."""
    JAVASCRIPT = "javascript"
    """LangGraph's JavaScript SDK, as an ES module."""
    CURL = "curl"
    """A shell command."""
