"""A request that changes something and starts no run: written down, sent once, its outcome written down."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from hitl_engine.deciding.run_sender import nothing_was_taken
from hitl_engine.errors import JournalFailed, TargetError
from hitl_engine.journal.decisions import DecisionLog, Intent
from hitl_engine.model import Outcome, OutcomeKind

_WAIT = "Look again before you try again."


async def recorded(
    log: DecisionLog,
    intent: Intent,
    send: Callable[[], Awaitable[str]],
    was_done: Callable[[], Awaitable[str | None]],
) -> Outcome:
    """Send a request once, and return its outcome, which is also in the journal.

    `send` returns what happened, in a sentence. If its reply is lost, `was_done` looks: it returns the
    same sentence, or None if it cannot tell, and then the outcome is UNKNOWN. Raises JournalFailed or
    TargetError if nothing was sent, or the server took nothing.
    """
    await log.intend(intent)
    try:
        done = Outcome(OutcomeKind.APPLIED, await send(), None, thread_id=intent.thread_id)
    except TargetError as error:
        if nothing_was_taken(error):
            refused = Outcome(OutcomeKind.REFUSED, error.what, None, thread_id=intent.thread_id)
            with suppress(JournalFailed):  # that nothing was taken is what matters
                await log.conclude(intent, refused, None)
            error.kept = error.kept or "Nothing was changed."
            raise
        done = await _looked_up(intent, error, was_done)
    try:
        await log.conclude(intent, done, None)
    except JournalFailed as error:
        return replace(done, why=f"{done.why} This could not be recorded: {error.what}")
    return done


async def _looked_up(
    intent: Intent, error: TargetError, was_done: Callable[[], Awaitable[str | None]]
) -> Outcome:
    found = None
    with suppress(TargetError):
        found = await was_done()
    if found is not None:
        return Outcome(OutcomeKind.APPLIED, found, None, thread_id=intent.thread_id)
    why = f"{error.what} It may still have been done. {_WAIT}"
    return Outcome(OutcomeKind.UNKNOWN, why, None, thread_id=intent.thread_id)
