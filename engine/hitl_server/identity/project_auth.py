"""The handlers of the project's own `langgraph_sdk.Auth`, called as langgraph-api calls them.

This server has no access for LangGraph Studio, so `disable_studio_auth` has no effect.
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

from hitl_server.identity.callers import Caller, User
from hitl_server.metadata_filter import BadFilter, Filter, checked_filter
from hitl_server.project.import_errors import needed_by_server
from hitl_server.project.places import Place
from hitl_server.project_code import calling_project
from hitl_server.refusals import Refusal

Handler: TypeAlias = Callable[..., Any]

_log = logging.getLogger(__name__)

_ARGUMENTS: dict[str, Callable[[Scope], Any]] = {
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
"""The possible parameters of an `authenticate` handler, and how to get their values."""


class BadHandler(Exception):
    """The project's `Auth` cannot be used as it is."""


class ProjectAuth:
    """Calls the handlers of a project: who is the caller, and what may the caller do?"""

    def __init__(self, auth: Auth) -> None:
        """Take the handlers; `authenticate` is required. Raises `BadHandler`."""
        # langgraph_sdk documents these private names as the interface for servers.
        handler = auth._authenticate_handler
        if handler is None:
            raise BadHandler("it has no handler for @auth.authenticate")
        self._authenticate: Handler = handler
        self._parameters = _parameters(handler)
        self._handlers = auth._handlers
        self._global_handlers = auth._global_handlers

    @classmethod
    def load(cls, place: Place) -> "ProjectAuth":
        """Import the handlers. Raises `StartFailed`: without them the project must not be served."""
        with needed_by_server(
            f"The auth of the project, {place},", "auth", "The server does not start without it."
        ):
            found = place.load()
            if not isinstance(found, Auth):
                raise BadHandler(f"it is a {type(found).__name__}, not a langgraph_sdk.Auth")
            return cls(found)

    async def authenticate(self, scope: Scope) -> Caller:
        """Return the caller of a request. Raises `Refusal`."""
        try:
            given = {name: _ARGUMENTS[name](scope) for name in self._parameters}
            with calling_project():
                if inspect.iscoroutinefunction(self._authenticate):
                    user = await self._authenticate(**given)
                else:
                    user = await run_in_threadpool(self._authenticate, **given)
                return _caller(user)
        except (Auth.exceptions.HTTPException, HTTPException) as error:
            raise Refusal(error.status_code, error.detail) from None
        except AuthenticationError as error:
            raise Refusal(403, str(error)) from None
        except Exception as error:  # user code; no error may give access
            raise _failed("authenticate", error) from error

    async def authorize(
        self, caller: Caller, resource: str, action: str, value: dict[str, Any]
    ) -> Filter | None:
        """Ask the handler for permission; return its filter, or None if it has none.

        The handler may change `value`. Raises `Refusal`.
        """
        handler = self._handler(resource, action)
        if handler is None:
            return None
        context: Any = {"resource": resource, "action": action}
        ctx = Auth.types.AuthContext(
            user=caller.user,  # type: ignore[arg-type]  # `User` has its interface
            permissions=caller.permissions,
            **context,
        )
        try:
            with calling_project():
                answer = await handler(ctx=ctx, value=value)
            if answer is None or answer is True:
                return None
            if answer is not False:
                return checked_filter(answer)
        except (Auth.exceptions.HTTPException, HTTPException) as error:
            raise Refusal(error.status_code, error.detail) from None
        except AssertionError as error:
            raise Refusal(403, str(error)) from None
        except BadFilter as error:
            detail = f"The handler of {resource}.{action} returned no valid filter: {error}"
            raise Refusal(500, detail) from None
        except Exception as error:  # user code; no error may give access
            raise _failed(f"{resource}.{action}", error) from error
        raise Refusal(403, "Forbidden")

    def _handler(self, resource: str, action: str) -> Handler | None:
        """Return the most specific handler."""
        for key in ((resource, action), (resource, "*"), ("*", action), ("*", "*")):
            if handlers := self._handlers.get(key):
                return handlers[-1]
        return self._global_handlers[-1] if self._global_handlers else None


def _parameters(handler: Handler) -> list[str]:
    parameters = inspect.signature(handler).parameters
    for name, parameter in parameters.items():
        parts = get_args(parameter.annotation)
        if isinstance(parameter.default, Depends) or any(isinstance(p, Depends) for p in parts):
            raise BadHandler(
                f"{name} of authenticate uses FastAPI's Depends, which this server does not support"
            )
        if name not in _ARGUMENTS and parameter.default is parameter.empty:
            raise BadHandler(
                f"authenticate has the parameter {name}; possible are {', '.join(_ARGUMENTS)}"
            )
    return [name for name in parameters if name in _ARGUMENTS]


def _authorization(scope: Scope) -> str | None:
    value = dict(scope["headers"]).get(b"authorization")
    return None if value is None else value.decode(errors="replace")


def _caller(answer: Any) -> Caller:
    if isinstance(answer, tuple):
        permissions, user = answer
    else:
        user = answer
        permissions = answer.get("permissions") if isinstance(answer, Mapping) else None
        permissions = permissions or getattr(answer, "permissions", None) or []
    known = User(user)
    is_person = bool(known["is_authenticated"])
    return Caller(known, list(permissions), is_owner=False, is_person=is_person)


def _failed(handler: str, error: Exception) -> Refusal:
    _log.error("the handler of %s failed", handler, exc_info=error)
    return Refusal(500, f"The handler of {handler} failed. See the server's log.")
