"""Stories: saved from a thread, and replayed on a graph to see where it now does otherwise."""

from collections.abc import Callable, Sequence

from hitl_engine.debugging.story_reader import StoryReader
from hitl_engine.debugging.story_replay import ReplayParts, StoryReplay
from hitl_engine.errors import BadInput, HitlError
from hitl_engine.json_paths import places
from hitl_engine.model import Graph, OnProgress, Replay, Story, StoryDifference


class Stories:
    """Saves and replays what was done on threads. Methods raise TargetError."""

    def __init__(self, parts: ReplayParts) -> None:
        self._parts = parts

    async def of(self, thread_id: str) -> Story:
        """Return the story of a thread, on the branch of its newest checkpoint.

        Raises NotThere, and BadInput where the server does not tell what was sent, or a run sent a
        command that a story does not hold.
        """
        return await StoryReader(self._parts.session).story(thread_id)

    async def replay(
        self,
        story: Story,
        graph: Graph,
        on_progress: OnProgress,
        *,
        ignored: Sequence[str] = (),
        on_step: Callable[[int], None] = lambda _: None,
    ) -> Replay:
        """Do what a story tells, on a new thread of a local graph, and compare what comes of it.

        The nodes really run, with all that they do to other systems. Ids and times may differ, and
        what is at the JSONPaths `ignored` (of `{"values", "next", "waiting", "failed"}`). The replay
        ends at an act that cannot be carried out. Raises BadInput for a remote server, for
        JSONPaths that are none, and for a story without steps.
        """
        if not self._parts.session.server.local:
            raise BadInput(
                "A story is replayed on local graphs only: its nodes run again, with all they do.",
                hint="Give a langgraph.json or file.py:graph.",
            )
        for query in ignored:
            places(query, {})
        if not story.steps:
            raise BadInput(
                "This story has no steps, so there is nothing to replay.",
                hint="Save one of a thread that has run: hitl-tui export.",
            )
        async with self._parts.session.keep_running():
            replay, done = StoryReplay(self._parts, graph, ignored), 0
            for number, step in enumerate(story.steps, 1):
                on_step(number)
                try:
                    await replay.carry_out(step, on_progress)
                except HitlError as error:
                    replay.differences.append(StoryDifference(number, problem=str(error)))
                    break
                done = number
            return Replay(replay.thread_id, done, tuple(replay.differences))
