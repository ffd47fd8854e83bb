"""Who may use the servers of the tests with keys: Ada runs and answers, Rita only reads."""

from collections.abc import Mapping
from typing import Any

from langgraph_sdk import Auth

USERS: dict[str, Auth.types.MinimalUserDict] = {
    "key-ada": {"identity": "ada", "permissions": ["write"]},
    "key-rita": {"identity": "rita", "permissions": []},
}

auth = Auth()


@auth.authenticate
async def authenticate(headers: Mapping[Any, Any]) -> Auth.types.MinimalUserDict:
    """Identify users by their keys. LangGraph gives the headers as bytes, Aegra as texts."""
    key = headers.get(b"x-api-key") or headers.get("x-api-key") or ""
    user = USERS.get(key.decode() if isinstance(key, bytes) else key)
    if user is None:
        raise Auth.exceptions.HTTPException(status_code=401, detail="unknown key")
    return user


@auth.on.threads.create_run
async def run(ctx: Auth.types.AuthContext, value: Any) -> None:
    """Refuse runs of those who only read."""
    if "write" not in ctx.permissions:
        raise Auth.exceptions.HTTPException(status_code=403, detail="read-only reviewer")
