"""Pages with `useStream` of @langchain/react and of @langchain/langgraph-sdk/react, in a real browser."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from hitl_engine.desk import open_desk
from hitl_engine.model import Approve, Interrupt, OutcomeKind, Verdicts
from tests.browser.chromium import Page
from tests.browser.conftest import Mailer
from tests.json_values import Json

Opened = Callable[..., Awaitable[Page]]


@pytest.fixture(params=["langchain_react", "langgraph_sdk_react"])
def name(request: pytest.FixtureRequest) -> str:
    """The name of each page."""
    named: str = request.param
    return named


@pytest.fixture
async def page(opened: Opened, name: str) -> AsyncIterator[Page]:
    """The page, without a thread."""
    yield await opened(name)


_REFUSALS = {
    "langchain_react": ("Not taken: the question was answered before", "commands"),
    "langgraph_sdk_react": ("No interrupt is pending on this thread", "runs/stream"),
}
"""What each page shows of a late answer that was refused, and the request that was."""


def someone() -> str:
    """Return a recipient that no other test has."""
    return uuid4().hex


async def ask(page: Page, to: str) -> None:
    """Tell the agent to send a mail, and wait for its question."""
    await page.write(f"mail {to}")
    await page.click("#submit")
    await page.shows("#asked", to)
    await page.shows("#state", "idle")


async def test_words_arrive_one_after_the_other(page: Page) -> None:
    await page.write("slowly does it")
    await page.click("#submit")
    await page.shows("#messages .ai span", "You said")
    assert "to me" not in await page.text("#messages .ai span")
    assert await page.text("#state") == "running"
    await page.shows("#messages .ai span", "You said the words slowly does it to me")
    await page.shows("#state", "idle")
    assert await page.texts("#messages span") == [
        "slowly does it",
        "You said the words slowly does it to me",
    ]


async def test_approve(page: Page, mailer: Mailer) -> None:
    to = someone()
    await ask(page, to)
    await page.click("#approve")
    await page.shows("#messages", f"The tool says sent to {to}")
    await page.shows("#state", "idle")
    assert await page.text("#asked") == ""
    assert mailer.mails().count(f"{to}: hello") == 1


async def test_edit(page: Page, mailer: Mailer) -> None:
    to = someone()
    await ask(page, to)
    await page.write("goodbye")
    await page.click("#edit")
    await page.shows("#messages", "Executed instead: send_mail")
    await page.shows("#state", "idle")
    assert [mail for mail in mailer.mails() if to in mail] == [f"{to}: goodbye"]


@pytest.mark.parametrize(
    ("verdict", "told"), [("reject", "with reason: it is too late"), ("respond", "it is too late")]
)
async def test_reject_and_respond(page: Page, mailer: Mailer, verdict: str, told: str) -> None:
    to = someone()
    await ask(page, to)
    await page.write("it is too late")
    await page.click(f"#{verdict}")
    await page.shows("#messages .ai:last-child", told)
    assert not [mail for mail in mailer.mails() if to in mail]


async def test_reload_during_a_run(page: Page) -> None:
    await page.write("slowly does it, however often you look at this page")
    await page.click("#submit")
    await page.shows("#messages .ai span", "You said")
    await page.reload()
    await page.shows("#messages .ai span", "You said the words")
    assert "to me" not in await page.text("#messages .ai span")
    await page.shows("#messages .ai span", "look at this page to me")
    await page.shows("#state", "idle")
    assert len(await page.texts("#messages span")) == 2


async def test_reload_before_the_answer(page: Page, mailer: Mailer) -> None:
    to = someone()
    await ask(page, to)
    await page.reload()
    await page.shows("#asked", to)
    await page.click("#approve")
    await page.shows("#messages", f"The tool says sent to {to}")
    assert mailer.mails().count(f"{to}: hello") == 1


async def test_stop(page: Page, mailer: Mailer) -> None:
    await page.write("very slowly does it")
    await page.click("#submit")
    await page.shows("#messages .ai span", "You")
    await page.click("#stop")
    await page.shows("#state", "idle")
    thread_id = await page.text("#thread")
    async with mailer.served.client() as http:
        (run,) = (await http.get(f"/threads/{thread_id}/runs")).json()
        assert run["status"] in ("interrupted", "running")
        ended = await http.get(f"/threads/{thread_id}/runs/{run['run_id']}/join")
        (run,) = (await http.get(f"/threads/{thread_id}/runs")).json()
    assert ended.status_code == 200
    assert run["status"] == "interrupted"


async def test_branch_from_an_earlier_checkpoint(page: Page) -> None:
    for said in ("one", "two", "three"):
        await page.write(said)
        await page.click("#submit")
        await page.shows("#messages", f"You said the words {said} to me")
        await page.shows("#state", "idle")
    await page.write("four")
    await page.click("#messages .human:nth-of-type(3) button")
    await page.shows("#messages", "You said the words four to me")
    await page.shows("#state", "idle")
    assert await page.texts("#messages span") == [
        "one",
        "You said the words one to me",
        "four",
        "You said the words four to me",
    ]


async def test_a_late_approval_is_refused(
    page: Page, name: str, mailer: Mailer, tmp_path: Path
) -> None:
    """The console answers while the page is open; then the page approves, and nothing runs."""
    to = someone()
    await ask(page, to)
    thread_id = await page.text("#thread")
    served = mailer.served
    async with open_desk(served.url, data_dir=tmp_path, headers=served.headers) as desk:
        (item,) = (await desk.thread(thread_id)).waiting
        assert isinstance(item, Interrupt)
        question = desk.reviews.question(item)
        outcome = await desk.decide(question, Verdicts((Approve(),)), lambda _: None)
    assert outcome.kind is OutcomeKind.APPLIED
    if name == "langchain_react":  # this one follows the console's run
        await page.shows("#messages", f"The tool says sent to {to}")
    before = await runs(mailer, thread_id)

    await page.click("#approve")
    said, path = _REFUSALS[name]
    await page.shows("#error", said)
    assert (f"/threads/{thread_id}/{path}", 409) in page.statuses
    assert await runs(mailer, thread_id) == before
    assert mailer.mails().count(f"{to}: hello") == 1


async def runs(mailer: Mailer, thread_id: str) -> list[Json]:
    """Return the runs of a thread."""
    async with mailer.served.client() as http:
        found: list[Json] = (await http.get(f"/threads/{thread_id}/runs")).json()
    return found
