"""A description that only repeats the call is not shown; one that differs from it is."""

import json

import pytest

from hitl_engine.model import DecisionKind, JsonObject, ToolCall
from hitl_tui.text.call_description import added_words

ARGS: JsonObject = {"to": "ada@example.com", "copies": 2, "notes": ["ä", None, True]}
JSON = json.dumps(ARGS, indent=2, ensure_ascii=False)
USUAL = "Tool execution requires approval"


def call(description: str) -> ToolCall:
    return ToolCall("send_email", ARGS, description=description, allowed=(DecisionKind.APPROVE,))


@pytest.mark.parametrize(
    ("description", "added"),
    [
        ("", ""),
        ("Sends it.", "Sends it."),
        (f"{USUAL}\n\nTool: send_email\nArgs: {ARGS}", ""),
        (f"{USUAL}\n\nTool: send_email\nArgs: {JSON}", ""),
        (f"Look at this first\n\nTool: send_email\nArgs: {ARGS}", "Look at this first"),
    ],
)
def test_what_repeats_the_call_is_left_out(description: str, added: str) -> None:
    assert added_words(call(description)) == added


@pytest.mark.parametrize(
    "description",
    [
        f"{USUAL}\n\nTool: send_email\nArgs: {ARGS}".replace("ada@", "bob@"),
        f"{USUAL}\n\nTool: send_sms\nArgs: {ARGS}",
        f"{USUAL}\n\nTool: send_email\nArgs: {ARGS}\n\nIt was approved already.",
        USUAL,
    ],
)
def test_what_differs_from_the_call_is_shown_whole(description: str) -> None:
    assert added_words(call(description)) == description
