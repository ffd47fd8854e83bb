"""The fingerprint differs as soon as anything differs that a decision is about."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from hitl_engine.fingerprint import canonical_json, fingerprint, fingerprint_of
from hitl_engine.model import Breakpoint, ExactValue, Interrupt

ASKED = Interrupt("t", "g", "i", {"b": 1, "a": "é"}, None, "n", "k", "", "c", None)
STOP = Breakpoint("t", "g", "before", "send", ("send", "log"), "c", None)


def test_json_is_written_in_one_way() -> None:
    assert canonical_json({"b": [1, None], "a": "é"}) == '{"a":"\\u00e9","b":[1,null]}'


def test_the_fingerprints_are_the_documented_ones() -> None:
    """They are in journals and drafts: a later version does not change them by mistake."""
    asked = '["s","t","c","","k","i",{"a":"\\u00e9","b":1},null]'
    stop = '["s","t","c","breakpoint","before","send",["send","log"]]'
    assert fingerprint_of("s", ASKED) == sha256(asked.encode()).hexdigest()
    assert fingerprint_of("s", STOP) == sha256(stop.encode()).hexdigest()


@pytest.mark.parametrize(
    "other",
    [
        {"thread_id": "u"},
        {"checkpoint_id": "d"},
        {"namespace": "sub:1"},
        {"task_id": "l"},
        {"interrupt_id": "j"},
        {"payload": {"b": 1.0, "a": "é"}},
        {"response_schema": {}},
        {"exact_values": (ExactValue(("b",), "1"),)},
    ],
)
def test_another_question_has_another_fingerprint(other: dict[str, Any]) -> None:
    assert fingerprint("s", replace(ASKED, **other)) != fingerprint("s", ASKED)


@pytest.mark.parametrize(
    "other",
    [
        {"thread_id": "u"},
        {"checkpoint_id": "d"},
        {"when": "after"},
        {"node": "log"},
        {"next": ("log", "send")},
    ],
)
def test_another_stop_has_another_fingerprint(other: dict[str, Any]) -> None:
    assert fingerprint_of("s", replace(STOP, **other)) != fingerprint_of("s", STOP)


def test_another_server_has_another_fingerprint() -> None:
    """A copy of a thread there has the same ids."""
    for item in (ASKED, STOP):
        assert fingerprint_of("s", item) != fingerprint_of("s2", item)
