"""What a text becomes in the clipboard, and what to know before it is pasted."""

import re

from hitl_tui.text.fitting import counted

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What a terminal could obey: all but newline and tab, which belong to any text."""
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character: JSON can contain it, UTF-8 cannot."""


def copyable(text: str) -> str:
    """Return what is copied: the text as it is, with `?` for each character that is not valid."""
    return _SURROGATE.sub("?", text)


def copy_warning(text: str) -> str:
    """Return what to know about a text that was copied; empty if there is nothing."""
    told = []
    if control := len(_CONTROL.findall(text)):
        told.append(
            f"The copied text contains {counted(control, 'control character')}: a terminal into"
            " which it is pasted could obey them."
        )
    if replaced := len(_SURROGATE.findall(text)):
        told.append(
            f"In the copied text, {counted(replaced, 'invalid character')} became a question mark."
        )
    return " ".join(told)
