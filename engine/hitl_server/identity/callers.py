"""Who sends a request, and what of it goes into the runs that it starts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from hitl_server.json_types import JsonObject

USER_ID = "langgraph_auth_user_id"
"""Where LangGraph keeps the caller's identity: in the configurable, and in metadata."""

RESERVED = ("langgraph_auth_user", USER_ID, "langgraph_auth_permissions")
"""What only the server says of a caller; clients that send it are not believed."""

_PROMISED = ("identity", "display_name", "is_authenticated", "permissions")


class User(Mapping[str, Any]):
    """Somebody with a name, as nodes and handlers may expect it: items, attributes, or both.

    The shape is that of `langgraph_sdk.auth.types.BaseUser`.
    """

    def __init__(self, given: Any) -> None:
        """Take what an `authenticate` handler returns; raises ValueError if it has no identity."""
        if isinstance(given, str):
            fields: Mapping[str, Any] = {"identity": given}
        elif isinstance(given, Mapping):
            fields = given
        else:
            fields = _attributes(given)
        if fields.get("identity") is None:
            raise ValueError(f"a user has an identity; {type(given).__name__} has none")
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
        if name.startswith("_"):  # copying and pickling ask before there are any fields
            raise AttributeError(name)
        return self._fields[name] if name in self._fields else getattr(self._given, name)

    def __repr__(self) -> str:
        return f"User({self._fields['identity']!r})"


def _attributes(given: object) -> JsonObject:
    own = {name: value for name, value in vars(given).items() if not name.startswith("_")}
    return own | {name: getattr(given, name) for name in _PROMISED if hasattr(given, name)}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request."""

    user: User | None = None
    """None where nobody asks for names."""
    permissions: Sequence[str] = ()
    is_owner: bool = True
    """Whether the rights are those of the machine's owner: no handler is asked."""

    @property
    def configurable(self) -> JsonObject:
        """What the nodes of a run find in `config["configurable"]`."""
        if self.user is None:
            return {}
        said = (self.user, self.user["identity"], list(self.permissions))
        return dict(zip(RESERVED, said, strict=True))

    def with_identity(self, given: Mapping[str, Any]) -> JsonObject:
        """Return `given` with the caller's identity, and with nothing that claims another."""
        signed = {key: value for key, value in given.items() if key not in RESERVED}
        return signed if self.user is None else {**signed, USER_ID: self.user["identity"]}


UNNAMED_OWNER = Caller()
"""Whoever comes to a server that asks for no names."""


def caller_of(request: Request) -> Caller:
    """Return who sends a request, as the gate has found out."""
    caller: Caller = request.scope["caller"]
    return caller
