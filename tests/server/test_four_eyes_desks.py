"""Two reviewers at two desks: what each is told, and what the journals tell."""

import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import Denied, NoLongerWaits
from hitl_engine.model import Answer, Interrupt, OutcomeKind, Question, Waiting
from tests.any_server.steps import ignore
from tests.program import run_program
from tests.server.four_eyes_server import People, four_eyes


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """A client for each person."""
    with four_eyes(tmp_path_factory.mktemp("four_eyes_desks")) as made:
        yield made


@pytest.fixture
async def desks(people: People, tmp_path: Path) -> AsyncIterator[dict[str, Desk]]:
    """A desk for each person."""
    async with AsyncExitStack() as opened:
        yield {
            name: await opened.enter_async_context(
                open_desk(people.url, data_dir=tmp_path / name, headers=dict(client.headers))
            )
            for name, client in people.of.items()
        }


async def question_of(desk: Desk, thread_id: str) -> Question:
    """Return the question of a thread, as its inbox lists it."""
    listed = [each for each in (await desk.inbox()).items if each.thread_id == thread_id]
    [item] = (await desk.thread(thread_id)).waiting
    assert [two(each) for each in listed] == [two(item)]
    question = desk.reviews.item(item)
    assert isinstance(question, Question)
    return question


def two(item: Waiting) -> object:
    assert isinstance(item, Interrupt)
    return item.two_reviewers


async def test_the_second_carries_out_what_the_first_has_sent(
    people: People, desks: dict[str, Desk]
) -> None:
    thread_id = people.asked()
    ada, bob = desks["ada"], desks["bob"]
    shown = await question_of(ada, thread_id)
    needed = shown.interrupt.two_reviewers
    assert needed and (needed.rules, needed.first) == (("secrets",), None)
    [first] = await ada.decide_all([(shown, Answer("Edited"))], ignore)
    assert (first.kind, first.error) == (OutcomeKind.RECORDED, None)
    assert first.why == "It waits for a second reviewer (rule secrets). Nothing was run."
    assert first.thread and first.thread.waiting == (shown.interrupt,)
    own = (await question_of(ada, thread_id)).interrupt.two_reviewers
    assert own and own.first and own.first.is_own
    seen = await question_of(bob, thread_id)
    needed = seen.interrupt.two_reviewers
    assert needed and needed.first and (needed.first.name, needed.first.is_own) == ("ada", False)
    assert needed.first.to(seen.interrupt.interrupt_id) == "Edited"
    assert bob.reviews.cautions(seen, Answer("Edited")) == ()
    [caution] = bob.reviews.cautions(seen, Answer("Other"))
    assert caution.startswith("ada has answered something else.")
    assert people.answer("ada", thread_id).status_code == 409  # any client counts like a console
    [second] = await bob.decide_all([(seen, Answer("Edited"))], ignore)
    assert second.kind is OutcomeKind.APPLIED
    assert second.thread and second.thread.values == {"some_text": "Edited"}
    told = [(await each.log())[0] for each in (ada, bob)]
    assert [each.outcome for each in told] == [OutcomeKind.RECORDED, OutcomeKind.APPLIED]


async def test_no_first_answer_is_replaced_that_was_not_seen(
    people: People, desks: dict[str, Desk]
) -> None:
    thread_id = people.asked()
    ada, bob = desks["ada"], desks["bob"]
    unaware = await question_of(bob, thread_id)
    shown = await question_of(ada, thread_id)
    await ada.decide(shown, Answer("Edited"), ignore)
    with pytest.raises(NoLongerWaits, match="ada answered something else first"):
        await bob.decide(unaware, Answer("Other"), ignore)
    seen = await question_of(bob, thread_id)
    found = await bob.decide(seen, Answer("Other"), ignore)
    assert found.kind is OutcomeKind.RECORDED
    assert found.why.endswith("It replaces another answer, by ada.")
    found = await ada.decide(await question_of(ada, thread_id), Answer("Other"), ignore)
    assert found.kind is OutcomeKind.APPLIED


async def test_the_same_answer_of_one_who_has_not_seen_the_first_is_the_second(
    people: People, desks: dict[str, Desk]
) -> None:
    thread_id = people.asked()
    unaware = await question_of(desks["bob"], thread_id)
    await desks["ada"].decide(unaware, Answer("Edited"), ignore)
    found = await desks["bob"].decide(unaware, Answer("Edited"), ignore)
    assert found.kind is OutcomeKind.APPLIED


async def test_one_reject_is_final(people: People, desks: dict[str, Desk]) -> None:
    shown = await question_of(desks["ada"], people.asked())
    found = await desks["ada"].decide(shown, Answer({"verdict": "no"}), ignore)
    assert found.kind is OutcomeKind.APPLIED


async def test_who_does_not_count_is_told_so(people: People, desks: dict[str, Desk]) -> None:
    owner = desks["owner"]
    shown = await question_of(owner, people.asked())
    with pytest.raises(Denied, match="Your token has no name"):
        await owner.decide(shown, Answer("Edited"), ignore)
    assert (await owner.log())[0].outcome is OutcomeKind.REFUSED


def test_the_shell_tells_it(people: People, tmp_path: Path) -> None:
    thread_id = people.asked()

    def run(name: str, command: str, *args: str) -> subprocess.CompletedProcess[str]:
        place = ("--target", people.url, "--data-dir", str(tmp_path / name))
        return run_program(command, *args, *place, env={"LANGGRAPH_API_KEY": f"of-{name}"})

    first = run("ada", "answer", thread_id, "--text", "Edited", "--json")
    assert first.returncode == 12 and "Recorded: It waits for a second reviewer" in first.stderr
    assert json.loads(first.stdout)["outcome"] == "recorded"
    assert 'You answered "Edited" at' in run("ada", "show", thread_id).stdout
    listed = json.loads(run("bob", "list", "--json").stdout)
    [told] = [each["two_reviewers"] for each in listed if each["thread_id"] == thread_id]
    assert told["rules"] == ["secrets"]
    assert told["first"] | {"at": ""} == {"name": "ada", "at": "", "answer": "Edited"}
    unlike = run("bob", "answer", thread_id, "--text", "Other")
    assert unlike.returncode == 4 and "ada has answered something else" in unlike.stderr
    assert run("bob", "answer", thread_id, "--text", "Edited").returncode == 0
    assert "recorded" in run("ada", "log", "--outcome", "recorded").stdout
