"""The history of a thread: the other views follow the checkpoint that is selected here."""

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult

from hitl_engine.errors import HitlError
from hitl_engine.model import Checkpoint
from hitl_tui.messages import (
    CheckpointsCompared,
    CheckpointSelected,
    MomentPicked,
    OlderCheckpointsWanted,
)
from hitl_tui.screens.text_modal import ModalText, TextModal
from hitl_tui.screens.workspace.pane import WorkspacePane
from hitl_tui.state.checkpoint_list import CheckpointList
from hitl_tui.state.thread_state import ThreadState
from hitl_tui.state.views import ViewName
from hitl_tui.text.change_lines import lines_of_changes
from hitl_tui.text.checkpoint_words import follows, made_by
from hitl_tui.widgets.history.timeline import Timeline

_LATER_PAGE = 200
"""Older checkpoints that are read at once; the first page is smaller, to be there fast."""


class HistoryPane(WorkspacePane):
    """Shows the checkpoints of the thread, and picks the moment that all views show."""

    NAME = ViewName.HISTORY
    PAUSE: ClassVar[float] = 0.08
    """Seconds after which the other views follow: not at each of many keys."""

    def __init__(self, thread: ThreadState) -> None:
        super().__init__(thread)
        self._list = CheckpointList()
        self._timeline = Timeline(self._list)
        self._reading_before = ""
        """The checkpoint from which older ones are being read, or were read last."""

    def compose_view(self) -> ComposeResult:
        """Show the timeline alone."""
        yield self._timeline

    def focus_view(self) -> None:
        """Focus the timeline."""
        self._timeline.focus()

    # Reading

    async def load(self) -> None:
        """Read the newest checkpoints, unless only the moment in view has changed."""
        assert self.thread.viewed is not None, "only a thread that was read is shown"
        newest = self.thread.view.checkpoint_id if self.thread.view is not None else ""
        if not self._list.all or self._list.all[0].checkpoint_id != newest:
            page = await self.desk.history.page(self.thread.thread_id)
            self._list.replace(page.checkpoints, is_complete=page.is_last)
            at = self.thread.moment.checkpoint_id if self.thread.moment is not None else ""
            self._timeline.show(self._list.index_of(at))
        self._show_detail()

    @on(OlderCheckpointsWanted)
    @work(group="older", exit_on_error=False)
    async def read_older(self) -> None:
        """Read checkpoints that are older than those in the list, one page at a time."""
        last = self._list.all[-1].checkpoint_id if self._list.all else ""
        if self._list.is_complete or not last or last == self._reading_before:
            return
        self._reading_before = last
        try:
            page = await self.desk.history.page(
                self.thread.thread_id, before=last, limit=_LATER_PAGE
            )
        except HitlError as error:
            self._reading_before = ""
            self.show_notification(str(error), severity="warning")
            return
        if self._list.all and self._list.all[-1].checkpoint_id == last:
            self._list.add(page.checkpoints, is_complete=page.is_last)
            self._timeline.show(self._timeline.selected)

    # The moment in view

    @on(CheckpointSelected)
    @work(group="moment", exclusive=True, exit_on_error=False)
    async def follow(self, event: CheckpointSelected) -> None:
        """Let all views show the thread as it was at the selected checkpoint, or as it is now."""
        await asyncio.sleep(self.PAUSE)
        checkpoint = event.checkpoint
        self._show_detail()
        viewed = self.thread.viewed
        if viewed is not None and viewed.checkpoint_id == checkpoint.checkpoint_id:
            return
        if self._list.index_of(checkpoint.checkpoint_id) == 0:
            self.post_message(MomentPicked(self.thread.thread_id, None, ""))
            return
        try:
            moment = await self.desk.history.moment(self.thread.thread_id, checkpoint.checkpoint_id)
        except HitlError as error:
            self.show_notification(str(error), severity="warning")
            return
        place = self._list.place_of(checkpoint) or "an earlier checkpoint"
        words = (
            f"Viewing {place}, made by {made_by(checkpoint)}; {follows(checkpoint)}.\n\n"
            "Nothing can be answered here. In the history, 0 goes back to now."
        )
        self.post_message(MomentPicked(self.thread.thread_id, moment, words))

    def _show_detail(self) -> None:
        checkpoint = self._timeline.checkpoint
        if checkpoint is None:
            self.set_detail("no checkpoints")
            return
        is_now = self._timeline.selected == 0
        place = "now" if is_now else f"viewing {self._list.place_of(checkpoint)}"
        self.set_detail(f"{place} · {follows(checkpoint)}")

    # Comparing

    @on(CheckpointsCompared)
    @work(group="compare", exclusive=True, exit_on_error=False)
    async def compare(self, event: CheckpointsCompared) -> None:
        """Show how two checkpoints differ."""
        after = event.after
        try:
            found = await self.desk.history.compare(
                self.thread.thread_id, event.before_id, after.checkpoint_id
            )
        except HitlError as error:
            self.app.push_screen(TextModal(ModalText.of(error)))
            return
        before = next(
            (each for each in self._list.all if each.checkpoint_id == event.before_id), None
        )
        title = f"From {_named(before)} to {_named(after)}"
        lines = lines_of_changes(found)
        what = f"{len(found)} places differ:" if len(found) != 1 else "1 place differs:"
        text = ModalText(
            title,
            what if found else "The values are the same.",
            difference=tuple(lines),
        )
        self.app.push_screen(TextModal(text))


def _named(checkpoint: Checkpoint | None) -> str:
    if checkpoint is None:
        return "an older checkpoint"
    return f"step {checkpoint.step} ({made_by(checkpoint)})"
