"""Carries out what was decided: recorded, sent once, read back, judged, recorded again."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Literal, TypeVar

from hitl_engine import payloads
from hitl_engine.deciding import outcome, verification
from hitl_engine.deciding.answerers import Answerers
from hitl_engine.deciding.answers import answers_of
from hitl_engine.deciding.came_first import Basis, CameFirst
from hitl_engine.deciding.conditional_stops import ConditionalStops
from hitl_engine.deciding.decided_payloads import with_decided
from hitl_engine.deciding.graph_breakpoints import GraphBreakpoints
from hitl_engine.deciding.journal_heads import with_head
from hitl_engine.deciding.log_reasons import LogReasons
from hitl_engine.deciding.preconditions import (
    common_thread,
    refuse_if_gone,
    refuse_in_part,
    still_pending,
)
from hitl_engine.deciding.rivals import Race
from hitl_engine.deciding.run_breakpoints import (
    compiled_breakpoints,
    continued,
    has_breakpoints,
    known_only,
    with_those_of_graph,
)
from hitl_engine.deciding.run_sender import (
    ObservedRun,
    RunSender,
    SentRun,
    nothing_was_taken,
)
from hitl_engine.deciding.run_settings import continuing_request
from hitl_engine.deciding.task_groups import reopening_of
from hitl_engine.errors import (
    BadInput,
    Conflict,
    FirstOfTwo,
    HitlError,
    JournalFailed,
    NoLongerWaits,
    NotTaken,
    NotThere,
    ServerRefused,
    TargetError,
)
from hitl_engine.fingerprint import digest
from hitl_engine.journal.decisions import DecisionLog, Intent, asked_of
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import (
    NO_BREAKPOINTS,
    Breakpoint,
    Breakpoints,
    Decision,
    Edit,
    Interrupt,
    JsonObject,
    JsonValue,
    OnProgress,
    Outcome,
    OutcomeKind,
    Question,
    Reopening,
    Review,
    Ruling,
    ToolCall,
    ToolCalls,
    Verdict,
    Waiting,
    by_rules,
)
from hitl_engine.reading.client import COPY, going_on_at
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.wire import RULE_DIGESTS, RULES, WireRun

OutcomesOf = Callable[[ObservedRun, Snapshot], Awaitable[Sequence[Outcome]]]
"""Returns the outcome of each intent of a run, in their order."""
_Checked = TypeVar("_Checked")
_CONDITION_FAILED = "the condition of this breakpoint did not hold"
"""The reason for the log of a step that nobody decided on."""
_LAST_LOOK = 5.0
"""Seconds for a last look at a thread, if its server was silent as long as it may be."""
Check = Callable[[Snapshot], _Checked]
"""Returns what a decision is about in a thread; raises NoLongerWaits or NotTaken if it is another one."""


class Decider:
    """Carries out decisions on the server in use.

    Methods raise TargetError or JournalFailed if nothing was sent, or the server took nothing.
    """

    def __init__(
        self,
        session: ServerSession,
        log: DecisionLog,
        breakpoints: GraphBreakpoints,
        log_reasons: LogReasons,
    ) -> None:
        self._session = session
        self._breakpoints = breakpoints
        self._log = log
        self._log_reasons = log_reasons
        self.conditional_stops = ConditionalStops(session, breakpoints)
        """Whether a stop counts."""
        self._runs = RunSender(session)
        self._first = CameFirst(session, Answerers(session, log))
        self._unsettled: dict[str, str] = {}

    @property
    def unsettled(self) -> tuple[str, ...]:
        """The threads to which something was sent whose outcome is not known yet."""
        return tuple(self._unsettled.values())

    async def answer(
        self,
        decided: Sequence[tuple[Question, Decision]],
        on_progress: OnProgress,
        *,
        queued: Sequence[Intent] = (),
        ruling: Ruling | None = None,
    ) -> tuple[Outcome, ...]:
        """Answer questions of one thread in one resume map, if all fit and all still wait.

        `queued`: as these, by `intents_of`, they were queued. `ruling`: standing rules decided this,
        and no person did. Also raises BadInput, NotTaken and NoLongerWaits.
        """
        if ruling is not None:
            decided = _by_rules(decided, ruling)
        self._log_reasons.require(decided)
        questions = [question for question, _ in decided]
        self._refuse_other_targets([question.interrupt for question in questions])
        thread_id = common_thread(questions)
        answers = answers_of(decided)

        def check(now: Snapshot) -> tuple[Interrupt, ...]:
            asked = still_pending(questions, now, server=self._session.server.identity)
            refuse_if_gone([each.node for each in asked], now)
            refuse_in_part(asked, now.interrupts)
            return asked

        with _nothing_sent():
            before, last_run, asked = await self._looked_at(thread_id, check, questions)
            request = await self.continuing_request(
                last_run, thread_id, asked[0].graph_id, strict=True
            )
        intents = queued or self._intents(decided, answers)
        if ruling is not None:
            intents = [
                replace(each, rules=uses) for each, uses in zip(intents, ruling.uses, strict=True)
            ]
            request["metadata"] = _told_of(ruling)
        request["command"] = {"resume": answers}
        shown = [question.interrupt for question in questions]
        request = with_decided(
            request, before, last_run, [(each, answers[each.interrupt_id]) for each in shown]
        )
        request |= self.decided_on(
            before.checkpoint_id, list(answers), asked=asked, last_run=last_run
        )
        request = _with_first_answer(request, questions[0].interrupt)

        async def outcomes_of(observed: ObservedRun, after: Snapshot) -> list[Outcome]:
            seen = all(each.task_id in observed.finished for each in asked)
            recorded = not seen and await self._runs.is_recorded(_sent_run(intents))
            # Answers to some of the questions write no checkpoint: the run of the others does.
            in_part = len(asked) < len(before.interrupts)
            race = Race.ALONE if in_part else await self._race(observed, before)
            found = [
                outcome.after_race(
                    outcome.of_answer(each, observed, after, recorded=recorded, sent=answers), race
                )
                for each in asked
            ]
            told = [
                await self._first.named(*each, observed.run_id)
                for each in zip(found, asked, strict=True)
            ]
            return [
                _compared(each, *pair, before, after)
                for each, pair in zip(told, decided, strict=True)
            ]

        basis = Basis(check, last_run, shown)
        found = await self._carry_out(intents, request, on_progress, outcomes_of, basis)
        return await self._past_conditions(found, on_progress)

    async def step(
        self, breakpoint: Breakpoint, on_progress: OnProgress, *, queued: Sequence[Intent] = ()
    ) -> Outcome:
        """Step past a breakpoint to the next stop that counts.

        `queued`: as this, by `intent_of_step`, it was queued. Also raises NoLongerWaits, NotTaken.
        """
        self.require_log_reason(breakpoint)
        stepped = await self.step_once(breakpoint, on_progress, queued=queued)
        (found,) = await self._past_conditions((stepped,), on_progress)
        return found

    async def step_once(
        self,
        breakpoint: Breakpoint,
        on_progress: OnProgress,
        *,
        also_at: Breakpoints = NO_BREAKPOINTS,
        queued: Sequence[Intent] = (),
    ) -> Outcome:
        """Step past a breakpoint to the next stop, whether it counts or not.

        This one run also stops `also_at` these. That it has the reason for the log that it needs is
        not checked here: nobody may have decided on this very step. Also raises NoLongerWaits.
        """

        def check(now: Snapshot) -> None:
            if now.checkpoint_id != breakpoint.checkpoint_id or now.stop != breakpoint:
                raise NoLongerWaits(
                    f"The thread is {now.status} now; it is no longer at this breakpoint.",
                    kept="Nothing was sent.",
                    hint="Look at the thread again.",
                )
            refuse_if_gone(now.next, now)

        self._refuse_other_targets([breakpoint])
        before, last_run, _ = await self._looked_at(breakpoint.thread_id, check)
        request = await self.continuing_request(
            last_run, breakpoint.thread_id, breakpoint.graph_id, strict=False, also_at=also_at
        )
        request |= await self._going_on(breakpoint.checkpoint_id)
        request |= self.decided_on(
            breakpoint.checkpoint_id, list(before.pending_ids), last_run=last_run
        )
        request = with_decided(request, before, last_run)
        intents = queued or [self.intent_of_step(breakpoint)]

        async def outcomes_of(observed: ObservedRun, after: Snapshot) -> tuple[Outcome]:
            race = await self._race(observed, before)
            return (outcome.after_race(outcome.of_step(before, observed, after), race),)

        basis = Basis(check, last_run)
        (found,) = await self._carry_out(intents, request, on_progress, outcomes_of, basis)
        return found

    def require_log_reason(self, breakpoint: Breakpoint) -> None:
        """Refuse a step without the reason that it needs. Raises NotTaken."""
        self._log_reasons.require([(breakpoint, None)])

    async def run(self, intent: Intent, request: JsonObject, on_progress: OnProgress) -> Outcome:
        """Carry out a run that answers nothing."""

        async def outcomes_of(observed: ObservedRun, after: Snapshot) -> tuple[Outcome]:
            return (outcome.of_run(observed, after),)

        ran = await self._carry_out([intent], request, on_progress, outcomes_of)
        (found,) = await self._past_conditions(ran, on_progress)
        return found

    async def ask_again(
        self, thread_id: str, nodes: Sequence[str], on_progress: OnProgress
    ) -> Outcome:
        """Run these nodes again, without an answer to what they ask. Also raises NotTaken."""
        before, last_run = await self._session.reader.with_last_run(thread_id)
        request = await self.continuing_request(last_run, thread_id, before.graph_id, strict=False)
        request |= await self._going_on(before.checkpoint_id)
        request |= self.decided_on(before.checkpoint_id, list(before.pending_ids))
        request = with_decided(request, before, last_run)
        intent = Intent(
            event="step",
            server=self._session.server.label,
            graph_id=before.graph_id,
            thread_id=thread_id,
            node=", ".join(nodes),
            decision="ask again",
        )
        return await self.run(intent, request, on_progress)

    async def reopening(self, question: Question) -> Reopening:
        """Return what `reopen` would do. Also raises NoLongerWaits."""
        asked = question.interrupt
        self._refuse_other_targets([asked])
        now = await self._session.reader.snapshot(asked.thread_id)
        (asked,) = still_pending([question], now, server=self._session.server.identity)
        stuck = await self._log.is_stuck(asked.thread_id, asked.interrupt_id)
        return reopening_of(asked, now.tasks, stuck=stuck)

    async def reopen(self, question: Question, on_progress: OnProgress) -> Outcome:
        """Ask a question again. Also raises NotTaken and NoLongerWaits."""
        shown = question.interrupt
        self._refuse_other_targets([shown])
        before, last_run = await self._session.reader.with_last_run(shown.thread_id)
        (asked,) = still_pending([question], before, server=self._session.server.identity)
        if why_not := reopening_of(asked, before.tasks, stuck=False).why_not:
            raise NotTaken(why_not)
        request = await self.continuing_request(
            last_run, asked.thread_id, asked.graph_id, strict=False
        )
        await self._going_on(asked.checkpoint_id)  # before the answers are forgotten
        intent = self._about(question, "reopen", "reopen", None)

        async def outcomes_of(observed: ObservedRun, after: Snapshot) -> tuple[Outcome]:
            return (outcome.of_reopening(asked, observed, after),)

        with self._accounted_for([intent]):
            head = await self._log.intend(intent)
            request = with_head(request, head, intent.event, self._session.name_to_tell)
            observed = await self._rerun_step(intent, request, on_progress)
            (found,) = await self._judged([intent], observed, outcomes_of)
        return found

    async def _going_on(self, checkpoint_id: str) -> JsonObject:
        """Return the fields of a run that goes on without an input from the newest checkpoint.

        Raises NotTaken where the server accepts no such run, Unreachable.
        """
        match await self._session.api.goes_on():
            case "with nothing":
                return {"input": None}
            case "with a checkpoint":
                return going_on_at(checkpoint_id)
        raise NotTaken(
            "This server accepts no run without an input, so it cannot go on from here.",
            hint="Nothing was sent. Start a run with an input on this thread, or a new one.",
        )

    def decided_on(
        self,
        checkpoint_id: str,
        interrupt_ids: list[JsonValue],
        *,
        asked: Sequence[Interrupt] = (),
        last_run: WireRun | None = None,
    ) -> JsonObject:
        """Return the preconditions with which the server refuses a run if its thread has changed.

        Others may answer between our last look and the run; only the server can check and start
        in one step. A server without this ability (flag `preconditions`) still refuses a thread
        with a run in progress, and ids that are not pending. One with the flag
        `exact_preconditions` also compares what is `asked`, because a node that runs again may ask
        something else under the same id, and the newest run.
        """
        if not self._session.supports("preconditions"):
            return {}
        seen: JsonObject = {"checkpoint_id": checkpoint_id or None, "interrupt_ids": interrupt_ids}
        if self._compares_all and asked:
            seen["payload_digests"] = {each.interrupt_id: digest(each.asked) for each in asked}
        if self._compares_all and last_run is not None:
            seen["last_run_id"] = last_run.run_id
        return {"preconditions": seen}

    @property
    def _compares_all(self) -> bool:
        return self._session.supports("exact_preconditions")

    async def continuing_request(
        self,
        last: WireRun | None,
        thread_id: str,
        graph_id: str,
        *,
        strict: bool,
        also_at: Breakpoints = NO_BREAKPOINTS,
    ) -> JsonObject:
        """Return the request that continues where `last` stopped; this run also stops `also_at` these.

        A copied thread has no run yet; its metadata names the assistant whose settings apply.
        """
        assistant = graph_id
        if last is None:
            row = await self._session.api.thread(thread_id)
            assistant = str(row.metadata.get("assistant_id") or assistant)
        request = continuing_request(last, assistant, strict=strict)
        on_graph = with_those_of_graph(self._breakpoints.of(graph_id), also_at)
        if on_graph == NO_BREAKPOINTS and (last is None or not has_breakpoints(last)):
            return request
        nodes = await self._session.reader.known_nodes(str(request["assistant_id"])) or {}
        on_graph = known_only(on_graph, nodes)
        return {**request, **continued(last, compiled_breakpoints(nodes), on_graph)}

    # Within

    def _refuse_other_targets(self, items: Iterable[Waiting]) -> None:
        """Refuse an item of another target: a thread there may have the same id.

        Two copies of one database even have the same identity.
        """
        here = self._session.server.name
        for item in items:
            if item.target != here:
                raise BadInput(
                    f"This item is on the target {item.target or 'without a name'}, "
                    f"not on {here or self._session.server.label}.",
                    kept="Nothing was sent.",
                )

    async def _past_conditions(
        self, outcomes: tuple[Outcome, ...], on_progress: OnProgress
    ) -> tuple[Outcome, ...]:
        """Step on where the thread stopped only because of conditions that do not hold.

        What came of the request stays: later steps change where the thread is, and its error.
        """
        thread, error = outcomes[0].thread, outcomes[0].error
        mismatches: list[str] = []
        try:
            while thread and not error and await self.conditional_stops.passes(thread):
                assert thread.stop is not None, "only a stop is passed"
                stop = replace(thread.stop, log_reason=_CONDITION_FAILED)
                later = await self.step_once(stop, on_progress)
                thread, error = later.thread or thread, later.error
                mismatches += later.mismatches
                if later.kind is not OutcomeKind.APPLIED:
                    error = later.why
        except HitlError as stopped:
            error = str(stopped)
        return tuple(
            replace(each, thread=thread, error=error, mismatches=(*each.mismatches, *mismatches))
            for each in outcomes
        )

    async def _looked_at(
        self, thread_id: str, check: Check[_Checked], shown: Sequence[Question] = ()
    ) -> tuple[Snapshot, WireRun | None, _Checked]:
        """Return a thread, its newest run, and what `check` returns. Raises what `check` raises.

        Where a run is in progress, or one of the questions `shown` is gone, that tells who was faster,
        if it is known.

        It is not read again where the server compares all of it in the step that admits the run:
        then our own look could only be older. What a `NodeInterrupt` gave is not compared.
        """
        seen = self._session.reader.last_seen(thread_id) if self._compares_all else None
        if seen is not None and not seen[0].raised:
            with suppress(HitlError):
                return *seen, check(seen[0])
        before, last_run = await self._session.reader.with_last_run(thread_id)
        try:
            return before, last_run, check(before)
        except NoLongerWaits as error:
            error.what = await self._first.with_rival(error.what, before, shown)
            raise

    async def _carry_out(
        self,
        intents: Sequence[Intent],
        request: JsonObject,
        on_progress: OnProgress,
        outcomes_of: OutcomesOf,
        basis: Basis | None = None,
    ) -> tuple[Outcome, ...]:
        """Record, send once, judge, record. `basis` explains why a thread was refused as changed."""
        with self._accounted_for(intents):
            head = await self._log.intend(*intents)
            request = self._log_reasons.in_run(request, [each.log_reason for each in intents])
            try:
                observed = await self._runs.send(
                    _sent_run(intents),
                    with_head(request, head, intents[0].event, self._session.name_to_tell),
                    on_progress,
                )
            except FirstOfTwo as first:
                return await self._waiting_for_second(intents, first)
            except TargetError as error:
                raise await self._refused(intents, error, basis) from error
            return await self._judged(intents, observed, outcomes_of)

    async def _waiting_for_second(
        self, intents: Sequence[Intent], first: FirstOfTwo
    ) -> tuple[Outcome, ...]:
        """Record that the server has the answers, and carried nothing out."""
        thread_id, thread = intents[0].thread_id, None
        with suppress(TargetError):
            thread = (await self._session.reader.snapshot(thread_id)).view()
        found = Outcome(OutcomeKind.RECORDED, first.what, thread, thread_id=thread_id)
        return tuple([await self._concluded(each, found, None) for each in intents])

    async def _rerun_step(
        self, intent: Intent, request: JsonObject, on_progress: OnProgress
    ) -> ObservedRun:
        """Two requests, each sent once: forget the answers of the step, and run to the question.

        The second is sent only if the first certainly arrived.
        """
        try:
            copied = await self._session.api.update_state(intent.thread_id, None, as_node=COPY)
        except TargetError as error:
            if nothing_was_taken(error):
                if isinstance(error, ServerRefused | NotThere):
                    error.hint = "This server cannot reopen. Answer again, or run on a new thread."
                raise await self._refused([intent], error) from error
            return ObservedRun(fault=error.what)
        try:
            request |= await self._going_on(copied)
            request |= self.decided_on(copied, [])
            return await self._runs.send(_sent_run([intent]), request, on_progress)
        except TargetError as error:
            return ObservedRun(fault=error.what)

    async def _refused(
        self, intents: Sequence[Intent], error: TargetError, basis: Basis | None = None
    ) -> HitlError:
        """Record that nothing was taken, and return the error to raise."""
        told: HitlError = error
        if isinstance(error, Conflict):
            asked = {each.interrupt_id for each in intents if each.interrupt_id}
            told = await self._first.refusal(intents[0].thread_id, asked, error, basis)
        told.kept = "Nothing was taken; what you typed is kept."
        for intent in intents:
            nothing = Outcome(OutcomeKind.REFUSED, told.what, None, thread_id=intent.thread_id)
            with suppress(JournalFailed):  # that nothing was taken is what matters
                await self._log.conclude(intent, nothing, None)
        return told

    @contextmanager
    def _accounted_for(self, intents: Sequence[Intent]) -> Iterator[None]:
        """Keep the thread in `unsettled` until the outcome, or that nothing was sent, is known."""
        sent_id = intents[0].run_decision_id
        self._unsettled[sent_id] = intents[0].thread_id
        try:
            yield
        except HitlError:
            del self._unsettled[sent_id]
            raise
        del self._unsettled[sent_id]

    async def _judged(
        self, intents: Sequence[Intent], observed: ObservedRun, outcomes_of: OutcomesOf
    ) -> tuple[Outcome, ...]:
        """Read run and thread back, judge, and record the outcomes."""
        left = observed.deadline.left if observed.deadline.has_begun else None
        try:
            async with asyncio.timeout(None if left is None else max(left, _LAST_LOOK)):
                after = await self._settled(_sent_run(intents), observed)
                found = [
                    outcome.after_attempts(each, observed.attempts)
                    for each in await outcomes_of(observed, after)
                ]
        except (TargetError, TimeoutError) as error:
            why = error.what if isinstance(error, TargetError) else "the server does not answer."
            unread = Outcome(
                OutcomeKind.UNKNOWN,
                f"The thread could not be read back: {why}",
                thread=None,
                error=observed.error,
                thread_id=intents[0].thread_id,
            )
            found = [outcome.after_attempts(unread, observed.attempts)] * len(intents)
        return tuple(
            [
                await self._concluded(intent, each, observed.run_id)
                for intent, each in zip(intents, found, strict=True)
            ]
        )

    async def _concluded(self, intent: Intent, found: Outcome, run_id: str | None) -> Outcome:
        try:
            await self._log.conclude(intent, found, run_id)
        except JournalFailed as error:
            return replace(found, why=f"{found.why} This could not be recorded: {error.what}")
        return found

    async def _race(self, observed: ObservedRun, before: Snapshot) -> Race:
        """Return what became of a run beside others, where the server does not refuse these."""
        if self._session.api.can.keeps_reviewers_apart:
            return Race.ALONE
        return await self._runs.race(observed, before)

    async def _settled(self, sent: SentRun, observed: ObservedRun) -> Snapshot:
        """Wait for the end of the run as long as that is possible, and return the thread.

        Also for the end of other runs, where the server does not refuse them: the last one counts.
        """
        if not self._session.api.can.keeps_reviewers_apart:
            await self._runs.until_others_end(sent.thread_id)
        # A local server that ended is replaced while the run is settled.
        with suppress(TargetError):
            after, last_run = await (
                self._session.reader.of_whole_row(observed.thread)
                if observed.thread is not None
                else self._session.reader.with_last_run(sent.thread_id)
            )
            if observed.is_settled_by(last_run):
                return after
        await self._runs.settle(sent, observed)
        return await self._runs.read_back(
            observed, lambda: self._session.reader.snapshot(sent.thread_id)
        )

    def intent_of_step(self, breakpoint: Breakpoint) -> Intent:
        """Return what is written down before a step past a breakpoint."""
        return Intent(
            event="step",
            server=self._session.server.label,
            graph_id=breakpoint.graph_id,
            thread_id=breakpoint.thread_id,
            node=breakpoint.node,
            decision="step",
            log_reason=breakpoint.log_reason.strip(),
        )

    def intents_of(self, decided: Sequence[tuple[Question, Decision]]) -> list[Intent]:
        """Return what is written down before these answers are sent. Raises BadInput, NotTaken."""
        self._log_reasons.require(decided)
        common_thread([question for question, _ in decided])
        return self._intents(decided, answers_of(decided))

    def _intents(
        self, decided: Sequence[tuple[Question, Decision]], answers: JsonObject
    ) -> list[Intent]:
        """Return one intent for each; all are sent with the decision id of the first."""
        first, *others = (
            self._about(
                question,
                "answer",
                _name(question.review, decision),
                answers[question.interrupt.interrupt_id],
            )
            for question, decision in decided
        )
        return [first, *(replace(each, sent_as=first.decision_id) for each in others)]

    def _about(
        self,
        question: Question,
        event: Literal["answer", "reopen"],
        decision: str,
        answer: JsonValue,
    ) -> Intent:
        asked, review = question.interrupt, question.review
        return Intent(
            event=event,
            server=self._session.server.label,
            graph_id=asked.graph_id,
            thread_id=asked.thread_id,
            node=asked.node,
            interrupt_id=asked.interrupt_id,
            fingerprint=question.fingerprint,
            task_id=asked.task_id,
            asked=asked_of(asked),
            decision=decision,
            answer=answer,
            unseen=question.unseen,
            seconds=question.seconds,
            characters=len(json.dumps(asked.payload, ensure_ascii=False)),
            tools=tuple(each.name for each in review.calls)
            if isinstance(review, ToolCalls)
            else (),
            asked_at=asked.since,
            log_reason=question.log_reason.strip(),
        )


@contextmanager
def _nothing_sent() -> Iterator[None]:
    """Tell with each TargetError of the block what became of an answer."""
    try:
        yield
    except TargetError as error:
        error.kept = error.kept or "Nothing was sent; what you typed is kept."
        raise


def _by_rules(
    decided: Sequence[tuple[Question, Decision]], ruling: Ruling
) -> list[tuple[Question, Decision]]:
    """Return what rules decided, with their names as the reason for the log."""
    return [
        (replace(question, log_reason=by_rules(use.rule.name for use in uses)), decision)
        for (question, decision), uses in zip(decided, ruling.uses, strict=True)
    ]


def _told_of(ruling: Ruling) -> JsonObject:
    """Return what a run carries so that others see which rules decided."""
    return {
        RULES: ", ".join(rule.name for rule in ruling.rules),
        RULE_DIGESTS: ", ".join(rule.digest for rule in ruling.rules),
    }


def _compared(
    found: Outcome, question: Question, decision: Decision, before: Snapshot, after: Snapshot
) -> Outcome:
    """Add the tool calls that did not run as decided; none if nothing was carried out."""
    review = question.review
    nothing_ran = (OutcomeKind.REFUSED, OutcomeKind.RECORDED)
    if found.kind in nothing_ran or not isinstance(review, ToolCalls):
        return found
    verdicts = payloads.verdicts_on(review, decision)
    return replace(found, mismatches=verification.mismatches(review, verdicts, before, after))


def _with_first_answer(request: JsonObject, shown: Interrupt) -> JsonObject:
    """Return the request with the first of two answers that was shown: no other one is replaced."""
    required = request.get("preconditions")
    if shown.two_reviewers is None or not isinstance(required, dict):
        return request
    first = shown.two_reviewers.first
    return {
        **request,
        "preconditions": {**required, "first_answer": first.digest if first else ""},
    }


def _sent_run(intents: Sequence[Intent]) -> SentRun:
    return SentRun(intents[0].thread_id, intents[0].run_decision_id)


def _name(review: Review, decision: Decision) -> str:
    """Return what is written down of a decision: the verdict on each call, also of plain JSON."""
    verdicts = payloads.verdicts_on(review, decision) if isinstance(review, ToolCalls) else ()
    if isinstance(review, ToolCalls) and verdicts:
        return ", ".join(map(_verdict_name, verdicts, review.calls))
    return decision.kind


def _verdict_name(verdict: Verdict, call: ToolCall) -> str:
    to_another = isinstance(verdict, Edit) and verdict.name not in (None, call.name)
    return f"{verdict.kind} to another tool" if to_another else verdict.kind
