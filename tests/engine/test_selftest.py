"""What `hitl-tui selftest` measures, in small; and that it finds what it looks for."""

import random
from collections.abc import Callable

import pytest
from jsonschema import Draft202012Validator

from hitl_engine.errors import NoLongerWaits
from hitl_engine.forms import schema_checks
from hitl_engine.selftest import contests, freezing, stale, texts
from hitl_engine.selftest.figure import Figure
from hitl_engine.selftest.payloads import some_object
from hitl_tui import demo

SEED = 20261130


@pytest.mark.parametrize(
    ("measure", "count"),
    [
        (stale.stale_decisions, 600),
        (stale.fresh_decisions, 600),
        (texts.hostile_texts, 3_000),
        (freezing.freezing_schemas, 20),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_nothing_goes_wrong(
    measure: Callable[[int, int], Figure], count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freezing, "_MOST_SECONDS", 20)  # the machine may be busy
    figure = measure(count, SEED)
    assert (figure.tried, figure.wrong, figure.first) == (count, 0, "")


async def test_contested_decisions() -> None:
    figure = await contests.contested_decisions(24, SEED, demo.TARGET)
    assert figure.tried >= 24 and (figure.wrong, figure.first) == (0, "")


def test_a_check_that_refuses_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stale, "still_pending", lambda *_, **__: ())
    figure = stale.stale_decisions(24, SEED)
    assert figure.wrong == 24 and figure.first
    assert stale.fresh_decisions(24, SEED).wrong == 0


def test_a_check_that_refuses_everything_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise NoLongerWaits("Always.", kept="")

    monkeypatch.setattr(stale, "still_pending", refuse)
    assert stale.fresh_decisions(24, SEED).wrong == 24


def test_a_text_that_is_not_made_visible_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "visible", lambda text: text)
    assert texts.hostile_texts(100, SEED).wrong > 50
    monkeypatch.setattr(texts, "visible", lambda text: text.encode("ascii", "ignore").decode())
    assert texts.hostile_texts(100, SEED).wrong > 50, "another text looks the same"


def test_the_metaschema_in_one_document_accepts_the_same_schemas() -> None:
    """As the one of many documents, for schemas by chance, most of them with faults."""
    chance = random.Random(SEED)
    words = ("type", "items", "properties", "required", "minimum", "$ref", "allOf", "$defs", "enum")
    kinds = ("string", "object", "nothing", ["array", "null"])
    whole = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    verdicts = set()
    for _ in range(300):
        schema: dict[str, object] = {
            word: chance.choice(
                (some_object(chance), chance.choice(kinds), [some_object(chance)], 3)
            )
            for word in chance.sample(words, chance.randrange(1, 4))
        }
        schema = {"type": chance.choice(kinds)} if chance.random() < 0.3 else schema
        verdicts.add(valid := whole.is_valid(schema))
        schema_checks._steps.set(0)
        assert schema_checks._METASCHEMA.is_valid(schema) is valid, schema  # type: ignore[arg-type]
    assert verdicts == {True, False}
