"""What reaches the last filter before the terminal by a mistake does not reach the terminal."""

import random
from unicodedata import category

from rich.segment import Segment
from textual.color import Color

from hitl_engine.selftest.figure import Figure, figure_of
from hitl_engine.selftest.texts import hostile_text, is_visible
from hitl_tui.text.output_filter import HiddenCharacterFilter

_BLACK = Color(0, 0, 0)


def drawn_texts(count: int, seed: int) -> Figure:
    """Draw as many hostile texts by chance as if nothing had made them visible."""
    chance, net = random.Random(seed), HiddenCharacterFilter()

    def passes(text: str) -> bool:
        drawn = "".join(each.text for each in net.apply([Segment(text)], _BLACK))
        return not is_visible(drawn) or any(category(char) == "Cc" for char in drawn)

    texts = (hostile_text(chance) for _ in range(count))
    faults = (ascii(text) for text in texts if passes(text))
    return figure_of("the terminal gets no foreign character", count, faults)
