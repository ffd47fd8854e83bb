"""Servers that know their users by keys: who answered, and keys that are wrong or revoked."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hitl_engine.desk import open_desk
from hitl_engine.errors import Denied
from hitl_engine.model import (
    Answer,
    Capability,
    Inbox,
    Interrupt,
    LogFilter,
    OutcomeKind,
    Revise,
    ThreadStatus,
)
from tests.any_server.console import Console
from tests.any_server.proxy import Exchange, Proxy, pass_on, proxy_of
from tests.any_server.restarts import RITA, restartable
from tests.any_server.steps import decide, ignore, questions_of, start, who_answered
from tests.any_server.test_after_hours import EACH_KIND
from tests.journeys.test_journeys import press, quit_console, wait_until_ready
from tests.server.processes import Served

TEXT = '{"some_text": "a b c"}'


@pytest.fixture(scope="module", params=EACH_KIND)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Each kind of server, with the users of `auth_handlers.py`."""
    folder = tmp_path_factory.mktemp("keys")
    with restartable(request.param, folder, keys=True) as starts, starts() as served:
        yield served


@pytest.fixture
def console(server: Served, tmp_path: Path) -> Console:
    """The program of Ada."""
    return Console(server, tmp_path / "journal")


def with_key(console: Console, key: str) -> Console:
    """Return the program with another key."""
    return replace(console, served=replace(console.served, headers={"x-api-key": key}))


async def with_revoked_key(exchange: Exchange) -> None:
    """Let the server see a key that it does not know."""
    exchange.head = re.sub(rb"(?i)x-api-key: \S+", b"x-api-key: revoked", exchange.head)
    await pass_on(exchange)


async def test_who_answered_is_told(server: Served, tmp_path: Path) -> None:
    """To somebody who has another journal."""
    async with (
        open_desk(server.url, data_dir=tmp_path / "ada", headers=server.headers) as desk,
        open_desk(server.url, data_dir=tmp_path / "other", headers=server.headers) as other,
    ):
        thread = await start(desk, "revise", {"some_text": "a b c"})
        [asked] = thread.waiting
        assert isinstance(asked, Interrupt)
        assert await who_answered(other, asked) == ""
        await decide(desk, thread, Revise("d"))
        assert await who_answered(other, asked) == "ada"
        if not other.server.lack(Capability.TELL_BREAKPOINTS):
            [theirs, *_] = (await other.log_with_others(LogFilter(who="Ada"))).entries
            assert (theirs.thread_id, theirs.who) == (asked.thread_id, "ada")


async def test_who_answered_one_of_two_questions_is_not_guessed(
    server: Served, tmp_path: Path
) -> None:
    """A server that does not tell which question a run answered tells nothing of the first one."""
    async with open_desk(server.url, data_dir=tmp_path / "ada", headers=server.headers) as desk:
        thread = await start(desk, "parallel", {"proposal": "a bigger office"})
        first, _ = questions_of(desk, thread)
        await desk.decide(first, Answer("yes"), ignore)
        known = "" if desk.server.lack(Capability.TELL_BREAKPOINTS) else "ada"
        assert await who_answered(desk, first.interrupt) == known


def test_a_wrong_key_is_told_in_the_shell(console: Console) -> None:
    thread_id = console.run("run", "revise", "--input", TEXT)["thread_id"]
    for command in (
        ("list",),
        ("show", thread_id),
        ("answer", thread_id, "--text", "an answer"),
        ("run", "revise", "--input", TEXT),
    ):
        told = with_key(console, "wrong").run(*command, code=5)
        assert "denied access (401): unknown key. " in told
        assert "Give a key: LANGGRAPH_API_KEY" in told
    assert console.run("show", thread_id)["status"] == "interrupted"


def test_what_a_key_does_not_allow_is_told(console: Console) -> None:
    reader = with_key(console, RITA)
    assert reader.run("graphs")
    told = reader.run("run", "revise", "--input", TEXT, code=5)
    assert "denied access (403): read-only reviewer. No run was started." in told
    assert "Give a key that allows this: LANGGRAPH_API_KEY" in told


async def test_an_answer_with_a_revoked_key_is_not_taken(server: Served, tmp_path: Path) -> None:
    """Whether the key is refused when the thread is read, or when the answer is sent."""
    async with proxy_of(server) as proxy:
        url, journal = proxy.served.url, tmp_path / "journal"
        opening = open_desk(url, data_dir=tmp_path / "other", headers=server.headers)
        async with opening as other:
            thread = await start(other, "revise", {"some_text": "a b c"})
        async with open_desk(url, data_dir=journal, headers=server.headers) as desk:
            [question] = questions_of(desk, thread)  # this desk has not read the thread
            proxy.others = with_revoked_key
            with pytest.raises(Denied, match=r"\(401\).*Nothing was sent; what you typed is kept"):
                await desk.decide(question, Revise("d"), ignore)
            proxy.others = pass_on
            proxy.runs.append(with_revoked_key)
            with pytest.raises(Denied, match=r"\(401\).*Nothing was taken; what you typed is kept"):
                await desk.decide(question, Revise("d"), ignore)
            [refused] = await desk.log()
            assert refused.outcome is OutcomeKind.REFUSED
            assert (await desk.thread(thread.thread_id)).waiting == thread.waiting
            applied = await desk.decide(question, Revise("d"), ignore)
            assert applied.kind is OutcomeKind.APPLIED
            assert applied.thread is not None
            assert applied.thread.status is ThreadStatus.DONE


async def test_the_inbox_keeps_what_waits(server: Served, tmp_path: Path) -> None:
    """And never says that nothing waits, because it may not look."""
    async with proxy_of(server) as proxy:
        url, journal = proxy.served.url, tmp_path / "journal"
        async with open_desk(url, data_dir=journal, headers=server.headers) as desk:
            await start(desk, "revise", {"some_text": "a b c"})
            inboxes = desk.watch()
            before = await until(inboxes, denied=False)
            assert before.items
            proxy.others = with_revoked_key
            without = await until(inboxes, denied=True)
            assert without.items == before.items
            await inboxes.aclose()


async def until(inboxes: AsyncIterator[Inbox], *, denied: bool) -> Inbox:
    """Return the next complete inbox that was refused, or was not."""
    return await anext(
        inbox
        async for inbox in inboxes
        if ("(401)" in inbox.error if inbox.error else not denied and not inbox.unread)
    )


@pytest.mark.hardening
async def test_a_console_whose_key_is_revoked_keeps_what_was_typed(
    server: Served, console: Console
) -> None:
    thread_id = console.run("run", "revise", "--input", TEXT)["thread_id"]
    async with proxy_of(server) as proxy:
        between = replace(console, served=proxy.served)
        await asyncio.to_thread(type_with_a_revoked_key, between, proxy)
    assert console.run("show", thread_id)["values"] == {"some_text": "a b c!"}


def type_with_a_revoked_key(console: Console, proxy: Proxy) -> None:
    """Revise a text in the terminal, and send it twice: with the key revoked, and valid again."""
    with console.open(columns=120, rows=40) as terminal:
        terminal.wait_for("1 waiting.*newest first")
        press(terminal, "enter")
        terminal.wait_for("a b c")
        wait_until_ready(terminal)
        press(terminal, "end", *"!")
        terminal.wait_for(r'"a b c!"')
        proxy.others = with_revoked_key
        press(terminal, "ctrl+s")
        terminal.wait_for(r"denied access \(401\)")
        terminal.wait_for("Give a key")
        terminal.wait_for(r'"a b c!"')
        proxy.others = pass_on
        wait_until_ready(terminal)
        press(terminal, "ctrl+s")
        terminal.wait_for("done")
        quit_console(terminal)


@pytest.mark.hardening
def test_a_console_with_a_wrong_key_does_not_say_that_nothing_waits(console: Console) -> None:
    console.run("run", "revise", "--input", TEXT)
    with with_key(console, "wrong").open(columns=120, rows=40) as terminal:
        screen = terminal.wait_for(r"denied access \(401\)")
        assert "Nothing waits" not in screen
