"""Pages of other frameworks in a real browser, through their main flow."""

from collections.abc import Awaitable, Callable

import pytest

from tests.browser.chromium import Page
from tests.browser.conftest import Mailer
from tests.browser.test_pages import ask, someone

pytestmark = pytest.mark.hardening


@pytest.fixture(params=["langchain_svelte", "assistant_ui_langchain", "assistant_ui_langgraph"])
async def page(request: pytest.FixtureRequest, opened: Callable[..., Awaitable[Page]]) -> Page:
    """Each page, without a thread."""
    return await opened(request.param)


async def test_a_call_is_approved(page: Page, mailer: Mailer) -> None:
    to = someone()
    await ask(page, to)
    assert not [mail for mail in mailer.mails() if to in mail]
    await page.click("#approve")
    await page.shows("#messages", f"The tool says sent to {to}")
    await page.shows("#state", "idle")
    assert await page.text("#asked") == ""
    assert mailer.mails().count(f"{to}: hello") == 1


async def test_words_arrive_one_after_the_other(page: Page) -> None:
    await page.write("slowly does it")
    await page.click("#submit")
    await page.shows("#messages", "You said")
    assert "to me" not in await page.text("#messages")
    assert await page.text("#state") == "running"
    await page.shows("#messages", "You said the words slowly does it to me")
    await page.shows("#state", "idle")
