"""Keys that arrive while the item that the user opened is not on screen yet."""

from dataclasses import dataclass, field

from hitl_engine.visible import one_line


@dataclass
class EarlyKeys:
    """Holds keys back from what is on screen meanwhile: they were not meant for that.

    Text that was typed after an item was opened can go into its field. All other keys are refused
    visibly, and so is everything after the first of them: nothing is decided that was not read, and
    no key reaches what comes next.
    """

    holding: bool = False
    """Whether keys are held back now."""
    _keeps_text: bool = False
    _text: list[str] = field(default_factory=list)
    _refused: list[str] = field(default_factory=list)

    def begin(self, *, keep_text: bool) -> None:
        """Hold keys back until `end`; `keep_text`: the user opened something that may take text."""
        if not self.holding:
            self.holding, self._keeps_text = True, keep_text

    def take_key(self, name: str, text: str | None) -> None:
        """Hold back one key; `text` is the character that it types, if it types one."""
        if not self._keeps_text or self._refused:
            self._refused.append(name)
        elif name == "backspace":
            del self._text[-1:]
        elif text is not None:
            self._text.append(text)
        else:
            self._refused.append(name)

    def take_paste(self, text: str) -> None:
        """Hold back a pasted text."""
        self.take_key("a paste", text)

    def end(self) -> tuple[str, tuple[str, ...]]:
        """Return the kept text and the names of the refused keys; hold nothing back any more."""
        held = "".join(self._text), tuple(self._refused)
        self.holding = False
        self._text.clear()
        self._refused.clear()
        return held


_NAMED = 8
_NAMES = {"\n": "enter", " ": "space"}
"""Characters that cannot be read in a list."""


def refusal_words(keys: tuple[str, ...], *, after_change: bool = False) -> str:
    """Return that keys were ignored, as visible text; pasted characters may be among them.

    `after_change` if they came at the same moment as a change on a card that was in view.
    """
    named = ", ".join(_NAMES.get(key, key) for key in keys[:_NAMED])
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    came = "was" if len(keys) == 1 else "were"
    why = "before this was on screen. Read it first."
    if after_change:
        why = "before your last change was on screen. Press again."
    return one_line(f"Ignored: {named}{more} {came} pressed {why}", 300)
