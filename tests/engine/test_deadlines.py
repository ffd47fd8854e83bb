"""When a question has to be answered, and what a person is told who answers later."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hitl_engine.deciding.reviews import Reviews
from hitl_engine.model import Answer, Interrupt, JsonValue
from hitl_engine.payloads.deadlines import deadline_of, expired_caution

ASKED = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("payload", "minutes"),
    [
        ({"deadline": "2026-11-30T12:05:00Z"}, 5),
        ({"expiresAt": "2026-11-30T14:05:00+02:00"}, 5),
        ({"due_at": "2026-11-30T12:05:00"}, 5),
        ({"request": {"deadline": "2026-11-30T12:05:00Z"}}, 5),
        ({"timeout": 300}, 5),
        ({"request": {"timeoutSeconds": 90.0}}, 1.5),
        ({"deadline": "2026-11-30T12:05:00Z", "timeout": 60}, 5),
        ({"deadline": "soon", "timeout": 60}, 1),
        ({"timeout": True}, None),
        ({"timeout": "300"}, None),
        ({"timeout": -1}, None),
        ({"timeout": 10**400}, None),
        ({"timeout": float("inf")}, None),
        ({"question": "How long?"}, None),
        ("deadline", None),
    ],
)
def test_the_deadline_of_a_payload(payload: JsonValue, minutes: float | None) -> None:
    expected = None if minutes is None else ASKED + timedelta(minutes=minutes)
    assert deadline_of(payload, ASKED) == expected


def test_seconds_need_the_time_of_the_question() -> None:
    assert deadline_of({"timeout": 300}) is None


def test_only_a_passed_deadline_is_told() -> None:
    assert expired_caution(None, ASKED) == ""
    assert expired_caution(ASKED, ASKED - timedelta(seconds=1)) == ""
    assert "passed at 2026-11-30" in expired_caution(ASKED, ASKED)


def test_a_late_answer_needs_a_second_look() -> None:
    reviews = Reviews(lambda _: "")
    late, early = (
        reviews.cautions(
            reviews.question(replace(question(), payload={"timeout": seconds})), Answer(1)
        )
        for seconds in (60, 10_000_000)
    )
    assert ("passed at" in late[0], early) == (True, ())


def question() -> Interrupt:
    return Interrupt(
        thread_id="t1",
        graph_id="g",
        interrupt_id="i1",
        payload=None,
        response_schema=None,
        node="n",
        task_id="k1",
        namespace="",
        checkpoint_id="c1",
        since=datetime.now(UTC) - timedelta(hours=1),
    )
