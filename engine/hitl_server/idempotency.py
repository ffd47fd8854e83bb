"""Idempotency keys: the same request sent twice is one run, also if nobody heard the first reply."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

LONGEST = 255
"""Characters of a key."""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """An `Idempotency-Key`, and the digest of the request that brought it."""

    key: str
    digest: str


def request_digest(path: str, body: bytes) -> str:
    """Return the SHA-256 of a request; whether it waits for a run or streams it is left out."""
    resource = path.removesuffix("/wait").removesuffix("/stream")
    return hashlib.sha256(resource.encode() + b"\n" + body).hexdigest()


class KeyLocks:
    """Lets requests that bear the same key be admitted one after the other."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Hold the turn of a key."""
        lock, waiting = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop(key)
            if waiting > 1:
                self._locks[key] = lock, waiting - 1
