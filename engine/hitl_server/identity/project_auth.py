"""The project's own `langgraph_sdk.Auth`: its handlers, asked as langgraph-api asks them.

There is no LangGraph Studio here: `disable_studio_auth` changes nothing, as if it were always true.
"""

import inspect
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, get_args

from fastapi.params import Depends
from langgraph_sdk import Auth
from starlette.authentication import AuthenticationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Scope

from hitl_server.errors import StartFailed
from hitl_server.identity.callers import Caller, User
from hitl_server.metadata_filter import BadFilter, Filter, checked
from hitl_server.project.config import AuthSpec
from hitl_server.project.graphs import import_module_of
from hitl_server.project.import_errors import import_failure_of
from hitl_server.refusals import Refusal

Handler: TypeAlias = Callable[..., Any]

_log = logging.getLogger(__name__)

_KNOWN: dict[str, Callable[[Scope], Any]] = {
    "request": Request,
    "scope": lambda scope: scope,
    "path": lambda scope: scope["path"],
    "method": lambda scope: scope["method"],
    "headers": lambda scope: dict(scope["headers"]),
    "authorization": lambda scope: _authorization(scope),
    "query_params": lambda scope: QueryParams(scope["query_string"]),
    "path_params": lambda scope: {},
    "user": lambda scope: None,
    "scopes": lambda scope: [],
}
"""What an `authenticate` handler may ask for, by the names of its parameters."""


class BadHandler(Exception):
    """The project's `Auth` cannot be used as it is."""


class ProjectAuth:
    """Asks the handlers of a project: who somebody is, and what they may do."""

    def __init__(self, auth: Auth) -> None:
        """Take handlers, of which `authenticate` must be there. Raises `BadHandler`."""
        # The names with underscores are what servers are to read, says langgraph_sdk.
        handler = auth._authenticate_handler
        if handler is None:
            raise BadHandler("it has no handler for @auth.authenticate")
        self._authenticate: Handler = handler
        self._wanted = _parameters(handler)
        self._handlers = auth._handlers
        self._global_handlers = auth._global_handlers

    @classmethod
    def load(cls, spec: AuthSpec) -> "ProjectAuth":
        """Import it. Raises `StartFailed`: without its handlers a project must not be served."""
        place = f"{spec.source}:{spec.attribute}"
        try:
            found = getattr(import_module_of(spec), spec.attribute)
            if not isinstance(found, Auth):
                raise BadHandler(f"it is a {type(found).__name__}, not a langgraph_sdk.Auth")
            return cls(found)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # user code may end with SystemExit too
            breakage = import_failure_of("auth", error)
            raise StartFailed(
                f"The auth of the project, {place}, cannot be used: {breakage.what}",
                hint="Nothing is served without it.",
                detail=breakage.traceback,
            ) from error

    async def authenticate(self, scope: Scope) -> Caller:
        """Return who sends a request. Raises `Refusal`."""
        try:
            given = {name: _KNOWN[name](scope) for name in self._wanted}
            if inspect.iscoroutinefunction(self._authenticate):
                said = await self._authenticate(**given)
            else:
                said = await run_in_threadpool(self._authenticate, **given)
            return _caller(said)
        except (Auth.exceptions.HTTPException, HTTPException) as error:
            raise Refusal(error.status_code, error.detail) from None
        except AuthenticationError as error:
            raise Refusal(403, str(error)) from None
        except Exception as error:  # user code: whatever it was, it lets nobody in
            raise _failed("authenticate", error) from error

    async def authorize(
        self, caller: Caller, resource: str, action: str, value: dict[str, Any]
    ) -> Filter | None:
        """Ask whether the caller may do this; return what of it they may see, None for all.

        The handler may change `value`. Raises `Refusal`.
        """
        handler = self._handler(resource, action)
        if handler is None:
            return None
        context: Any = {"resource": resource, "action": action}
        asked = Auth.types.AuthContext(
            user=caller.user,  # type: ignore[arg-type]  # it is one by its shape
            permissions=caller.permissions,
            **context,
        )
        try:
            said = await handler(ctx=asked, value=value)
            if said is None or said is True:
                return None
            if said is not False:
                return checked(said)
        except (Auth.exceptions.HTTPException, HTTPException) as error:
            raise Refusal(error.status_code, error.detail) from None
        except AssertionError as error:
            raise Refusal(403, str(error)) from None
        except BadFilter as error:
            detail = f"The handler of {resource}.{action} returned no valid filter: {error}"
            raise Refusal(500, detail) from None
        except Exception as error:  # user code: whatever it was, it lets nobody in
            raise _failed(f"{resource}.{action}", error) from error
        raise Refusal(403, "Forbidden")

    def _handler(self, resource: str, action: str) -> Handler | None:
        """Return the handler that is most specific."""
        for key in ((resource, action), (resource, "*"), ("*", action), ("*", "*")):
            if handlers := self._handlers.get(key):
                return handlers[-1]
        return self._global_handlers[-1] if self._global_handlers else None


def _parameters(handler: Handler) -> list[str]:
    wanted = inspect.signature(handler).parameters
    for name, parameter in wanted.items():
        parts = get_args(parameter.annotation)
        if isinstance(parameter.default, Depends) or any(isinstance(p, Depends) for p in parts):
            raise BadHandler(f"{name} of authenticate depends on FastAPI, which is not done here")
        if name not in _KNOWN and parameter.default is parameter.empty:
            raise BadHandler(f"authenticate asks for {name}, but can have {', '.join(_KNOWN)}")
    return [name for name in wanted if name in _KNOWN]


def _authorization(scope: Scope) -> str | None:
    value = dict(scope["headers"]).get(b"authorization")
    return None if value is None else value.decode(errors="replace")


def _caller(said: Any) -> Caller:
    if isinstance(said, tuple):
        permissions, given = said
    else:
        given = said
        permissions = said.get("permissions") if isinstance(said, Mapping) else None
        permissions = permissions or getattr(said, "permissions", None) or []
    return Caller(User(given), list(permissions), is_owner=False)


def _failed(handler: str, error: Exception) -> Refusal:
    _log.error("the handler of %s failed", handler, exc_info=error)
    return Refusal(500, f"The handler of {handler} failed; the engine's log says how.")
