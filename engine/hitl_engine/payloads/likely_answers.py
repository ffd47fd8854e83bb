"""Questions with likely answers, most often yes or no: they are offered, and any other is accepted.

Such a payload does not define its answer; guides and public graphs share the shapes below. So any
text and any JSON is accepted as it is. If the guess is wrong, a refusal such as `{"action":
"reject"}` can act as an approval, because a node's `if` takes it for yes: `Option.taken_for_yes`
marks these, and they are confirmed before they are sent.
"""

from hitl_engine.errors import NotTaken
from hitl_engine.model import (
    Answer,
    Choices,
    Choose,
    Decision,
    JsonObject,
    JsonValue,
    Option,
    Revise,
)
from hitl_engine.payloads.convention import Asked, in_words, texts_in
from hitl_engine.payloads.option_answers import chosen
from hitl_engine.payloads.spelled_values import is_refusal
from hitl_engine.payloads.yes_or_no import yes_or_no


def recognise(asked: Asked) -> Choices | None:
    """Take a text that reads as yes or no, or an object that contains one or has a known shape."""
    match asked.payload:
        case str(text):
            options, prompt = yes_or_no(text), text
        case dict(payload):
            options, prompt = _options(payload), _prompt(payload)
        case _:
            return None
    return Choices(options, prompt, listed=False) if options else None


def encode(asked: Asked, decision: Decision) -> JsonValue:
    """Return the answer that was chosen, or whatever was given instead."""
    review = recognise(asked)
    assert review is not None, "only asked for its own payloads"
    match decision:
        case Choose():
            return chosen(review.options, decision)
        case Answer(value=value):
            return value
        case Revise(text=text):
            return text
        case _:
            raise NotTaken(
                "There is no tool call to decide on.",
                hint="Choose an answer, or give a text or JSON.",
            )


def answer_schema(asked: Asked) -> JsonObject:
    """Return examples only: anything is taken."""
    review = recognise(asked)
    return {"examples": [option.answer for option in review.options]} if review else {}


def _options(payload: JsonObject) -> tuple[Option, ...]:
    """Return what graphs with such a payload read, most specific shape first."""
    match payload:
        case {"actions": list()} if actions := texts_in(payload, "actions"):
            return tuple(map(_action, dict.fromkeys(actions)))
        case {"type": "approval_request"}:
            return (
                Option("Approve", {"approved": True}),
                Option("Reject", {"approved": False}, text_key="reason"),
            )
        case {"confirm": _}:
            return Option("Approve", "approve"), Option("Reject", "reject", taken_for_yes=True)
        case {"question": str(), "tool_call": {"name": str(), "args": dict(args)}}:
            return (
                Option("Continue", {"action": "continue"}),
                Option("Run with these arguments", {"action": "update", "data": args}),
                Option("Give feedback", {"action": "feedback"}, text_key="data", needs_text=True),
            )
        case {"question": str(), "answer": str()}:
            return (
                Option("Approve", {"approved": True}),
                Option("Reject", {"approved": False}, text_key="note", taken_for_yes=True),
            )
        case {"query": str(), **others} if not others:
            return (Option("Answer", {"data": ""}, text_key="data", needs_text=True),)
        case {"fields": list()}:  # it asks for values
            return ()
        case {"action": str(), "message": str(text)} if yes_or_no(text):
            return (
                Option("Approve", {"action": "approve"}),
                Option("Reject", {"action": "reject"}, taken_for_yes=True),
            )
        case {"question": str(text)} | {"message": str(text)}:
            return yes_or_no(text)
        case _:
            return ()


def _action(name: str) -> Option:
    return Option(name, {"action": name}, taken_for_yes=is_refusal(name))


def _prompt(payload: JsonObject) -> str:
    return in_words(payload, *(["actions"] if texts_in(payload, "actions") else []))
