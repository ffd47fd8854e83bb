"""Writes `hitl_engine/characters/tables.py` from the Unicode Character Database.

    python -m tests.unicode_tables [--check]

The database is Debian's package `unicode-data`, in `/usr/share/unicode`. Python's own `unicodedata`
lacks most of these properties, and its version differs from one Python to the next.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from textwrap import wrap

DATABASE = Path("/usr/share/unicode")
TABLES = Path(__file__).parents[1] / "engine" / "hitl_engine" / "characters" / "tables.py"
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_LETTERS = {"Lo", "Lm"}
_CASED = {"Lu", "Ll", "Lt"}
_LOOK_ALIKE = ("Latin", "Greek", "Cyrillic", "Armenian", "Coptic", "Cherokee")
_BLANK = {0x2800}
"""The Braille pattern without dots: a symbol, and drawn as nothing."""
_LAYOUT = {0x09, 0x0A}
"""Tab and newline, which lay a text out."""
_FIELD = re.compile(r"([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*([\w-]+)")

_HEAD = '''\
"""Properties of Unicode characters, for this package. Written by `tests/unicode_tables.py`.

A table is hexadecimal code points and ranges of them, in order. Source: the Unicode Character
Database {version}, https://www.unicode.org/license.txt.
"""

VERSION = {numbers}
"""The version of that database: code points that a later one assigns are unassigned here."""
'''


def installed() -> bool:
    """Return whether the database is there."""
    return (DATABASE / "emoji" / "emoji-data.txt").exists()


def tables() -> str:
    """Return the text of the module."""
    category = _property("extracted/DerivedGeneralCategory.txt")
    hidden = category(_HIDDEN) | _derived("Default_Ignorable_Code_Point") | _BLANK
    hidden -= _LAYOUT
    joining = _property("extracted/DerivedJoiningType.txt")
    emoji = _property("emoji/emoji-data.txt")
    listed = _property("PropList.txt")
    shown = _emoji_variations()
    script = _property("Scripts.txt")
    parts = [
        _HEAD.format(version=_version(), numbers=tuple(map(int, _version().split(".")))),
        _table(
            "HIDDEN",
            "Categories Cc (but tab and newline), Cf, Cs, Co, Cn, Zl and Zp, "
            "Default_Ignorable_Code_Point, and U+2800.",
            hidden,
        ),
        _table("JOINS_NEXT", "Joining_Type L and D.", joining({"L", "D"})),
        _table("JOINS_PREVIOUS", "Joining_Type R and D.", joining({"R", "D"})),
        _table("TRANSPARENT", "Joining_Type T.", joining({"T"})),
        _table(
            "VIRAMAS",
            "Canonical_Combining_Class 9.",
            _property("extracted/DerivedCombiningClass.txt")({"9"}),
        ),
        _table(
            "MONGOLIAN",
            "Letters of the script Mongolian.",
            script({"Mongolian"}) & category(_LETTERS),
        ),
        _table("IDEOGRAPHS", "Ideographic.", listed({"Ideographic"})),
        _table("PICTOGRAPHS", "Extended_Pictographic.", emoji({"Extended_Pictographic"})),
        _table("EMOJI_OR_TEXT", "What has a text style and an emoji style.", shown),
        _dictionary(
            "STANDARDIZED",
            "Standardized variation sequences: what each variation selector may follow.",
            {key: _ranges(bases) for key, bases in _standardized().items()},
        ),
        _dictionary(
            "SCRIPTS",
            "Script, of letters. These scripts have letters that look alike.",
            {name: _ranges(script({name}) & category(_LETTERS | _CASED)) for name in _LOOK_ALIKE},
        ),
        _dictionary(
            "TAGGED_FLAGS",
            "Emoji tag sequences: the flags of parts of a country.",
            {name: " ".join(f"{each:X}" for each in points) for name, points in _tagged_flags()},
        ),
    ]
    return "\n".join(parts)


def _lines(name: str) -> Iterator[str]:
    with (DATABASE / name).open(encoding="utf-8") as file:
        for line in file:
            if data := line.partition("#")[0].strip():
                yield data


def _version() -> str:
    with (DATABASE / "Scripts.txt").open(encoding="utf-8") as file:
        found = re.search(r"-([\d.]+)\.txt", file.readline())
    assert found
    return found[1]


def _property(name: str) -> Callable[[set[str]], set[int]]:
    """Return a function that returns the code points with one of these values of a property."""
    values: dict[str, set[int]] = {}
    for line in _lines(name):
        if match := _FIELD.match(line):
            first, last = int(match[1], 16), int(match[2] or match[1], 16)
            values.setdefault(match[3], set()).update(range(first, last + 1))
    return lambda wanted: set().union(*(values[value] for value in wanted))


def _derived(name: str) -> set[int]:
    return _property("DerivedCoreProperties.txt")({name})


def _emoji_variations() -> set[int]:
    return {int(line.split()[0], 16) for line in _lines("emoji/emoji-variation-sequences.txt")}


def _standardized() -> dict[str, set[int]]:
    """Return what each selector may follow; not ASCII, because there it changes next to nothing."""
    found: dict[str, set[int]] = {}
    for line in _lines("StandardizedVariants.txt"):
        base, selector = line.partition(";")[0].split()
        if selector.startswith("FE") and int(base, 16) > 0x7F:
            found.setdefault(selector, set()).add(int(base, 16))
    return found


def _tagged_flags() -> Iterator[tuple[str, list[int]]]:
    for line in _lines("emoji/emoji-sequences.txt"):
        points, kind, name = (field.strip() for field in line.split(";"))
        if kind == "RGI_Emoji_Tag_Sequence":
            yield (
                name.removeprefix(r"flag\x{3A} ").strip(),
                [int(each, 16) for each in points.split()],
            )


def _ranges(points: Iterable[int]) -> str:
    """Return code points as ranges, in order."""
    ranges: list[list[int]] = []
    for point in sorted(points):
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return " ".join(
        f"{first:X}" if first == last else f"{first:X}-{last:X}" for first, last in ranges
    )


def _table(name: str, meaning: str, points: set[int]) -> str:
    return f'{name} = """\n{_wrapped(_ranges(points))}\n"""\n"""{meaning}"""\n'


def _dictionary(name: str, meaning: str, texts: dict[str, str]) -> str:
    items = "".join(f'    "{key}": """\n{_wrapped(text)}\n""",\n' for key, text in texts.items())
    return f'{name} = {{\n{items}}}\n"""{meaning}"""\n'


def _wrapped(text: str) -> str:
    return "\n".join(wrap(text, 100, break_on_hyphens=False))


if __name__ == "__main__":
    written = tables()
    if "--check" not in sys.argv:
        TABLES.write_text(written, encoding="utf-8")
    elif TABLES.read_text(encoding="utf-8") != written:
        raise SystemExit(f"{TABLES} differs from what {DATABASE} gives")
