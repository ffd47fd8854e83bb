"""Questions of an agent to its user: `ask_user` of Deep Agents.

Payload `{"type": "ask_user", "questions": [{"question", "type": "text" | "multiple_choice" |
"multi_select", "choices"?: [{"value"}], "required"?: true}]}`; answer `{"answers": [...]}`, one
string for each question, in order. The choices of a `multi_select` are sent as a JSON array inside
its string. Cancelled: `{"status": "cancelled", "answers": ["", …]}`. Source: deepagents 23b83ad,
`libs/code/deepagents_code/_ask_user_types.py`.
"""

import json
from typing import Literal

from hitl_engine.errors import NotTaken
from hitl_engine.model import (
    Answer,
    AskedQuestion,
    Decision,
    Decline,
    JsonObject,
    JsonValue,
    Questions,
    Replies,
    Reply,
)
from hitl_engine.payloads.convention import Asked, Malformed, checked, extra_keys

_NAME = "questions to the user"
_ANSWERED_BY: dict[str, Literal["text", "one choice", "choices"]] = {
    "text": "text",
    "multiple_choice": "one choice",
    "multi_select": "choices",
}


def recognise(asked: Asked) -> Questions | Malformed | None:
    """Take an object of this type with a list of questions."""
    match asked.payload:
        case {"type": "ask_user", "questions": [_, *_] as listed, **others}:
            questions = tuple(map(_question, listed))
        case {"type": "ask_user"}:
            return Malformed(_NAME, "it holds no list of questions")
        case _:
            return None
    known = tuple(question for question in questions if question is not None)
    if len(known) < len(questions):
        return Malformed(_NAME, f"question {questions.index(None) + 1} cannot be read")
    return Questions(known, extra_keys(others))


def encode(asked: Asked, decision: Decision) -> JsonValue:
    """Return `{"answers": [...]}`, all strings."""
    review = recognise(asked)
    assert isinstance(review, Questions), "only asked for its own payloads"
    match decision:
        case Answer(value=value):
            return checked(value, answer_schema(asked))
        case Decline():
            return {"status": "cancelled", "answers": [""] * len(review.questions)}
        case Replies(replies=replies) if len(replies) == len(review.questions):
            pairs = zip(review.questions, replies, strict=True)
            strings: list[JsonValue] = [_string(*pair) for pair in pairs]
            return checked({"answers": strings}, answer_schema(asked))
        case Replies(replies=replies):
            raise NotTaken(
                f"There are {len(review.questions)} questions and {len(replies)} replies.",
                hint="Reply to each, in order; an optional one may be left empty.",
            )
        case _:
            raise NotTaken("This asks questions.", hint="Reply to each, or decline them all.")


def answer_schema(asked: Asked) -> JsonObject:
    """Return what the answers must fit."""
    review = recognise(asked)
    questions = review.questions if isinstance(review, Questions) else ()
    places: list[JsonValue] = [_answer(question) for question in questions]
    count: JsonObject = {"minItems": len(places), "maxItems": len(places)}
    strings: JsonObject = {"type": "array", "items": {"type": "string"}, **count}
    return {
        "type": "object",
        "required": ["answers"],
        "if": {"required": ["status"]},
        "then": {
            "properties": {
                "status": {"enum": ["cancelled", "error", "answered"]},
                "answers": strings,
            }
        },
        "else": {"properties": {"answers": {"type": "array", "prefixItems": places, **count}}},
    }


def _question(listed: JsonValue) -> AskedQuestion | None:
    match listed:
        case {"question": str(text), "type": str(kind), **others} if kind in _ANSWERED_BY:
            choices = others.get("choices")
            values = tuple(
                choice["value"]
                for choice in (choices if isinstance(choices, list) else [])
                if isinstance(choice, dict) and isinstance(choice.get("value"), str)
            )
            return AskedQuestion(
                text=text,
                answered_by=_ANSWERED_BY[kind],
                choices=tuple(value for value in values if isinstance(value, str)),
                required=others.get("required") is not False,
                extra=extra_keys(others, "choices", "required"),
            )
        case _:
            return None


def _string(question: AskedQuestion, reply: Reply) -> str:
    """Return a reply as the one string that is sent."""
    for choice in reply.chosen:
        if choice not in question.choices:
            raise NotTaken(f"{question.text}: {choice!r} is not one of the choices.")
    values = [*reply.chosen, *([reply.text] if reply.text else [])]
    if question.answered_by == "choices":
        return json.dumps(values, ensure_ascii=False)
    if len(values) > 1:
        raise NotTaken(f"{question.text}: one choice only.")
    return values[0] if values else ""


def _answer(question: AskedQuestion) -> JsonObject:
    """Return what a string must fit; a free text is accepted as well as the choices."""
    match question.answered_by, question.required:
        case "choices", True:
            return {"type": "string", "pattern": r'^\[\s*".*"\s*\]$'}
        case "choices", False:
            return {"type": "string", "pattern": r'^\[\s*(".*"\s*)?\]$'}
        case _, True:
            return {"type": "string", "pattern": r"\S"}
        case _:
            return {"type": "string"}
