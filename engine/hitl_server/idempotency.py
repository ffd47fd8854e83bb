"""Idempotency keys: the same request sent twice starts one run, even if the first reply was lost."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

MAX_LENGTH = 255
"""Of a key, in characters."""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """An `Idempotency-Key`, and the digest of the request that brought it."""

    key: str
    digest: str


def request_digest(path: str, body: bytes) -> str:
    """Return the SHA-256 of a request; `/wait` and `/stream` at the end of its path do not count."""
    resource = path.removesuffix("/wait").removesuffix("/stream")
    return hashlib.sha256(resource.encode() + b"\n" + body).hexdigest()


class KeyLocks:
    """One lock for each key: requests with the same key start their runs one after the other."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[None]:
        """Hold the lock of a key."""
        lock, waiting = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop(key)
            if waiting > 1:
                self._locks[key] = lock, waiting - 1
