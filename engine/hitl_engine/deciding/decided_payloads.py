"""What a run tells its nodes about the answers that it sends: `hitl_engine.decided_payload` reads it.

It is in the metadata of the run's config, which nodes get. It is not in the metadata of the run, because
Aegra refuses objects there, and because LangGraph would write a text into each checkpoint.
"""

from collections.abc import Iterable

from hitl_engine.decided_payload import DECIDED, json_digest
from hitl_engine.model import Interrupt, JsonObject, JsonValue, as_object
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.wire import WireRun


def with_decided(
    request: JsonObject,
    before: Snapshot,
    last_run: WireRun | None,
    answered: Iterable[tuple[Interrupt, JsonValue]] = (),
) -> JsonObject:
    """Return the request of a run with the digests of what it answers, and of what was answered before.

    `answered`: each question as it was shown, with its answer. A node that has asked before runs again
    with its earlier answers, so their digests are needed too. The newest run of the thread has them, if
    it began at the same checkpoint: the tasks of another one have other ids. If another client sent
    that run, they are not known.
    """
    waiting = {*before.pending_ids}
    known = {
        interrupt_id: digests
        for interrupt_id, digests in _noted(last_run, before.checkpoint_id).items()
        if interrupt_id not in waiting
    }
    for asked, answer in answered:
        known[asked.interrupt_id] = [json_digest(asked.payload), json_digest(answer)]
    if not known:
        return request
    config, notes = as_object(request.get("config")), {"checkpoint_id": before.checkpoint_id}
    metadata: JsonObject = {
        **as_object(config.get("metadata")),
        DECIDED: {**notes, "answers": known},
    }
    return {**request, "config": {**config, "metadata": metadata}}


def _noted(last_run: WireRun | None, checkpoint_id: str) -> JsonObject:
    """Return what the newest run notes, if it began at this checkpoint; its config may be anything."""
    config = as_object(last_run.kwargs.get("config")) if last_run is not None else {}
    noted = as_object(as_object(config.get("metadata")).get(DECIDED))
    return as_object(noted.get("answers")) if noted.get("checkpoint_id") == checkpoint_id else {}
