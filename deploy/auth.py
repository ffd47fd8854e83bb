"""Who may use the server: each reviewer has a token. Aegra loads this file (`auth.path`).

`REVIEWERS_FILE` has a line `name = token` for each, like the file of `hitl-tui serve --tokens`.
"""

import hmac
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from langgraph_sdk import Auth

TEAM = "team"
"""The identity of every reviewer: Aegra shows a thread only to the identity that created it."""

auth = Auth()


def _reviewers(text: str) -> Iterator[tuple[str, bytes]]:
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            name, _, token = line.partition("=")
            if not token.strip():
                raise ValueError("REVIEWERS_FILE has a line that is not `name = token`.")
            yield name.strip(), token.strip().encode()


REVIEWERS = dict(_reviewers(Path(os.environ["REVIEWERS_FILE"]).read_text()))


@auth.authenticate
async def authenticate(headers: Mapping[Any, Any]) -> Auth.types.MinimalUserDict:
    """Return the reviewer whose token was sent as `X-Api-Key` or `Authorization: Bearer`."""
    sent = {_bytes(name).lower(): _bytes(value) for name, value in headers.items()}
    given = sent.get(b"x-api-key") or sent.get(b"authorization", b"").removeprefix(b"Bearer ")
    for name, token in REVIEWERS.items():
        if hmac.compare_digest(token, given):
            return {"identity": TEAM, "display_name": name}
    raise Auth.exceptions.HTTPException(status_code=401, detail="This token is not known.")


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1", "replace")
