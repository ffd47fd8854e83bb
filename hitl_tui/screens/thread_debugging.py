"""What a developer does with a thread: edit its state, run again from a checkpoint, begin a branch."""

from collections.abc import Awaitable
from functools import partial
from typing import TypeAlias

from hitl_engine.errors import HitlError
from hitl_engine.model import JsonValue, Path, Rerun, StepGoal, SubgraphState
from hitl_engine.visible import one_line
from hitl_tui.messages import (
    ForkRequested,
    GotoRequested,
    RerunRequested,
    RunOnRequested,
    StateEditRequested,
)
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.state_edit import ConfirmedEdit, StateEditModal
from hitl_tui.screens.text_modal import ModalText, TextModal
from hitl_tui.screens.thread_presenter import ThreadPresenter
from hitl_tui.screens.thread_runs import SendRequest, ThreadRuns
from hitl_tui.state.debugging_plans import plan_of_rerun, plan_of_running_on

DebuggingRequest: TypeAlias = (
    GotoRequested | RunOnRequested | RerunRequested | ForkRequested | StateEditRequested
)


class ThreadDebugging:
    """Plans, lets the user confirm, and sends. Its methods run in a worker of the screen."""

    def __init__(self, presenter: ThreadPresenter, runs: ThreadRuns, send: SendRequest) -> None:
        self._screen = presenter.screen
        self._desk = presenter.screen.desk
        self._thread = presenter.thread
        self._runs = runs
        self._send = send

    async def take(self, event: DebuggingRequest) -> None:
        """Do what the user requested, if it is still about this thread."""
        if why_not := self._desk.server.read_only:
            self._screen.show_notification(one_line(why_not, 400), severity="warning")
            return
        match event:
            case GotoRequested():
                await self.go_to(event.node)
            case RunOnRequested():
                self.run_on(event.goal)
            case RerunRequested():
                await self.run_again(event.checkpoint_id)
            case ForkRequested():
                await self.fork(event.checkpoint_id)
            case StateEditRequested() if event.thread_id == self._thread.thread_id:
                await self.edit(event.path, event.value, event.subgraph)

    def run_on(self, goal: StepGoal) -> None:
        """Step on to a goal, if the user confirms it."""
        view = self._thread.view
        if view is None or view.stop is None:
            return

        def closed(confirmed: bool | None) -> None:
            if confirmed and self._thread.view is view:
                self._send(partial(self._runs.run_on, view, goal))

        self._screen.app.push_screen(ConfirmModal(plan_of_running_on(view, goal)), closed)

    async def run_again(self, checkpoint_id: str) -> None:
        """Run again from a checkpoint, if the user confirms it."""
        await self._rerun(self._desk.reruns.plan_again(self._thread.thread_id, checkpoint_id))

    async def go_to(self, node: str) -> None:
        """Run a node next, whatever was next, if the user confirms it."""
        await self._rerun(self._desk.reruns.plan_goto(self._thread.thread_id, node))

    async def _rerun(self, planning: Awaitable[Rerun]) -> None:
        try:
            rerun = await planning
        except HitlError as error:
            self._show(error)
            return

        def closed(confirmed: bool | None) -> None:
            if confirmed:
                self._send(partial(self._runs.rerun, rerun))

        self._screen.app.push_screen(ConfirmModal(plan_of_rerun(rerun)), closed)

    async def edit(self, path: Path, value: JsonValue, inside: SubgraphState | None) -> None:
        """Edit a value of the state at the moment in view, and write it if the user confirms.

        `inside`: the subgraph whose state it is, if it is not that of the thread.
        """
        moment, viewed = self._thread.moment, self._thread.viewed
        at = moment.checkpoint_id if moment is not None else ""
        following = inside.next if inside else viewed.next if viewed is not None else ()
        await self._edit(path, value, following, at, inside.namespace if inside else "")

    async def fork(self, checkpoint_id: str) -> None:
        """Edit the whole state at a checkpoint, and begin a branch with it if the user confirms."""
        try:
            moment = await self._desk.history.moment(self._thread.thread_id, checkpoint_id)
        except HitlError as error:
            self._show(error)
        else:
            await self._edit((), moment.values, moment.next, checkpoint_id)

    async def _edit(
        self,
        path: Path,
        value: JsonValue,
        following: tuple[str, ...],
        checkpoint_id: str,
        namespace: str = "",
    ) -> None:
        """`following`: the nodes that are next; `checkpoint_id`: where a branch begins, if so."""
        thread_id = self._thread.thread_id
        try:
            nodes = await self._desk.states.nodes(
                thread_id, checkpoint_id=checkpoint_id, namespace=namespace
            )
        except HitlError as error:
            self._show(error)
            return

        def closed(confirmed: ConfirmedEdit | None) -> None:
            if confirmed is not None:
                edit, goes_on = confirmed.edit, confirmed.goes_on
                self._send(partial(self._runs.write, edit, goes_on=goes_on))

        modal = StateEditModal(
            self._desk,
            thread_id,
            path,
            value,
            nodes=nodes,
            following=following,
            checkpoint_id=checkpoint_id,
            namespace=namespace,
        )
        self._screen.app.push_screen(modal, closed)

    def _show(self, error: HitlError) -> None:
        self._screen.app.push_screen(TextModal(ModalText.of(error)))
