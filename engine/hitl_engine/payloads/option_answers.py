"""Ready-made answers, and the JSON of the one that was chosen."""

from collections.abc import Sequence

from hitl_engine.errors import NotTaken
from hitl_engine.model import Choose, JsonValue, Option


def chosen(options: Sequence[Option], choice: Choose) -> JsonValue:
    """Return the answer of an option, with the text that was typed with it. Raises NotTaken."""
    if not 0 <= choice.index < len(options):
        raise NotTaken(f"There are {len(options)} options; {choice.index + 1} is none of them.")
    option = options[choice.index]
    if choice.text is None:
        if option.needs_text:
            raise NotTaken(f"“{option.label}” needs a text.")
        return option.answer
    if not option.text_key or not isinstance(option.answer, dict):
        raise NotTaken(
            f"“{option.label}” takes no text: the graph would never receive it.",
            hint="Choose it without a text, or answer with plain JSON.",
        )
    return {**option.answer, option.text_key: choice.text}
