"""Untrusted text: escaped so that it can be decoded, without terminal control characters."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_engine.visible import decode, json_text, one_line, visible

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


def any_text() -> st.SearchStrategy[str]:
    """Every code point, lone surrogates too, and many backslashes."""
    parts = st.one_of(st.characters(exclude_categories=()), st.sampled_from(["\\", "u{", "5C}"]))
    return st.lists(parts).map("".join)


def is_inert(text: str) -> bool:
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return all(char in "\n\t" or unicodedata.category(char) not in hidden for char in text)


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


def test_real_languages_stay_readable() -> None:
    for text in ("Grüße, Ωμέγα", "مرحبا بالعالم", "日本語のテキスト", "👍 ok"):
        assert visible(text) == text


def test_a_cut_line_shows_the_full_length() -> None:
    assert one_line("x" * 5000, limit=10) == "xxxxxxxxxx… (5,000 characters)"
    assert one_line("a\n  b\tc") == "a b c"


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
