"""The conventions of interrupt payloads: what is asked, and the JSON that answers it.

One module per convention; who reads a payload's shape writes its answer. A new convention is
one module and one name in `CONVENTIONS`. `engine.desk` is the only caller.
"""

from typing import Protocol

from engine.model import Decision, JsonValue, Review
from engine.payloads import any_json, middleware, text


class Convention(Protocol):
    """What each module of this package offers."""

    def recognise(self, payload: JsonValue) -> Review | None:
        """Return the payload understood, or None if it is not of this convention."""

    def encode(self, payload: JsonValue, decision: Decision) -> JsonValue:
        """Return the answer to a payload of this convention, in its own shape and spelling.

        Raises NotTaken, naming the place.
        """


CONVENTIONS: tuple[Convention, ...] = (middleware, text, any_json)
"""Most specific first. `any_json` takes anything."""


def recognise(payload: JsonValue) -> Review:
    """Return what the first convention that knows this payload makes of it."""
    return _understood(payload)[1]


def encode(payload: JsonValue, decision: Decision) -> JsonValue:
    """Return the JSON that answers `payload` with `decision`. Raises NotTaken."""
    return _understood(payload)[0].encode(payload, decision)


def _understood(payload: JsonValue) -> tuple[Convention, Review]:
    for convention in CONVENTIONS:
        review = convention.recognise(payload)
        if review is not None:
            return convention, review
    raise AssertionError("any_json takes anything")
