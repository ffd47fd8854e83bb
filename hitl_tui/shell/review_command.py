"""`hitl-tui review`: what waits, decided line by line, for screen readers and plain terminals.

It only prints lines and reads lines: no colours, no frames, and the cursor is never moved. What is
sent goes through the same desk as in the console, with the same checks and the same journal.
"""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from hitl_engine.errors import HitlError
from hitl_engine.model import (
    Breakpoint,
    Decision,
    Interrupt,
    Outcome,
    OutcomeKind,
    Question,
    ThreadView,
    Waiting,
    in_order,
)
from hitl_engine.visible import json_text, one_line
from hitl_tui.shell.asked_decisions import ask_decision
from hitl_tui.shell.command_result import CommandResult, ignore_progress
from hitl_tui.shell.error_output import error_lines
from hitl_tui.shell.lookup import find_filter, pending_interrupts
from hitl_tui.shell.question_output import about_lines
from hitl_tui.shell.standard_streams import print_output
from hitl_tui.shell.thread_commands import question_details
from hitl_tui.shell.typed_lines import BACK, EndOfInput, GoBack, TypedLines, index_of
from hitl_tui.state.plan import Plan, plan_of_one, plan_of_reopening, plan_of_retry, plan_of_step
from hitl_tui.text.essence import essence_of
from hitl_tui.text.fitting import counted
from hitl_tui.text.item_summary import breakpoint_line, waited
from hitl_tui.text.presence_words import card_words, row_words

if TYPE_CHECKING:
    from hitl_engine.desk import Desk

_LINE = 2000
_Item = TypeVar("_Item", Question, Breakpoint)


async def review(desk: "Desk", args: Namespace) -> CommandResult:
    """Let a person decide what waits, one item after the other, until they quit."""
    try:
        await _Review(desk, args).run()
    except EndOfInput:
        pass
    print_output("Nothing more is sent.")
    return CommandResult(None, (), printed=True)


class _Review:
    """One session: the items as they were listed last, and the lines that are typed."""

    def __init__(self, desk: "Desk", args: Namespace) -> None:
        self._desk = desk
        self._args = args
        self._lines = TypedLines()
        self._items: list[Waiting] = []

    async def run(self) -> None:
        """List what waits, and open what is chosen."""
        await self._list()
        while True:
            typed = (await self._lines.line(_asked_on(self._items))).strip().lower()
            index = index_of(typed or "1", len(self._items))
            try:
                if typed == "q":
                    return
                if typed == "l" or not self._items:
                    await self._list()
                elif index is None:
                    print_output(f"{one_line(typed, 40)} is no number of an item.")
                else:
                    await self._open(self._items[index])
                    await self._read()
            except HitlError as error:
                _print_error(error)

    async def _read(self) -> None:
        inbox = await self._desk.inbox()
        wanted = await find_filter(self._desk, self._args, inbox)
        item_of = self._desk.reviews.item
        self._items = list(in_order(each for each in inbox.items if wanted.matches(item_of(each))))
        for thread, why in inbox.unreadable:
            print_output(one_line(f"Thread {thread} cannot be read: {why}", _LINE))
        print_output(f"{counted(len(self._items), 'item')} waiting.")

    async def _list(self) -> None:
        await self._read()
        for number, item in enumerate(self._items, 1):
            essence = essence_of(self._desk.reviews.item(item))
            since = f", waiting {waited(item.since)}" if item.since else ""
            remark = f" {one_line(item.remark, 400)}" if item.remark else ""
            graph = one_line(item.graph_id, 80)
            on = row_words(self._desk.people.of(item.thread_id), self._desk.people.me)
            people = f" ({on})" if on else ""
            words = f"{essence.word}: {essence.text}, in {graph}{since}.{people}{remark}"
            print_output(f"{number}. {words}")

    async def _open(self, item: Waiting) -> None:
        thread = await self._desk.thread(item.thread_id)
        people = self._desk.people
        if words := card_words(people.of(item.thread_id), people.me):
            print_output(f"Others: {words}.")
        people.open(item.thread_id)
        try:
            if isinstance(item, Breakpoint):
                await self._step(thread)
            elif asked := _same_task(thread, item):
                await self._decide(thread, asked)
            else:
                print_output("It no longer waits: another answer came first, or it asks anew.")
        except GoBack:
            print_output("Nothing was sent.")
        finally:
            people.close(item.thread_id)

    async def _step(self, thread: ThreadView) -> None:
        stop = thread.stop
        if stop is None:
            print_output("It no longer waits.")
            return
        print_output(f"Stopped {stop.when} {one_line(stop.node, 80)}; {breakpoint_line(stop)}")
        stop = await self._with_reason(stop, None)
        claimed = self._desk.people.caution(stop.thread_id)
        plan = plan_of_retry(stop) if stop.when == "in" else plan_of_step(stop, claimed)
        await self._confirm(plan)
        self._print_outcome([await self._desk.step(stop, ignore_progress)])

    async def _decide(self, thread: ThreadView, asked: Sequence[Interrupt]) -> None:
        """Let the person decide on the questions of one task, which are answered together."""
        decided = []
        places = await self._desk.places(thread)
        for number, item in enumerate(asked, 1):
            if len(asked) > 1:
                print_output(
                    f"Question {number} of {len(asked)}. They are sent together, after the last."
                )
            question = await self._show(thread, item, places.get(item.interrupt_id, (item.node,)))
            if item.task_error is not None and await self._reopened(item):
                return
            decided.append(await self._decision(question))
        sending = await self._desk.decide_all(decided, ignore_progress)
        self._print_outcome(sending)

    async def _show(self, thread: ThreadView, item: Interrupt, place: tuple[str, ...]) -> Question:
        details = await question_details(self._desk, thread, item, place)
        print_output(f"Thread {one_line(item.thread_id)} of {one_line(item.graph_id)}")
        print_output("\n".join(about_lines(details)))
        return details.question

    async def _decision(self, question: Question) -> tuple[Question, Decision]:
        """Return a decision that fits and that the person confirmed; the question has its reason."""
        while True:
            try:
                decision = await ask_decision(question, self._lines)
                answer = self._desk.reviews.answer_of(question, decision)
            except HitlError as error:
                _print_error(error)
                continue
            question = await self._with_reason(question, decision)
            cautions = self._desk.reviews.cautions(question, decision)
            await self._confirm(plan_of_one(question, decision, answer, cautions))
            return question, decision

    async def _with_reason(self, item: _Item, decision: Decision | None) -> _Item:
        """Return the item with the reason for the log: that of the command, or one that is needed."""
        item = replace(item, log_reason=self._args.log_reason or "")
        while why := self._desk.log_reasons.missing(item, decision):
            print_output(one_line(why, _LINE))
            asked = f"The reason or ticket for the log, on one line. {BACK} goes back."
            if (typed := await self._lines.line(asked)) == BACK:
                raise GoBack
            item = replace(item, log_reason=typed)
        return item

    async def _reopened(self, item: Interrupt) -> bool:
        ways = {"a": "answer it", "o": "open it again: the question is asked anew", "b": "back"}
        way = await self._lines.choice("Its node failed on an answer.", ways)
        if way == "b":
            raise GoBack
        if way == "o":
            reopening = await self._desk.reopening(item)
            await self._confirm(
                plan_of_reopening(item, lambda each: one_line(each.node), reopening)
            )
            self._print_outcome([await self._desk.reopen(item, ignore_progress)])
        return way == "o"

    async def _confirm(self, plan: Plan) -> None:
        """Print what will be sent, and go on only if the person wants it. Raises GoBack."""
        print_output("\n".join(("Will be sent:", *(f"  {line}" for line in plan.all_lines))))
        if plan.answer is not None:
            print_output(f"  exactly {json_text(plan.answer, indent=None)}")
        if plan.why_not:
            print_output(plan.why_not)
            raise GoBack
        ways = {"y": "yes, send it", "n": "no, send nothing"}
        if await self._lines.choice(plan.title, ways) == "n":
            raise GoBack
        server = self._desk.server
        if server.production:
            name = one_line(server.name or server.label, 80)
            if await self._lines.choice(f"{name} is in production. Really send?", ways) == "n":
                raise GoBack

    def _print_outcome(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            print_output(one_line(f"{outcome.kind.value}: {outcome.why}", _LINE))
            for mismatch in outcome.mismatches:
                print_output(one_line(f"Not as decided: {mismatch}", _LINE))
        last = outcomes[-1]
        if last.error:
            print_output(one_line(f"The run failed: {last.error}", _LINE))
        if last.kind is OutcomeKind.UNKNOWN:
            words = f"It is in the journal; look at it: hitl-tui show {last.thread_id}"
            print_output(one_line(words, _LINE))
        elif last.thread is not None:
            print_output(f"The thread: {last.thread.status}.")


def _asked_on(items: Sequence[Waiting]) -> str:
    if not items:
        return "Enter looks again, q quits."
    return "Type the number of an item. Enter opens the first, l lists them again, q quits."


def _same_task(thread: ThreadView, item: Interrupt) -> list[Interrupt]:
    """Return the questions of the task of this one, if it still waits.

    They are answered together: its node would ask the others again.
    """
    pending = pending_interrupts(thread)
    task = next((each.task_id for each in pending if each.interrupt_id == item.interrupt_id), None)
    return [each for each in pending if task is not None and each.task_id == task]


def _print_error(error: HitlError) -> None:
    print_output("\n".join(error_lines(error)))
