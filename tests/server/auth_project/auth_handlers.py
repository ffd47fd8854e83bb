"""Auth handlers: writers use their own threads, a reader cannot start or change anything."""

from typing import Any

from langgraph_sdk import Auth

auth = Auth()

USERS = {
    "key-ada": {"identity": "ada", "permissions": ["write"], "team": "blue"},
    "key-bob": {"identity": "bob", "permissions": ["write"], "team": "red"},
    "key-rita": {"identity": "rita", "permissions": [], "team": "blue"},
}


@auth.authenticate
async def authenticate(headers: dict[bytes, bytes]) -> dict[str, Any]:
    """Identify users by their keys."""
    key = headers.get(b"x-api-key", b"").decode()
    if not key:
        raise Auth.exceptions.HTTPException(status_code=401, detail="missing x-api-key")
    if key not in USERS:
        raise Auth.exceptions.HTTPException(status_code=401, detail="unknown key")
    return USERS[key]


@auth.on.threads
async def own(ctx: Auth.types.AuthContext, value: Any) -> dict[str, Any]:
    """Each user sees their own threads."""
    return {"owner": ctx.user.identity}


async def write(ctx: Auth.types.AuthContext, value: Any) -> dict[str, Any]:
    """Writers create threads and runs, which they own."""
    if "write" not in ctx.permissions:
        raise Auth.exceptions.HTTPException(status_code=403, detail="read-only reviewer")
    (value.setdefault("metadata", {}))["owner"] = ctx.user.identity
    return {"owner": ctx.user.identity}


auth.on.threads.create(write)
auth.on.threads.create_run(write)


@auth.on.threads.delete
async def delete(ctx: Auth.types.AuthContext, value: Any) -> Any:
    """Writers delete their own threads."""
    return {"owner": ctx.user.identity} if "write" in ctx.permissions else False


@auth.on.assistants
async def assistants(ctx: Auth.types.AuthContext, value: Any) -> Any:
    """The red team cannot read or change the assistants of the project."""
    return {"owner": "bob"} if ctx.user["team"] == "red" else None


async def own_assistants(ctx: Auth.types.AuthContext, value: Any) -> Any:
    """Writers create assistants, which they own."""
    assert "write" in ctx.permissions, "read-only reviewer"
    value.setdefault("metadata", {})["owner"] = ctx.user.identity
    return {"owner": ctx.user.identity}


auth.on.assistants.create(own_assistants)
auth.on.assistants.update(own_assistants)
auth.on.assistants.delete(own_assistants)


@auth.on.store
async def own_items(ctx: Auth.types.AuthContext, value: Any) -> Any:
    """The items of each user are below their name."""
    value["namespace"] = (ctx.user.identity, *(value.get("namespace") or ()))
    return "write" in ctx.permissions
