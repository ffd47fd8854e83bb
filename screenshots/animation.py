"""Pictures of the screen, one after the other, as one animated SVG without scripts."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_FONTS = re.compile(r"@font-face \{.*?\}\n", re.DOTALL)
_LINE_CLIPS = re.compile(r'<clipPath id="[\w-]+-line-\d+">.*?</clipPath>\n?', re.DOTALL)
_LINE_CLIP = re.compile(r' clip-path="url\(#[\w-]+-line-\d+\)"')
_VIEW_BOX = re.compile(r'viewBox="([^"]+)"')


class Frame(NamedTuple):
    """One picture."""

    svg: str
    """As Textual exports it: its classes and ids are those of no other picture."""
    seconds: float
    """How long it is shown."""


def animated(frames: Sequence[Frame]) -> str:
    """Return the pictures as one SVG that shows them again and again.

    Who wants no motion gets the first picture. What a picture repeats for each of its lines is left
    out, and the fonts are named once.
    """
    found = _VIEW_BOX.search(frames[0].svg)
    assert found is not None, "Textual's pictures have one"
    fonts = "".join(_FONTS.findall(frames[0].svg))
    styles = [fonts, ".frame { visibility: hidden; }", *_timing(frames), _WITHOUT_MOTION]
    pictures = (
        f'<g class="frame frame-{number}">{_small(frame.svg)}</g>'
        for number, frame in enumerate(frames)
    )
    return "\n".join(
        (
            f'<svg viewBox="{found[1]}" xmlns="http://www.w3.org/2000/svg">',
            f"<style>\n{chr(10).join(styles)}\n</style>",
            *pictures,
            "</svg>\n",
        )
    )


_WITHOUT_MOTION = """\
@media (prefers-reduced-motion: reduce) {
    .frame { animation: none; }
    .frame-0 { visibility: visible; }
}"""


def _timing(frames: Sequence[Frame]) -> list[str]:
    """Return for each picture when it is visible."""
    total = sum(frame.seconds for frame in frames)
    rules, begin = [], 0.0
    for number, frame in enumerate(frames):
        end = begin + frame.seconds
        first, last = 100 * begin / total, 100 * end / total
        shown = f"{first:.3f}% {{ visibility: visible; }} {last:.3f}%"
        hidden = "" if number == 0 else "0% { visibility: hidden; } "
        rules.append(f"@keyframes frame-{number} {{ {hidden}{shown} {{ visibility: hidden; }} }}")
        rules.append(
            f".frame-{number} {{ animation: frame-{number} {total:g}s step-end infinite; }}"
        )
        begin = end
    return rules


def _small(svg: str) -> str:
    """Return a picture without its fonts, and without the clip of each line: no text is longer."""
    return _LINE_CLIP.sub("", _LINE_CLIPS.sub("", _FONTS.sub("", svg))).strip()
