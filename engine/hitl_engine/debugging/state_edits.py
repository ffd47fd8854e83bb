"""Changes of a thread's state: planned, confirmed, sent once, and read back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hitl_engine.debugging.planning import (
    NOTHING_SENT,
    cautions_about,
    refuse_if_busy,
    refuse_if_changed,
    refuse_unknown_node,
)
from hitl_engine.debugging.recorded import recorded
from hitl_engine.debugging.replacements import replaced
from hitl_engine.debugging.state_keys import (
    StateKeys,
    cautions_about_keys,
    deviations,
    sent_value,
)
from hitl_engine.errors import BadInput, ServerRefused, TargetError
from hitl_engine.journal.decisions import DecisionLog, Intent
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import (
    JsonObject,
    JsonValue,
    KeyChange,
    Outcome,
    Replacement,
    StateEdit,
    SubgraphState,
)
from hitl_engine.reading.client import own_assistant
from hitl_engine.reading.history import History
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.state_values import StateValues

_LOOKED_BACK = 20
"""Checkpoints among which the node that ran last is looked for."""
_START = "__start__"
_WRITTEN = "The state was written."
_AS_IT_WAS = "The state is as it was."


@dataclass(frozen=True, slots=True)
class _Place:
    """The checkpoint at which a write begins, and the thread as it is now."""

    now: Snapshot
    checkpoint_id: str
    values: JsonObject
    following: tuple[str, ...]
    ran_last: str
    known: tuple[str, ...]
    """All nodes of the graph; none if they cannot be read."""
    path: tuple[str, ...] = ()
    """The nodes that contain the subgraph that is written to."""

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that a write can count as, the likely ones first."""
        likely = (self.ran_last, *self.following, *self.known)
        return tuple(dict.fromkeys(node for node in likely if node and node != _START))


class StateEdits:
    """Writes into the states of threads. Methods raise NotThere, TargetError."""

    def __init__(self, session: ServerSession, log: DecisionLog, history: History) -> None:
        self._session = session
        self._log = log
        self._history = history
        self._keys = StateKeys(session)
        self._states = StateValues(lambda: session.api)

    async def plan(
        self,
        thread_id: str,
        replacements: Sequence[Replacement],
        *,
        checkpoint_id: str = "",
        as_node: str = "",
        namespace: str = "",
    ) -> StateEdit:
        """Return what a write would do, in the state of the newest checkpoint or of an older one.

        With `namespace`, the state is that of a subgraph which has not ended. `as_node`: by default
        the node that ran last, so that what runs next stays the same. Raises BadInput for a place, a
        node or a subgraph that is not there, Conflict while a run is in progress.
        """
        place = await self._place(thread_id, checkpoint_id, namespace)
        now, values = place.now, place.values
        if as_node:
            refuse_unknown_node(now.graph_id, as_node, place.known or None)
        after = replaced(values, replacements)
        changed = {
            key: value for key, value in after.items() if key not in values or value != values[key]
        }
        skips = as_node in place.following and as_node != place.ran_last
        if not changed and as_node in ("", place.ran_last):
            raise BadInput("These values are in the state already.", kept=NOTHING_SENT)
        writer = as_node or place.ran_last
        if namespace:
            writes = await self._keys.writes_inside(now.graph_id, place.path, changed)
        else:
            await self._refuse_unknown_keys(now.graph_id, changed, values)
            tried = [node for node in dict.fromkeys((writer, *place.nodes)) if node]
            writes = await self._keys.writes(now.graph_id, changed, tried)
        is_fork = place.checkpoint_id != now.checkpoint_id
        gone = () if namespace else tuple(cautions_about(now, is_fork=is_fork))
        return StateEdit(
            thread_id=thread_id,
            graph_id=now.graph_id,
            checkpoint_id=place.checkpoint_id,
            newest_id=now.checkpoint_id,
            pending_ids=tuple(now.pending_ids),
            changes=tuple(
                KeyChange(key, values.get(key), value, writes[key])
                for key, value in changed.items()
            ),
            as_node=writer,
            nodes=place.nodes,
            skips=(as_node,) if skips else (),
            cautions=(*gone, *cautions_about_keys(writes)),
            namespace=namespace,
            asks_again=tuple(_asking_inside(now, namespace)) if namespace else (),
        )

    async def nodes(
        self, thread_id: str, *, checkpoint_id: str = "", namespace: str = ""
    ) -> tuple[str, ...]:
        """Return the nodes that a write can count as, the likely ones first. Raises as `plan`."""
        return (await self._place(thread_id, checkpoint_id, namespace)).nodes

    async def write(self, edit: StateEdit) -> Outcome:
        """Write what was planned, and return what came of it.

        `otherwise` contains what became something else than it was meant to be. Raises NoLongerWaits where
        the thread has changed since it was planned, Conflict, JournalFailed.
        """
        async with self._session.keep_running():
            now = await self._session.reader.snapshot(edit.thread_id)
            refuse_if_changed(now, edit.newest_id, edit.pending_ids)
            return await self._write(edit)

    async def _write(self, edit: StateEdit) -> Outcome:
        meant: JsonObject = {change.key: change.after for change in edit.changes}
        intent = Intent(
            event="fork" if edit.is_fork else "update",
            server=self._session.server.label,
            graph_id=edit.graph_id,
            thread_id=edit.thread_id,
            node=edit.as_node,
            decision="skip" if edit.skips else "fork" if edit.is_fork else "update",
            answer=meant,
        )
        written_id = ""

        async def send() -> str:
            nonlocal written_id
            try:
                written_id = await self._session.api.update_state(
                    edit.thread_id,
                    {each.key: sent_value(each.after, each.write) for each in edit.changes},
                    as_node=edit.as_node,
                    checkpoint_id=edit.checkpoint_id if edit.is_fork else "",
                    namespace=edit.namespace,
                    preconditions=self._preconditions(edit),
                )
            except ServerRefused as error:
                if error.status >= 500 and not edit.namespace and await self._is_as_it_was(edit):
                    # Aegra and the JavaScript server answer so where a node or a value is refused.
                    raise ServerRefused(error.what, status=400, kept=_AS_IT_WAS) from error
                raise
            return _WRITTEN

        async def was_done() -> str | None:
            nonlocal written_id
            if edit.namespace:
                return None  # the history has no checkpoints of subgraphs
            newest, *_ = (await self._history.page(edit.thread_id, limit=1)).checkpoints
            if newest.source == "update" and newest.parent_id == edit.checkpoint_id:
                written_id = newest.checkpoint_id
                return f"{_WRITTEN} The reply was lost, but the new checkpoint is there."
            return None

        found = await recorded(self._log, intent, send, was_done)
        return await self._read_back(edit, found, written_id)

    async def _read_back(self, edit: StateEdit, found: Outcome, written_id: str) -> Outcome:
        """Add the thread as it is now, and what became otherwise than meant."""
        try:
            now = await self._session.reader.snapshot(edit.thread_id)
            found = replace(found, thread=now.view())
            if not written_id:
                return found
            became = await self._values(edit, now, written_id)
        except TargetError as error:
            return replace(found, why=f"{found.why} It could not be read back: {error.what}")
        return replace(found, otherwise=tuple(deviations(edit.changes, became)))

    async def _values(self, edit: StateEdit, now: Snapshot, written_id: str) -> JsonValue:
        """Return the values after a write. Raises TargetError."""
        if edit.namespace:
            inside = await self._subgraph(now, edit.namespace)
            return inside.values if inside is not None else None
        values: JsonValue = (await self._history.state(edit.thread_id, written_id)).values
        return values

    def _preconditions(self, edit: StateEdit) -> JsonObject | None:
        if not self._session.supports("state_preconditions"):
            return None
        return {"checkpoint_id": edit.newest_id or None, "interrupt_ids": [*edit.pending_ids]}

    async def _is_as_it_was(self, edit: StateEdit) -> bool:
        state = await self._session.api.state(edit.thread_id)
        return (state.checkpoint and state.checkpoint.checkpoint_id) == edit.newest_id

    async def _place(self, thread_id: str, checkpoint_id: str, namespace: str) -> "_Place":
        """Read where a write is to begin. Raises BadInput, Conflict."""
        now = await self._session.reader.snapshot(thread_id)
        refuse_if_busy(now)
        if namespace:
            return await self._place_inside(now, checkpoint_id, namespace)
        at = checkpoint_id or now.checkpoint_id
        if not at:
            raise BadInput(f"Nothing ran on thread {thread_id}, so it has no state to edit.")
        values, following = now.values, now.next
        if at != now.checkpoint_id or values is None:
            state = await self._history.state(thread_id, at)
            values, following = state.values, state.next
        if not isinstance(values, dict):
            raise BadInput("The state of this graph is not an object, so it has no keys to edit.")
        known = await self._session.reader.known_nodes(now.graph_id)
        ran_last = await self._ran_last(thread_id, at)
        return _Place(now, at, values, following, ran_last, tuple(known or ()))

    async def _place_inside(self, now: Snapshot, checkpoint_id: str, namespace: str) -> "_Place":
        """Read where a write into a subgraph is to begin. Raises BadInput."""
        if checkpoint_id not in ("", now.checkpoint_id):
            raise BadInput(
                "At an older checkpoint the state of a subgraph cannot be changed: a branch runs the"
                " subgraph from its start.",
                kept=NOTHING_SENT,
            )
        if await self._session.api.goes_on() != "with nothing":
            raise BadInput(
                "On this server the state of a subgraph cannot be changed: it goes on only at a"
                " checkpoint, which runs the subgraph from its start.",
                kept=NOTHING_SENT,
            )
        inside = await self._subgraph(now, namespace)
        if inside is None or not isinstance(inside.values, dict):
            raise BadInput(f"No subgraph {namespace} has a state now.", kept=NOTHING_SENT)
        prefix = "".join(f"{node}:" for node in inside.path)
        nodes = await self._session.reader.node_breakpoints(now.graph_id, subgraphs=True)
        known = (node.removeprefix(prefix) for node in nodes if node.startswith(prefix))
        return _Place(
            now,
            now.checkpoint_id,
            inside.values,
            inside.next,
            ran_last="",
            known=tuple(dict.fromkeys(node.partition(":")[0] for node in known)),
            path=inside.path,
        )

    async def _subgraph(self, now: Snapshot, namespace: str) -> SubgraphState | None:
        found = await self._states.of_subgraphs(now.thread_id, now.checkpoint_id)
        return next((each for each in found if each.namespace == namespace), None)

    async def _ran_last(self, thread_id: str, checkpoint_id: str) -> str:
        """Return the node that ran last before a checkpoint; empty if none did, or it is far back."""
        line = await self._history.line(thread_id, checkpoint_id, limit=_LOOKED_BACK)
        return next((each.ran[-1] for each in line if each.ran), "")

    async def _refuse_unknown_keys(
        self, graph_id: str, changed: JsonObject, values: JsonObject
    ) -> None:
        """Raise BadInput for a key that the graph does not have: servers ignore such a write."""
        new = [key for key in changed if key not in values]
        if not new:
            return
        schema = (await self._session.api.schemas(own_assistant(graph_id))).state_schema or {}
        known = schema.get("properties")
        unknown = [key for key in new if isinstance(known, dict) and key not in known]
        if unknown:
            raise BadInput(
                f"The state of {graph_id} has no key {', '.join(unknown)}.",
                kept=NOTHING_SENT,
                hint=f"Its keys are: {', '.join(known or ())}.",
            )


def _asking_inside(now: Snapshot, namespace: str) -> Iterator[str]:
    """Yield the nodes of the thread whose questions come from a subgraph that is written to.

    The namespace of a question is that of the outermost subgraph that asks.
    """
    outermost = namespace.partition("|")[0]
    yield from (asked.node for asked in now.interrupts if asked.namespace == outermost)
