"""Something to choose from a list of texts.

Payload `{"message", "options": ["a", "b"]}`, answered with the option. Common among graphs, not a
protocol: plain JSON is accepted as it is.
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
from hitl_engine.payloads.convention import Asked, checked, in_words, texts_in
from hitl_engine.payloads.option_answers import chosen


def recognise(asked: Asked) -> Choices | None:
    """Take an object with a list of texts under `options`."""
    payload = asked.payload
    if not isinstance(payload, dict) or not (texts := texts_in(payload, "options")):
        return None
    options = tuple(Option(text, text) for text in dict.fromkeys(texts))
    return Choices(options, in_words(payload, "options"))


def encode(asked: Asked, decision: Decision) -> JsonValue:
    """Return the option that was chosen."""
    review = recognise(asked)
    assert review is not None, "only asked for its own payloads"
    match decision:
        case Answer(value=value):
            return value
        case Choose():
            return chosen(review.options, decision)
        case Revise(text=text):
            return checked(text, answer_schema(asked))
        case _:
            raise NotTaken("This asks to choose.", hint="Choose one, or answer with plain JSON.")


def answer_schema(asked: Asked) -> JsonObject:
    """Return the answers that are listed."""
    review = recognise(asked)
    return {"enum": [option.answer for option in review.options]} if review else {}
