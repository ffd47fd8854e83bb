"""Two reviewers at two consoles: what each sees of the other's answer."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.server.four_eyes_server import People, four_eyes

from .piloted import PilotedConsole, piloted


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """A client for each person."""
    with four_eyes(tmp_path_factory.mktemp("four_eyes_consoles")) as made:
        yield made


def console_of(
    people: People, name: str, data: Path
) -> AbstractAsyncContextManager[PilotedConsole]:
    """Open the console of a person."""
    served: Any = SimpleNamespace(url=people.url, headers=dict(people.of[name].headers))
    return piloted(served, data / name)


async def opened(console: PilotedConsole) -> None:
    await console.shows("(0 of 2)")
    await console.press("enter")
    await console.shows("Needs two reviewers (rule secrets)")
    await console.armed()


@pytest.mark.usefixtures("short_guard")
async def test_two_consoles(people: People, tmp_path: Path) -> None:
    thread_id = people.asked()
    async with (
        console_of(people, "ada", tmp_path) as ada,
        console_of(people, "bob", tmp_path) as bob,
    ):
        await opened(ada)
        await opened(bob)
        await bob.press("x")  # what was typed stays
        await ada.press("ctrl+s")
        await ada.shows("Recorded: It waits for a second reviewer", 'You answered "secret" at')
        await bob.shows('ada answered "secret" at', "Yours is the second", "xsecret")
        await bob.press("ctrl+s")
        await bob.shows("ada has answered something else.")
        await bob.press("escape", "backspace", "ctrl+s")
        await bob.until(lambda: people.thread(thread_id)["status"] == "idle", "Not carried out")
        await ada.shows("no longer pending: bob answered it")
        await ada.shows_no("waits for a second reviewer (rule")
        await ada.press("escape", "l")
        await ada.shows("recorded, 1 of 2")
    assert people.thread(thread_id)["values"] == {"some_text": "secret"}
