"""What no text of others may bring onto a screen: the oracle of all tests of hostile text."""

from hitl_engine.characters.hidden import hidden_places


def hidden_in(text: str) -> list[str]:
    """Return the hidden characters of a text, as Python writes them; newlines and tabs are not."""
    return [ascii(text[place]) for place in hidden_places(text)]
