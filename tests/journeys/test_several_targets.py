"""One inbox over several targets: two real servers, a port where nothing is, one that never replies."""

import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from textual.widgets import OptionList

from hitl_engine.configuration import NamedTarget
from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import BadInput
from hitl_engine.model import Answer
from hitl_tui.app import ConsoleApp
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.screens.target_picker import TargetPicker
from hitl_tui.state.after_answer import AfterAnswer
from tests.any_server.steps import ignore, questions_of
from tests.server.ports import free_port
from tests.server.processes import Served, common_project, running_server

from .piloted import PilotedConsole

Servers = dict[str, Served]


@pytest.fixture(scope="module")
def twins(local_server: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Two servers of ours."""
    config = common_project(tmp_path_factory.mktemp("project"))
    with running_server(config, tmp_path_factory.mktemp("second")) as second:
        yield {"one": local_server, "two": second}


@pytest.fixture
async def thread_id(twins: Servers, tmp_path: Path) -> str:
    """The id of a thread that both servers have, and which asks the same on both."""
    thread_id = str(uuid4())
    for name, served in twins.items():
        async with served.client() as http, desk_on(served, tmp_path / name) as desk:
            made = await http.post("/threads", json={"thread_id": thread_id})
            made.raise_for_status()
            (graph,) = (each for each in await desk.graphs() if each.graph_id == "revise")
            await desk.start(graph, {"some_text": "the same"}, ignore, thread_id=thread_id)
    return thread_id


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a server that accepts connections and never replies."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


class Overview(PilotedConsole):
    """The console on several targets."""

    @property
    def inbox(self) -> InboxScreen:
        assert isinstance(self.app.home, InboxScreen)
        return self.app.home


Open = Callable[..., AbstractAsyncContextManager[Overview]]


@pytest.fixture
def overview(twins: Servers, tmp_path: Path) -> Open:
    @asynccontextmanager
    async def opened(**others: str) -> AsyncIterator[Overview]:
        targets = [
            *(
                NamedTarget(each.url, name=name, headers=each.headers)
                for name, each in twins.items()
            ),
            *(NamedTarget(url, name=name) for name, url in others.items()),
        ]
        openers = {target.name: partial(open_desk, target, data_dir=tmp_path) for target in targets}
        app = ConsoleApp(openers)
        app.session.outbox.after_answer = AfterAnswer.THREAD
        async with app.run_test(size=(120, 30), notifications=True) as pilot:
            yield Overview(app, pilot)

    return opened


@asynccontextmanager
async def desk_on(served: Served, folder: Path, name: str = "") -> AsyncIterator[Desk]:
    target = NamedTarget(served.url, name=name, headers=served.headers)
    async with open_desk(target, data_dir=folder) as desk:
        yield desk


async def waits_on(served: Served, folder: Path, thread_id: str) -> bool:
    async with desk_on(served, folder) as desk:
        return bool((await desk.thread(thread_id)).waiting)


async def test_a_decision_goes_to_the_server_of_its_item(
    twins: Servers, overview: Open, thread_id: str, tmp_path: Path, short_guard: None
) -> None:
    async with overview(dead=f"http://127.0.0.1:{free_port()}") as console:
        await console.shows("● one", "● two", "target", "dead")
        await console.press("slash", *thread_id, "enter")
        await console.shows("2 of ")
        listed = console.inbox.list.listed
        (on_two,) = (place for place, item in enumerate(listed) if item.target == "two")
        console.inbox.list.selected = on_two
        await console.press("enter")
        await console.shows("the same", "two  ")
        await console.press("ctrl+s")
        await console.shows("Done")
        assert not await waits_on(twins["two"], tmp_path / "two", thread_id)
        assert await waits_on(twins["one"], tmp_path / "one", thread_id)
        await console.press("escape")
        await console.shows("1 of ")


@pytest.mark.hardening
async def test_marked_items_of_several_targets_are_decided_together(
    twins: Servers, overview: Open, thread_id: str, tmp_path: Path, short_guard: None
) -> None:
    async with overview() as console:
        await console.shows("● one", "● two")
        await console.press("slash", *thread_id, "enter")
        await console.shows("2 of ")
        await console.press("home", "space", "space")
        await console.shows("2 marked")
        await console.press("m")
        await console.shows("one revise", "two revise")
        await console.press("t", *"both", "ctrl+s")
        await console.shows("one: revise", "two: revise", 'sends "both"')
        await console.press("end")
        await console.confirm()
        await console.shows("2 applied")
    for name, served in twins.items():
        assert not await waits_on(served, tmp_path / name, thread_id)


@pytest.mark.hardening
async def test_a_target_that_is_slow_or_dead_holds_up_nothing(
    overview: Open, thread_id: str, silent: str, short_guard: None
) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    async with overview(dead=dead, silent=silent) as console:
        await console.shows("● one", "● two", "✕ dead", "◌ silent connecting", "some away")
        await console.shows("dead cannot be opened; tried again by itself")
        await console.press("slash", *thread_id, "enter")
        await console.shows("2 of ")
        await console.press("enter")
        await console.shows("the same")
        await console.press("escape", "n")
        await console.shows("New run: on which target?")
        assert isinstance(console.app.screen, TargetPicker)
        offered = console.app.screen.query_one(OptionList).option_count
        assert offered == 2, "targets that are not connected are not offered"


@pytest.mark.hardening
async def test_a_target_that_goes_away_is_shown_as_last_read(
    twins: Servers, thread_id: str, tmp_path: Path
) -> None:
    config = common_project(tmp_path / "project")
    with running_server(config, tmp_path / "data") as third:
        async with desk_on(third, tmp_path / "third") as desk:
            (graph,) = (each for each in await desk.graphs() if each.graph_id == "revise")
            await desk.start(graph, {"some_text": "kept"}, ignore)
        targets = {
            name: NamedTarget(each.url, name=name, headers=each.headers)
            for name, each in {"one": twins["one"], "third": third}.items()
        }
        app = ConsoleApp(
            {name: partial(open_desk, each, data_dir=tmp_path) for name, each in targets.items()}
        )
        async with app.run_test(size=(120, 30), notifications=True) as pilot:
            console = Overview(app, pilot)
            await console.shows("● one", "● third 1")
            third.kill()
            await console.shows("▲ third 1 no answer", "third is shown as last read", "some away")
            await console.press("slash", *thread_id, "enter")
            await console.shows("1 of ", "the same")
            await console.press("slash", *"kept", "enter")  # the typing replaces the old text
            await console.shows("“kept”", "1 of ")


async def test_a_desk_refuses_the_item_of_another_target(
    twins: Servers, thread_id: str, tmp_path: Path
) -> None:
    async with (
        desk_on(twins["one"], tmp_path / "one", "one") as one,
        desk_on(twins["two"], tmp_path / "two", "two") as two,
    ):
        thread = await one.thread(thread_id)
        (question,) = questions_of(one, thread)
        with pytest.raises(BadInput, match="is on the target one, not on two"):
            await two.decide(question, Answer("misdirected"), ignore)
        assert [entry.event for entry in await two.log()] == ["start"]
        assert (await two.thread(thread_id)).waiting
