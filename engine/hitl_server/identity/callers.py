"""The caller of a request, and what the runs that it starts contain of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import HTTPConnection

from hitl_server.body_types import LONGEST_NAME
from hitl_server.identity.tokens import Role
from hitl_server.json_types import JsonObject
from hitl_server.reserved_keys import RESERVED, USER_ID, without_reserved

_USER_FIELDS = ("identity", "display_name", "is_authenticated", "permissions")


class User(Mapping[str, Any]):
    """A user with the interface of `langgraph_sdk.auth.types.BaseUser`.

    Nodes and handlers may read its fields as items or as attributes.
    """

    def __init__(self, given: Any) -> None:
        """Take the result of an `authenticate` handler. Raises ValueError without an identity."""
        if isinstance(given, str):
            fields: Mapping[str, Any] = {"identity": given}
        elif isinstance(given, Mapping):
            fields = given
        else:
            fields = _attributes(given)
        if fields.get("identity") is None:
            raise ValueError(f"a user needs an identity, but {type(given).__name__} has none")
        named = {"display_name": fields["identity"], "is_authenticated": True, "permissions": []}
        self._fields = {**named, **fields}
        self._given = given

    def __getitem__(self, name: str) -> Any:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # copying and pickling read these before `_fields` is set
            raise AttributeError(name)
        return self._fields[name] if name in self._fields else getattr(self._given, name)

    def __repr__(self) -> str:
        return f"User({self._fields['identity']!r})"


def _attributes(given: object) -> JsonObject:
    own = {name: value for name, value in vars(given).items() if not name.startswith("_")}
    return own | {name: getattr(given, name) for name in _USER_FIELDS if hasattr(given, name)}


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a connection."""

    user: User | None = None
    """None on a server where callers have no names."""
    permissions: Sequence[str] = ()
    is_owner: bool = True
    """Whether the caller has all permissions, without a question to the handlers."""
    role: Role | None = None
    """What the holder of a token is limited to; None: not limited."""
    is_person: bool = False
    """Whether a token with a name or a handler tells which person sends."""
    is_console: bool = False
    """Whether the caller has the token of the private data folder, and so may use closed parts."""

    @property
    def person(self) -> str | None:
        """The name of the person who sends; None if the server does not know it."""
        return str(self.user["identity"]) if self.user is not None and self.is_person else None

    @property
    def name(self) -> str | None:
        """The caller's name, where the server knows it better than the client; else None.

        The consoles of the machine's owner share one token, so each tells the name of its user.
        """
        if self.user is None or self.is_console:
            return None
        return str(self.user["identity"])[:LONGEST_NAME]

    @property
    def configurable(self) -> JsonObject:
        """The fields about the caller for `config["configurable"]` of a run."""
        if self.user is None:
            return {}
        values = (self.user, self.user["identity"], list(self.permissions))
        return dict(zip(RESERVED, values, strict=True))

    def with_identity(self, given: Mapping[str, Any]) -> JsonObject:
        """Return `given` with the caller's identity, without any that a client has set."""
        clean = without_reserved(given)
        return clean if self.user is None else {**clean, USER_ID: self.user["identity"]}


UNNAMED_OWNER = Caller()
"""The caller of every request on a server where callers have no names."""


def caller_of(connection: HTTPConnection) -> Caller:
    """Return the caller that `AuthenticationMiddleware` has identified."""
    caller: Caller = connection.scope["caller"]
    return caller
