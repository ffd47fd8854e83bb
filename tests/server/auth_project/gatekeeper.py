"""Who may do what: writers work on threads of their own, a reader starts and changes nothing."""

from typing import Any

from langgraph_sdk import Auth

auth = Auth()

USERS = {
    "key-ada": {"identity": "ada", "permissions": ["write"], "team": "blue"},
    "key-bob": {"identity": "bob", "permissions": ["write"], "team": "red"},
    "key-rita": {"identity": "rita", "permissions": []},
}


@auth.authenticate
async def authenticate(headers: dict[bytes, bytes]) -> dict[str, Any]:
    """Know people by their key."""
    key = headers.get(b"x-api-key", b"").decode()
    if not key:
        raise Auth.exceptions.HTTPException(status_code=401, detail="missing x-api-key")
    if key not in USERS:
        raise Auth.exceptions.HTTPException(status_code=401, detail="unknown key")
    return USERS[key]


@auth.on.threads
async def own(ctx: Auth.types.AuthContext, value: Any) -> dict[str, Any]:
    """Everybody sees what is theirs."""
    return {"owner": ctx.user.identity}


@auth.on.threads.create
@auth.on.threads.create_run
async def write(ctx: Auth.types.AuthContext, value: Any) -> dict[str, Any]:
    """Writers start things, which become theirs."""
    if "write" not in ctx.permissions:
        raise Auth.exceptions.HTTPException(status_code=403, detail="read-only reviewer")
    (value.setdefault("metadata", {}))["owner"] = ctx.user.identity
    return {"owner": ctx.user.identity}


@auth.on.threads.delete
async def delete(ctx: Auth.types.AuthContext, value: Any) -> Any:
    """Writers delete what is theirs."""
    return {"owner": ctx.user.identity} if "write" in ctx.permissions else False


@auth.on.assistants.search
async def assistants(ctx: Auth.types.AuthContext, value: Any) -> Any:
    """Red people find no assistants."""
    return {"team": "red"} if ctx.user["identity"] == "bob" else None


@auth.on.assistants.read
async def assistant(ctx: Auth.types.AuthContext, value: Any) -> Any:
    """Red people read none."""
    return {"created_by": "nobody"} if ctx.user["identity"] == "bob" else True
