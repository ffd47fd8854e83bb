"""Questions that need two reviewers: who counts, what counts as the same answer, and when."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.server.four_eyes_server import People, four_eyes


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """A client for each person."""
    with four_eyes(tmp_path_factory.mktemp("four_eyes")) as made:
        yield made


def test_the_same_answer_of_two_reviewers_is_carried_out(people: People) -> None:
    assert people.of["ada"].get("/info").json()["flags"]["four_eyes"] is True
    thread_id = people.asked()
    waiting = people.thread(thread_id)
    [[interrupt]] = waiting["interrupts"].values()
    assert waiting["four_eyes"] == {"needed": 2, "rules": {interrupt["id"]: ["secrets"]}}
    assert waiting["approvals"] is None
    first = people.answer("ada", thread_id)
    assert first.status_code == 409
    told = first.json()
    assert "Recorded, and not carried out" in told["detail"] and "secrets" in told["detail"]
    [approval] = told["four_eyes"]["approvals"]
    assert told["four_eyes"] | {"approvals": []} == {
        "needed": 2, "rules": ["secrets"], "recorded": True, "replaced": None, "approvals": [],
    }  # fmt: skip
    assert (approval["name"], approval["answer"]) == ("ada", {interrupt["id"]: "Edited"})
    listed = people.of["owner"].post("/threads/search", json={"ids": [thread_id]}).json()
    assert [each["approvals"] for each in listed] == [[approval]]
    assert people.thread(thread_id)["approvals"] == [approval]
    assert people.runs(thread_id) == 1
    again = people.answer("ada", thread_id)
    assert again.status_code == 409
    assert again.json()["four_eyes"]["approvals"] == [approval]
    second = people.answer("bob", thread_id, {interrupt["id"]: "Edited"})
    assert (second.status_code, second.json()) == (200, {"some_text": "Edited"})
    ended = people.thread(thread_id)
    assert (ended["status"], ended["four_eyes"], ended["approvals"]) == ("idle", None, None)
    assert people.runs(thread_id) == 2


def test_what_no_rule_names_needs_one(people: People) -> None:
    for text in ("public", True, "7"):
        assert people.answer("ada", people.asked(text=text)).status_code == 200
    for number in (7, 7.0):
        assert people.answer("ada", people.asked(text=number)).status_code == 409


@pytest.mark.parametrize(
    "more",
    [
        {"resume": "Other"},
        {"context": {"key": 1}},
        {"config": {"configurable": {"key": 1}}},
        {"config": {"recursion_limit": 7}},
        {"interrupt_before": ["human_node"]},
        {"interrupt_after": "*"},
        {"assistant_id": "anything"},
    ],
)
def test_another_request_starts_anew(people: People, more: dict[str, Any]) -> None:
    thread_id = people.asked()
    assert people.answer("ada", thread_id).status_code == 409
    other = people.answer("bob", thread_id, **more)
    assert other.status_code == 409
    assert "It replaces another answer, of ada" in other.json()["detail"]
    assert [each["name"] for each in people.thread(thread_id)["approvals"]] == ["bob"]
    assert people.answer("ada", thread_id).status_code == 409
    assert people.runs(thread_id) == 1
    same = {"metadata": {"note": 1}, "stream_mode": "updates", "config": {"metadata": {"m": 1}}}
    assert people.answer("bob", thread_id, **same).status_code == 200


def test_one_reject_is_final(people: People) -> None:
    thread_id = people.asked()
    assert people.answer("ada", thread_id, {"verdict": "yes"}).status_code == 409
    assert people.answer("bob", thread_id, {"verdict": "no"}).status_code == 200
    assert people.thread(thread_id)["status"] == "idle"
    with_settings = people.answer("bob", people.asked(), {"verdict": "no"}, context={"key": 1})
    assert with_settings.status_code == 409
    assert people.answer("owner", people.asked(), {"verdict": "no"}).status_code == 403


def test_who_is_not_one_of_the_two(people: People) -> None:
    assert "token has no name" in people.answer("owner", people.asked()).json()["detail"]
    thread_id = people.asked(by="ada")
    refused = people.answer("ada", thread_id)
    assert refused.status_code == 403 and "ada has" in refused.json()["detail"]
    ruled = people.answer("bob", thread_id, metadata={"hitl_rule": "r"})
    assert ruled.status_code == 403 and "standing rule" in ruled.json()["detail"]
    assert people.thread(thread_id)["approvals"] is None
    assert people.answer("bob", thread_id).status_code == 409
    assert people.answer("ada", thread_id).status_code == 403
    assert people.answer("carol", thread_id).status_code == 200


def test_who_steps_or_writes_into_the_state_is_a_starter(people: People) -> None:
    thread_id = people.asked(text="public")
    write = {"values": {"some_text": "secret"}, "as_node": "__start__"}
    assert people.of["ada"].post(f"/threads/{thread_id}/state", json=write).status_code == 200
    step = {"assistant_id": "revise", "input": None}
    assert people.of["bob"].post(f"/threads/{thread_id}/runs/wait", json=step).status_code == 200
    assert people.thread(thread_id)["four_eyes"]
    assert [people.answer(name, thread_id).status_code for name in ("ada", "bob")] == [403, 403]
    assert people.answer("carol", thread_id).status_code == 409
    assert people.answer("dan", thread_id).status_code == 200


def test_who_only_answered_before_is_no_starter(people: People) -> None:
    thread_id = people.asked(text="public")
    assert people.answer("ada", thread_id).status_code == 200
    order = {"assistant_id": "revise", "input": {"some_text": "secret"}}
    assert people.of["owner"].post(f"/threads/{thread_id}/runs/wait", json=order).status_code == 200
    assert people.answer("ada", thread_id).status_code == 409


def test_two_at_the_same_moment_start_one_run(people: People) -> None:
    """Two sent the same: never no run, never two."""
    with ThreadPoolExecutor(4) as pool:
        for _ in range(15):
            thread_id = people.asked()
            names = ("ada", "bob")
            sent = pool.map(lambda name: people.answer(name, thread_id).status_code, names)  # noqa: B023
            assert sorted(sent) == [200, 409]
            assert people.runs(thread_id) == 2


def test_many_at_the_same_moment_start_one_run(people: People) -> None:
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            thread_id = people.asked()
            names = ("ada", "bob", "carol", "dan")
            sent = list(pool.map(lambda name: people.answer(name, thread_id), names))  # noqa: B023
            assert [each.status_code for each in sent].count(200) == 1
            ended = people.thread(thread_id)
            assert (ended["status"], ended["values"]) == ("idle", {"some_text": "Edited"})
            assert people.runs(thread_id) == 2


def test_all_questions_of_a_thread_are_answered_by_two(people: People) -> None:
    """A thread with one protected question and one that is not."""
    thread_id = people.asked(graph="parallel")
    waiting = people.thread(thread_id)
    asked = [each for task in waiting["interrupts"].values() for each in task]
    assert len(asked) == 2
    [protected] = waiting["four_eyes"]["rules"]
    [free] = [each["id"] for each in asked if each["id"] != protected]
    more = {"assistant_id": "parallel"}
    assert people.answer("ada", thread_id, {free: "x"}, **more).status_code == 409
    both = {protected: "y", free: "x"}
    assert people.answer("bob", thread_id, both, **more).status_code == 409
    assert people.answer("ada", thread_id, both, **more).status_code == 200
