"""Ids of threads, runs and assistants."""

from langchain_core.utils.uuid import uuid7


def new_id() -> str:
    """Return a version 7 UUID (RFC 9562): unique, and newer ones sort after older ones."""
    return str(uuid7())
