"""Two reviewers on one server: each learns what the other is on, has claimed, and has answered."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from hitl_engine.configuration import NamedTarget
from hitl_engine.deciding import people as people_module
from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import BadInput, Conflict, ReadOnly
from hitl_engine.model import Answer, Breakpoint, Inbox, Interrupt, Presence, Question
from tests.server.processes import SAMPLES, Served
from tests.server.test_answerers import START, asked
from tests.server.test_tokens import serving


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The samples, served with a token for Ada, and one that names nobody."""
    folder = tmp_path_factory.mktemp("people")
    file = folder / "tokens"
    file.write_text("ada = ada\n")
    file.chmod(0o600)
    options = (str(SAMPLES / "langgraph.json"), "--data", str(folder / "data"))
    with serving(*options, "--tokens", str(file), HITL_TUI_TOKEN="owner") as served:
        yield served


@pytest.fixture(autouse=True)
def without_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """An open thread is told at once."""
    monkeypatch.setattr(people_module, "_REST", 0.0)


@asynccontextmanager
async def desk_of(url: str, token: str, data: Path, **settings: object) -> AsyncIterator[Desk]:
    """Open the desk of a reviewer with a journal of their own; Bob's name is only configured."""
    target = NamedTarget(url, reviewer="" if token == "ada" else "Bob B.", **settings)  # type: ignore[arg-type]
    headers = {"x-api-key": token}
    async with open_desk(target, data_dir=data / token, headers=headers) as opened:
        yield opened


async def asked_at_a_breakpoint(desk: Desk) -> Breakpoint:
    """Start a run that stops at a breakpoint."""
    (graph,) = [each for each in await desk.graphs() if each.graph_id == "breakpoints"]
    outcome = await desk.start(graph, {}, lambda _: None)
    assert outcome.thread is not None
    (stop,) = outcome.thread.waiting
    assert isinstance(stop, Breakpoint)
    return stop


async def until(looks: AsyncIterator[Inbox], thread_id: str, *names: str) -> Presence:
    """Return who is on a thread once the inbox names these."""
    async for inbox in looks:
        found = inbox.presence.get(("", thread_id), Presence())
        if found.names == names:
            return found
    raise AssertionError("the inbox ended")


async def test_who_has_an_item_open_is_seen_by_others_only(url: str, tmp_path: Path) -> None:
    """By the name of the token, whatever is configured; it ends with the card, and with the console."""
    async with (
        asyncio.timeout(60),
        desk_of(url, "owner", tmp_path) as bob,
        aclosing(bob.watch()) as looks,
    ):
        async with desk_of(url, "ada", tmp_path) as ada:
            question = await asked(ada, "revise", START)
            thread_id = question.interrupt.thread_id
            ada.people.open(thread_id)
            ada.people.open(thread_id)
            found = await until(looks, thread_id, "ada")
            assert found.consoles[0].person.named_by == "server"
            bob.people.open(thread_id)
            async with aclosing(ada.watch()) as of_ada:
                assert await until(of_ada, thread_id, "Bob B.")
            assert (await bob.thread(thread_id)).waiting == (question.interrupt,)
            ada.people.close(thread_id)
            await until(looks, thread_id)
            ada.people.open(thread_id)
            await until(looks, thread_id, "ada")
        await until(looks, thread_id)


async def test_who_comes_and_goes_is_no_reason_to_look(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        asyncio.timeout(60),
        desk_of(url, "owner", tmp_path) as bob,
        desk_of(url, "ada", tmp_path) as ada,
        aclosing(bob.watch()) as looks,
    ):
        question = await asked(ada, "revise", START)
        async for inbox in looks:
            if question.interrupt in inbox.items:
                break
        thread_id = question.interrupt.thread_id
        ada.people.open(thread_id)
        await until(looks, thread_id, "ada")  # whatever else has changed was looked at before
        searched: list[object] = []
        search = bob._session.api.search_threads

        async def counted(query: object) -> object:
            searched.append(query)
            return await search(query)  # type: ignore[arg-type]

        monkeypatch.setattr(bob._session.api, "search_threads", counted)
        for _ in range(3):
            ada.people.close(thread_id)
            await until(looks, thread_id)
            ada.people.open(thread_id)
            await until(looks, thread_id, "ada")
        assert not searched


async def test_a_claim_is_a_caution_for_others(url: str, tmp_path: Path) -> None:
    async with (
        desk_of(url, "owner", tmp_path) as bob,
        desk_of(url, "ada", tmp_path) as ada,
    ):
        question = await asked(ada, "revise", START)
        thread_id = question.interrupt.thread_id
        claim = await ada.people.claim(thread_id)
        assert ada.people.of(thread_id).is_mine
        assert not ada.reviews.cautions(question, Answer("x"))
        since = f"{claim.since.astimezone():%H:%M}"
        with pytest.raises(Conflict, match=f"^ada has this since {since}.$"):
            await bob.people.claim(thread_id)
        with pytest.raises(Conflict, match="ada has this since"):
            await bob.people.release(thread_id)
        [caution] = bob.reviews.cautions(question, Answer("x"))
        assert caution == f"ada has this since {since}."
        [planned] = bob.bulk.plan([question], Answer("x"))
        assert planned.cautions == (caution,)
        stop = await asked_at_a_breakpoint(ada)
        await ada.people.claim(stop.thread_id)
        await bob.thread(stop.thread_id)
        [planned] = bob.bulk.plan([stop], None)
        assert planned.cautions[0].startswith("ada has this since")
        await bob.people.claim(thread_id, instead_of=claim)
        await ada.thread(thread_id)
        [caution] = ada.reviews.cautions(question, Answer("x"))
        assert caution.startswith("Bob B. has this since")
        await bob.people.release(thread_id)
        await ada.people.claim(thread_id)
        await bob.thread(thread_id)
        await bob.decide(question, Answer("by Bob"), lambda _: None)
        await ada.thread(thread_id)
        assert ada.people.of(thread_id) == Presence()
        given = await ada.answer_given(question.interrupt)
        assert given is not None
        assert (given.who, given.answer) == ("Bob B.", ("by Bob",))
        assert given.at is not None
        [entry] = await bob.log()
        assert entry.who == "Bob B."
        assert "system user" in entry.origin


async def test_what_can_be_turned_off(url: str, tmp_path: Path) -> None:
    """Without presence nothing is told; a target that is only read claims nothing."""
    async with desk_of(url, "ada", tmp_path) as ada:
        thread_id = (await asked(ada, "revise", START)).interrupt.thread_id
    for settings in ({"presence": False}, {"read_only": True}):
        async with desk_of(url, "owner", tmp_path, **settings) as bob:
            bob.people.open(thread_id)
            await asyncio.sleep(0)
            assert not bob.people._open
    async with desk_of(url, "owner", tmp_path, read_only=True, name="there") as bob:
        with pytest.raises(ReadOnly):
            await bob.people.claim(thread_id)


async def test_nothing_is_sent_to_other_servers(
    langgraph_dev: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk(langgraph_dev.url, data_dir=tmp_path) as desk:
        question = await asked(desk, "revise", START)
        assert isinstance(question, Question)
        sent: list[httpx.Request] = []
        send = desk._session.api._http.send

        async def noted(request: httpx.Request, **options: object) -> httpx.Response:
            sent.append(request)
            return await send(request, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(desk._session.api._http, "send", noted)
        thread_id = question.interrupt.thread_id
        desk.people.open(thread_id)
        await asyncio.sleep(0)
        with pytest.raises(BadInput, match="does not pass on who has claimed"):
            await desk.people.claim(thread_id)
        assert not sent
        assert isinstance(question.interrupt, Interrupt)
