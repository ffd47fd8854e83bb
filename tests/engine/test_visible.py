"""Untrusted text: escaped so that it can be decoded, without terminal control characters."""

import json
import re
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_engine.characters import tables
from hitl_engine.characters.hidden import hidden_places, hide_also
from hitl_engine.visible import (
    cut_line,
    decode,
    hidden_count,
    json_text,
    one_line,
    visible,
    visible_json,
    visible_typed,
)
from tests import unicode_tables
from tests.hidden import hidden_in

HOSTILE = [
    "\x1b[2J\x1b]52;c;ZXZpbA==\x07",
    "a\r\x1b[2Kls",
    "\x9b31m",
    "\u202eevorppa",
    "\U000e0041\u200b\ufeff",
    "\ud800 lone",
    "\u2028\u2029\x85",
    "literal \\u{1B} and \\\\u{1B}",
]
INVISIBLE = [
    *"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u200b\u200e\u2060\u2065\u2800\u3164",
    *"\ufe00\ufe0f\ufeff\uffa0\ufff0\U0001bca0\U0001d173\U000e0001\U000e0041\U000e0100\U000e01ef",
]
"""What a terminal draws as nothing, or as a blank cell."""
ORDINARY = {
    "Persian": "می\u200cخواهم کتاب\u200cها را ببینم",
    "Persian, with marks": "مِی\u200cخواهَم",
    "Hindi": "क्\u200dष और क्\u200cष",
    "Sinhala": "ශ්\u200dරී ලංකාව ක්\u200dය",
    "Bengali": "র\u200d্যাব",
    "Malayalam": "അവന്\u200d",
    "Mongolian": "ᠠ\u180bᠯ ᠮᠣᠩᠭᠣᠯ\u180eᠠ",
    "ideographs": "葛\U000e0100飾区 辻\U000e0101 㒞\ufe00",
    "family": "👨\u200d👩\u200d👧",
    "skin tones": "👩🏽\u200d💻 👍🏽",
    "heart": "❤\ufe0f ❤\ufe0e 👩\u200d❤\ufe0f\u200d👩",
    "keycap": "1\ufe0f⃣ #\ufe0f⃣",
    "flags": "🇩🇪 🏴\u200d☠\ufe0f 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
}
OUT_OF_CONTEXT = {
    "joiner in Latin": "ad\u200dmin",
    "non-joiner in Latin": "ad\u200cmin",
    "non-joiner after a letter that does not join": "ر\u200cر",
    "non-joiner at the end": "می\u200c",
    "joiner after a digit": "1\u200d2",
    "joiner after one emoji": "👩\u200d",
    "style of a letter": "a\ufe0f",
    "style of a digit": "1\ufe0f2",
    "style at the start": "\ufe0f",
    "second style": "❤\ufe0f\ufe0f",
    "selector after emoji": "👍\U000e0100",
    "slashed zero": "0\ufe00",
    "selector after an ideograph that lacks it": "一\ufe00",
    "Mongolian selector in Latin": "a\u180b",
    "tags of no known flag": "🏴\U000e0061",
}


def any_text() -> st.SearchStrategy[str]:
    """Every code point, lone surrogates too, and many backslashes."""
    parts = st.one_of(st.characters(exclude_categories=()), st.sampled_from(["\\", "u{", "5C}"]))
    return st.lists(parts).map("".join)


def is_inert(text: str) -> bool:
    return not hidden_in(text)


@given(any_text())
def test_shown_text_decodes_to_the_original(text: str) -> None:
    assert decode(visible(text)) == text


@given(any_text())
def test_shown_text_contains_no_terminal_commands(text: str) -> None:
    assert is_inert(visible(text))
    assert is_inert(one_line(text))
    assert is_inert(json_text([text]))


@given(any_text())
def test_json_text_parses_back(text: str) -> None:
    assert json.loads(json_text({"value": [text]})) == {"value": [text]}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_on_one_line(text: str) -> None:
    assert "\n" not in one_line(text)
    assert is_inert(one_line(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_decodes_to_the_original(text: str) -> None:
    assert visible(text) != text
    assert decode(visible(text)) == text


def test_of_the_control_characters_only_newlines_and_tabs_stay() -> None:
    controls = [chr(code) for code in (*range(32), *range(127, 160))]
    assert [char for char in controls if visible(char) == char] == ["\t", "\n"]
    assert [visible(char) for char in "\x00\x7f\x9f"] == ["\\u{0}", "\\u{7F}", "\\u{9F}"]
    assert [visible_json(char) for char in "\x7f\U000e0041"] == ["\\u007f", "\\udb40\\udc41"]
    assert list(hidden_places("a\x1b\n\x7f")) == [1, 3]


def test_what_a_person_types_may_contain_escapes() -> None:
    assert visible_typed("\\u{1B}\x1b") == "\\u{1B}\\u{1B}"
    assert visible("\\u{1B}") == "\\u{5C}u{1B}"
    assert (
        decode("\\u{1B} \\u{10FFFF} \\u{110000} \\u{1b}") == "\x1b \U0010ffff \\u{110000} \\u{1b}"
    )


def test_what_a_terminal_cannot_show_is_hidden_too() -> None:
    text = "a\ufb01b é"
    assert visible(text) == text
    try:
        hide_also(re.compile("[\ufb01]"))
        assert visible(text) == "a\\u{FB01}b é"
        assert list(hidden_places(text)) == [1] and hidden_count([text, "é"]) == 1
        assert visible("ab é\x1b") == "ab é\\u{1B}"
    finally:
        hide_also(None)
    assert visible(text) == text and hidden_count(text) == 0


def test_real_languages_stay_readable() -> None:
    for text in ("Grüße, Ωμέγα", "مرحبا بالعالم", "日本語のテキスト", "👍 ok"):
        assert visible(text) == text


@pytest.mark.parametrize("char", INVISIBLE, ids=ascii)
def test_what_is_drawn_as_nothing_is_marked(char: str) -> None:
    for text in (char, f"a{char}b", char * 3, f"漢{char * 2}", f"👍{char * 2}"):
        shown = visible(text)
        assert char not in visible(text[1:] if text[0] in "漢👍" else text)
        assert f"{ord(char):X}" in shown and decode(shown) == text
        assert json.loads(json_text(text)) == text


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_what_scripts_and_emoji_need_stays(text: str) -> None:
    assert visible(text) == text
    assert json_text(text, indent=None) == f'"{text}"'
    assert hidden_count(text) == 0


@pytest.mark.parametrize("text", OUT_OF_CONTEXT.values(), ids=OUT_OF_CONTEXT)
def test_the_same_characters_elsewhere_are_marked(text: str) -> None:
    assert "\\u{" in visible(text)
    assert hidden_count(text) == 1


def test_hidden_characters_are_counted_in_all_of_a_value() -> None:
    value = {"a\u200b": ["\x1b[31m", {"b": "क्\u200dष\u2800\n\t"}], "c": 1, "d": None}
    assert hidden_count(value) == 3


def test_a_cut_does_not_take_a_joiner_from_its_letters() -> None:
    family = "👨\u200d👩\u200d👧"
    for limit in range(1, len(family)):
        assert is_inert(one_line(family, limit))


def test_a_cut_that_would_leave_nothing_shows_the_length() -> None:
    assert cut_line("❤\ufe0f\u200d", 1) == "… (3 characters)"
    assert cut_line("abc", 3) == "abc" and cut_line("abcd", 3) == "abc… (4 characters)"


def test_the_tables_are_those_of_the_database() -> None:
    if not unicode_tables.installed():
        pytest.skip("Debian's package unicode-data is not installed")
    assert unicode_tables.TABLES.read_text(encoding="utf-8") == unicode_tables.tables()


def test_what_is_hidden_does_not_depend_on_the_version_of_python() -> None:
    """U+2EBF0 is assigned since Unicode 15.1, of Python 3.13; U+31350 since 15.0, of Python 3.12."""
    assert tables.VERSION == (15, 0, 0)
    assert visible("\U0002ebf0") == "\\u{2EBF0}" and hidden_count("\U0002ebf0") == 1
    assert visible("\U00031350") == "\U00031350" and hidden_count("\U00031350") == 0


def test_every_hidden_character_is_found() -> None:
    for point in (*range(0x33000), *range(0xDFFF0, 0xE1000)):
        char = chr(point)
        assert (visible(char) != char) is bool(hidden_count(char)), ascii(char)


def test_plain_text_costs_one_pass() -> None:
    plain, ideographs = "x" * 1_000_000, "漢" * 1_000_000
    assert shortest(plain) * 1.5 < shortest(ideographs)
    assert shortest(ideographs) < 0.3


def shortest(text: str) -> float:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        visible(text)
        times.append(time.perf_counter() - began)
    return min(times)


def test_a_cut_line_shows_the_full_length() -> None:
    assert one_line("x" * 5000, limit=10) == "xxxxxxxxxx… (5,000 characters)"
    assert one_line("a\n  b\tc") == "a b c"
    # White space that is folded counts too, if there is much of it.
    assert one_line(f"a{' ' * 38}b", limit=10) == "a b"
    assert one_line(f"a{' ' * 39}b", limit=10) == "a… (41 characters)"
    assert one_line(f"{'x' * 10}{' ' * 29}y", limit=10) == "xxxxxxxxxx… (40 characters)"
    assert one_line("x" * 200) == "x" * 200 and one_line("x" * 201).endswith("… (201 characters)")


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text("aé\n\\"),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("aé\n\\"), inner),
        max_leaves=20,
    )
)
def test_indented_json_is_laid_out_as_python_does(value: object) -> None:
    assert json_text(value) == json.dumps(value, ensure_ascii=False, indent=2)


def test_indented_json_can_be_as_deep_as_python_reads() -> None:
    deep = "[" * 800 + "]" * 800
    assert json.loads(json_text(json.loads(deep))) == json.loads(deep)


def ranges(table: str) -> list[tuple[int, int]]:
    """Return the ranges of a table, as numbers."""
    ends = [each.partition("-") for each in table.split()]
    return [(int(first, 16), int(last or first, 16)) for first, _, last in ends]


def beside(table: str) -> list[tuple[str, bool]]:
    """Return the characters at and beside both ends of each range, each with whether it is in one."""
    listed = ranges(table)
    ends = {end + step for pair in listed for end in pair for step in (-1, 0, 1)}
    return [
        (chr(end), any(first <= end <= last for first, last in listed))
        for end in sorted(ends)
        if 0 <= end <= sys.maxunicode
    ]


def test_all_of_each_range_is_hidden_and_nothing_beside_it() -> None:
    for char, hidden in beside(tables.HIDDEN):
        assert (visible(char) != char) is hidden, ascii(char)
        assert (visible(f"é{char}") != f"é{char}") is hidden, ascii(char)


def test_a_selector_stays_after_its_bases_alone() -> None:
    for selector, bases in tables.STANDARDIZED.items():
        for base, has_variation in beside(bases):
            text = f"{base}{chr(int(selector, 16))}"
            assert (hidden_count(text) == 0) is has_variation, ascii(text)
