"""The types of fields that several bodies of requests have."""

from typing import Annotated, Any, Literal, TypeAlias, TypeVar

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from hitl_server.reserved_keys import without_reserved

_MAX_NAMES = 1000
LONGEST_NAME = 100
"""Characters of the name of a person, as other clients get it, or of the id of a console."""


class Body(BaseModel):
    """A body, or an object in one. Unknown fields are ignored, as in langgraph-api."""

    model_config = ConfigDict(extra="ignore")


def storable(value: Any) -> Any:
    """Refuse values that a row cannot store: nested too deeply, huge integers, lone surrogates."""
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise ValueError(f"cannot be kept as JSON: {error}") from None
    return value


def _few_names(value: Any) -> Any:
    """Refuse objects with so many names that the errors about them would take seconds."""
    if isinstance(value, dict) and len(value) > _MAX_NAMES:
        raise ValueError(f"has more than {_MAX_NAMES} names")
    return value


T = TypeVar("T")
ListOf: TypeAlias = Annotated[list[T], Field(fail_fast=True, max_length=10_000)]
"""A list that is refused with its first error: millions of errors would take minutes."""
FewNames = BeforeValidator(_few_names)
Storable: TypeAlias = Annotated[Any, AfterValidator(storable)]
StorableObject: TypeAlias = Annotated[dict[str, Any], AfterValidator(storable)]
Metadata: TypeAlias = Annotated[StorableObject, AfterValidator(without_reserved)]
"""What a client notes about a thread or an assistant."""
Text: TypeAlias = Annotated[str, Field(max_length=10_000)]
Limit: TypeAlias = Annotated[int, Field(ge=1, le=1000, strict=True)]
Offset: TypeAlias = Annotated[int, Field(ge=0, lt=2**63, strict=True)]
SortOrder: TypeAlias = Literal["asc", "desc", "ASC", "DESC"]
