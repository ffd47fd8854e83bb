"""Words, hosts and keys that look like others are told, with what they resemble."""

import time

import pytest

from hitl_engine.characters.misleading import misleading_parts

MISLEADING: dict[str, tuple[object, str]] = {
    "a Cyrillic letter in a word": ("send to p\u0430ypal", "“p\u0430ypal” resembles “paypal”"),
    "a Greek letter in a word": ("g\u03bfogle", "Greek and Latin"),
    "a key": ({"\u0430dmin": 1}, "resembles “admin”"),
    "a whole host": ("https://\u0430\u0440\u0440\u04cf\u0435.com/x", "resembles “apple.com”"),
    "a host with a user": ("curl https://bank@\u0435xample.com", "resembles “example.com”"),
    "an address": ("mail bob@ex\u0430mple.com", "resembles “example.com”"),
    "wide letters": ("https://\uff47oogle.com", "resembles “google.com”"),
    "Punycode": ("open https://xn--80ak6aa92e.com", "“\u0430\u0440\u0440\u04cf\u0435” in Punycode"),
    "broken Punycode": ("xn--99999999999", "“?” in Punycode"),
    "keys": ([{"caf\u00e9": 1, "cafe\u0301": 2}], "Two keys look the same"),
}
ORDINARY = [
    "an ordinary sentence, https://example.com/a?b=c#d, bob@example.com",
    "Грузовик едет в Москву: http://пример.рф и почта@пример.рф",
    "Ωμέγα и Latin рядом",
    "5 \u03bcg, \u03b1-helix, 10 k\u03a9",
    "日本語のテキスト Textual テスト 한국어",
    "naïve café Straße ﬁne",
    "שלום مرحبا नमस्ते",
    {"café": 1, "cafe": 2},
    ["a--b", "--xn", 1, None, True],
]


@pytest.mark.parametrize(("value", "words"), MISLEADING.values(), ids=MISLEADING)
def test_what_misleads_is_told(value: object, words: str) -> None:
    assert any(words in sentence for sentence in misleading_parts(value))


@pytest.mark.parametrize("value", ORDINARY, ids=ascii)
def test_ordinary_texts_are_not_marked(value: object) -> None:
    assert misleading_parts(value) == ()


def test_many_and_long_texts_end_soon() -> None:
    began = time.perf_counter()
    assert (
        len(misleading_parts([f"p\u0430ypal{chr(97 + n % 26) * (n + 1)}" for n in range(99)])) == 20
    )
    for text in (
        "x" * 1_000_000,
        "\u0430" * 1_000_000,
        "a@" * 300_000 + "\u0430",
        "a" * 500_000 + "é",
    ):
        misleading_parts(text)
    assert time.perf_counter() - began < 5
