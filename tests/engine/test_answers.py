"""The JSON of decisions: every fault is told, with the question that it belongs to."""

from dataclasses import replace

import pytest

from hitl_engine import payloads
from hitl_engine.deciding.answers import answer_of, answers_of, resume_of
from hitl_engine.errors import NotTaken
from hitl_engine.fingerprint import fingerprint
from hitl_engine.model import Answer, Interrupt, JsonObject, JsonValue, Question

AGE: JsonObject = {"type": "object", "properties": {"age": {"type": "integer"}}}


def question(node: str, *, schema: JsonObject | None = None, task: str = "k") -> Question:
    """A question whose id is the name of its node."""
    asked = Interrupt("t", "g", node, "How old?", schema, node, task, "", "c", None)
    return Question(asked, payloads.recognise("How old?", schema), fingerprint("s", asked))


def test_each_answer_is_sent_under_the_id_of_its_question() -> None:
    decided = [(question("a"), Answer("x")), (question("b", schema=AGE), Answer({"age": 7}))]
    assert answers_of(decided) == {"a": "x", "b": {"age": 7}}
    assert resume_of(decided, [each.interrupt for each, _ in decided]) == answers_of(decided)


def test_a_resume_map_needs_the_answers_to_all_questions_of_a_task() -> None:
    one, other = question("a"), question("b")
    with pytest.raises(NotTaken, match="asks 2 questions together"):
        resume_of([(one, Answer("x"))], [one.interrupt, other.interrupt])


@pytest.mark.parametrize("answer", [float("nan"), "\ud800"])
def test_an_answer_that_json_cannot_carry_is_refused(answer: JsonValue) -> None:
    with pytest.raises(NotTaken, match="cannot be written as JSON: "):
        answer_of(question("a"), Answer(answer))


def test_the_one_answer_that_does_not_fit_is_told_without_its_question() -> None:
    with pytest.raises(NotTaken) as alone:
        answers_of([(question("a", schema=AGE), Answer({"age": "old"}))])
    assert alone.value.what.startswith("The answer does not fit")
    assert [fault.path for fault in alone.value.faults] == [("age",)]


def test_each_of_several_answers_that_do_not_fit_is_named() -> None:
    a, b, c = question("a", schema=AGE), question("b"), question("c", schema=AGE)
    with pytest.raises(NotTaken) as several:
        answers_of([(a, Answer({"age": "old"})), (b, Answer("x")), (c, Answer({"age": None}))])
    assert "a (a): The answer does not fit" in several.value.what
    assert "c (c): The answer does not fit" in several.value.what
    assert "b (b)" not in several.value.what
    assert [fault.path for fault in several.value.faults] == [("a", "age"), ("c", "age")]


def test_a_hint_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = replace(question("a").interrupt, interrupt_id="a")

    def refuse(*_: object) -> JsonValue:
        raise NotTaken("No.", hint="Read it.")

    monkeypatch.setattr(payloads, "encode", refuse)
    decided = [(replace(question(each), interrupt=asked), Answer("x")) for each in "ab"]
    with pytest.raises(NotTaken) as refused:
        answers_of(decided)
    assert refused.value.hint == "Read it."
