"""What a review asks for in words, and which options of `hitl-tui answer` it takes."""

from typing import assert_never

from hitl_engine.model import (
    AnyJson,
    Choices,
    FormToFill,
    MachineRequest,
    Questions,
    Review,
    TextToRevise,
    ToolCalls,
)

_CONVENTIONS = {
    "tool calls": "tool calls, decided together",
    "tool approval": "a tool call, decided on its own",
    "human interrupt": "a tool call, in the older HumanInterrupt format",
    "schema": "values that fit a schema",
    "form": "a form",
}
_NEVER_A_TEXT = ("object", "list", "integer", "number", "boolean")
"""Kinds of forms whose answer is no text."""


def convention(review: Review) -> str:
    """Return in words what a review asks for."""
    match review:
        case ToolCalls(convention=name) | FormToFill(convention=name):
            return _CONVENTIONS[name]
        case TextToRevise(text=""):
            return "a text"
        case TextToRevise():
            return "a text, revised"
        case Choices(listed=True):
            return "one of its options"
        case Choices():
            return "anything; probably one of these"
        case Questions():
            return "replies to questions"
        case MachineRequest():
            return "the answer of a program, not an approval by a person"
        case AnyJson():
            return "anything, as JSON"
        case _:
            assert_never(review)


def ways(review: Review) -> tuple[str, ...]:
    """Return every option of `answer` that a review takes."""
    match review:
        case ToolCalls(calls=(call,)):
            takes = {"edit": " JSON", "reject": " [MSG]", "respond": " MSG"}
            return (*(f"--{kind}{takes.get(kind, '')}" for kind in call.allowed), "--value JSON")
        case ToolCalls():
            each = "--decision N=approve|reject[:MSG]|respond:MSG|edit:JSON for each call"
            return each, "--approve or --reject [MSG] for all", "--value JSON"
        case TextToRevise():
            return "--text T", "--value JSON"
        case Choices(listed=True):
            return "--choose N", "--text T (T is an option)", "--value JSON"
        case Choices(options=options):
            text = "[:TEXT]" if any(option.text_key for option in options) else ""
            return f"--choose N{text}", "--text T", "--value JSON"
        case FormToFill(can_decline=True):
            return "--value JSON", "--decline"
        case FormToFill() if _takes_text(review):
            return "--text T", "--value JSON"
        case Questions():
            return (
                "--reply N=TEXT for each (N=CHOICE again for each further choice)",
                "--decline",
                "--value JSON",
            )
        case AnyJson():
            return "--text T", "--value JSON"
        case _:
            return ("--value JSON",)


def _takes_text(review: FormToFill) -> bool:
    named = review.schema.get("type")
    if isinstance(named, str):
        return named == "string"
    return review.convention == "schema" and review.form.kind not in _NEVER_A_TEXT
