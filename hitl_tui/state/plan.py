"""What will be sent, as text for people: a line for each decision, and cautions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from hitl_engine.model import (
    Answer,
    Approve,
    Breakpoint,
    Choices,
    Choose,
    Decision,
    Decline,
    Edit,
    Effect,
    Fill,
    Interrupt,
    JsonObject,
    JsonValue,
    PlannedDecision,
    Question,
    Reject,
    Reopening,
    Replies,
    Respond,
    Revise,
    ToolCall,
    ToolCalls,
    Verdict,
    Verdicts,
)
from hitl_engine.visible import cut_line, json_text, one_line
from hitl_tui.text.argument_changes import changed_names
from hitl_tui.text.essence import essence_of
from hitl_tui.text.fitting import counted
from hitl_tui.text.literal import visible_lines

LocationOf = Callable[[Interrupt], str]
"""Returns the nodes that ask a question, as visible text."""
CAUTION = "! "
_MAX_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be sent, for the user to confirm; visible text, except for a difference."""

    title: str
    lines: tuple[str, ...]
    """What will happen; a caution among them begins with `CAUTION`, and text that is not ours never
    begins a line."""
    cautions: tuple[str, ...] = ()
    """What is unusual and should be intended: another tool, arguments of other types."""
    answer: JsonValue = None
    """The exact JSON that will be sent."""
    shows_answer: bool = True
    """Whether that JSON is shown below the lines; else the lines contain what is sent."""
    note: str = ""
    """A few words about that JSON."""
    why_not: str = ""
    """Why it cannot be sent; empty if it can."""
    verb: str = "Send"
    parts: tuple[range, ...] = ()
    """The lines about each of many items, by their numbers from 0; empty for other plans."""
    difference: tuple[str, ...] = ()
    """What a write changes: lines that begin with `-`, `+`, `@` or a space, not made visible yet."""

    @property
    def lines_of_difference(self) -> tuple[str, ...]:
        """The difference as visible lines."""
        return tuple(part for line in self.difference for part in visible_lines(line))

    @property
    def other_lines(self) -> tuple[str, ...]:
        """The lines below the difference, and then the cautions."""
        return (*self.lines, *(f"{CAUTION}{caution}" for caution in self.cautions))

    @property
    def all_lines(self) -> tuple[str, ...]:
        """All lines: the difference comes first."""
        return (*self.lines_of_difference, *self.other_lines)


def decision_words(question: Question, decision: Decision) -> str:
    """Return a decision as a few words on one line."""
    match decision:
        case Verdicts():
            return ", ".join(verdict_lines(question, decision))
        case Revise(text=text):
            return f"the text {_quoted(text)}"
        case Choose(index=index, text=text):
            label = _label(question, index)
            return f"choose {label}, {_quoted(text)}" if text else f"choose {label}"
        case Fill():
            return "the filled form"
        case Replies(replies=replies):
            return counted(len(replies), "reply", "replies")
        case Decline():
            return "decline to answer"
        case Answer(value=value):
            return f"the JSON {one_line(json_text(value, indent=None), _MAX_CHARACTERS)}"


def planned_line(planned: PlannedDecision) -> str:
    """Return what one of many items gets, on one line: its verdicts and the exact JSON."""
    item, decision = planned.item, planned.decision
    if planned.fault:
        return one_line(planned.fault, _MAX_CHARACTERS)
    if isinstance(item, Breakpoint):
        return f"step past {one_line(item.node, 80)}, with no input"
    answer = one_line(json_text(planned.answer, indent=None), 2 * _MAX_CHARACTERS)
    words = decision_words(item, decision) if isinstance(decision, Verdicts) else ""
    return f"{words}  {answer}" if words else answer


def verdict_lines(question: Question, decision: Verdicts) -> tuple[str, ...]:
    """Return a line for each tool call: the tool, the label of its verdict, and the text."""
    review = question.review
    calls = review.calls if isinstance(review, ToolCalls) else ()
    return tuple(
        f"{one_line(call.name, 60)}: {verdict_words(verdict, call)}"
        for call, verdict in zip(calls, decision.verdicts, strict=True)
    )


def _words_after_location(question: Question, decision: Decision) -> str:
    """Return a decision as a few words; the location before it already names the tool."""
    match question.review, decision:
        case ToolCalls(calls=(call,)), Verdicts(verdicts=(verdict,)):
            return verdict_words(verdict, call)
        case _:
            return decision_words(question, decision)


def verdict_words(verdict: Verdict, call: ToolCall) -> str:
    """Return a verdict as a few words on one line."""
    label = dict(call.labels).get(verdict.kind, verdict.kind.value).lower()
    match verdict:
        case Approve():
            return label
        case Reject(message=text):
            return f"{label}, {_quoted(text)}" if text is not None else label
        case Respond(message=text):
            return f"{label}, {_quoted(text)}"
        case Edit(args=args, name=name):
            changed = changed_names(call.args, args)
            tool = f" to the tool {one_line(name, 60)}" if name not in (None, call.name) else ""
            what = ", ".join(one_line(key, 40) for key in changed) or "nothing is changed"
            return f"{label}{tool}: {what}"


def _label(question: Question, index: int) -> str:
    review = question.review
    assert isinstance(review, Choices), "only choices are chosen from"
    return _quoted(review.options[index].label)


def _quoted(text: str) -> str:
    return f"“{one_line(text, _MAX_CHARACTERS)}”"


def plan_of_one(
    question: Question, decision: Decision, answer: JsonValue, cautions: tuple[str, ...]
) -> Plan:
    """Return the plan for one question: a line for each verdict, or for the decision."""
    if isinstance(decision, Verdicts):
        count = len(decision.verdicts)
        lines = [
            f"{number}  {line}" for number, line in enumerate(verdict_lines(question, decision), 1)
        ]
        title = f"Send {count} verdicts?" if count > 1 else "Send this verdict?"
    else:
        lines, title = [decision_words(question, decision)], "Send this answer?"
    lines += log_reason_lines([question.log_reason])
    return Plan(title, tuple(lines), _visible(cautions), answer)


def log_reason_lines(reasons: Iterable[str]) -> list[str]:
    """Return a line for each reason for the log that is given, each once."""
    return [f"For the log: {_quoted(each)}" for each in dict.fromkeys(filter(None, reasons))]


def plan_of_several(
    decided: Sequence[tuple[Question, Decision]],
    undecided: Sequence[Interrupt],
    place_of: LocationOf,
    effect: Effect,
    answers: JsonObject,
    cautions: tuple[str, ...],
    why_not: str,
) -> Plan:
    """Return the plan for the questions of one thread, which are answered in one request.

    `place_of` names a question by its number too: several can have the same nodes.
    """
    lines = [
        line
        for question, decision in decided
        for line in (
            f"✓ {place_of(question.interrupt)}: {_words_after_location(question, decision)}",
            f"    asked: {cut_line(essence_of(question).text, _MAX_CHARACTERS)}",
        )
    ]
    lines += [f"· {place_of(each)}: not decided, not sent" for each in undecided]
    lines += log_reason_lines(question.log_reason for question, _ in decided)
    if effect.asks_again:
        lines += ["", f"Runs again up to its question: {_names(effect.asks_again)}"]
    count = f"{len(decided)} of {len(decided) + len(undecided)} answers"
    if not undecided:
        count = "1 answer" if len(decided) == 1 else f"all {len(decided)} answers"
    note = "each with the id of its question"
    return Plan(
        f"Send {count}?", tuple(lines), _visible(cautions), answers, note=note, why_not=why_not
    )


def plan_of_reopening(interrupt: Interrupt, location_of: LocationOf, reopening: Reopening) -> Plan:
    """Return the plan for asking a question again."""
    happened = one_line(reopening.happened, 400)
    lines = [
        f"{location_of(interrupt)}: the same question is asked again, with a new id.",
        *([f"What happened: {happened}"] if happened else []),
        *(["Two answers failed with the same error."] if reopening.stuck else []),
        f"Runs again up to its question: {_names(reopening.asks_again)}",
    ]
    cautions = ["All answers given in this step are discarded."]
    if reopening.runs_twice:
        cautions.append(
            f"{_names(reopening.runs_twice)} had finished and runs again:"
            " its side effects happen twice."
        )
    return Plan(
        "Ask this question again?",
        tuple(lines),
        tuple(cautions),
        note="no answer; the thread returns to its question",
        why_not=reopening.why_not,
        verb="Reopen",
    )


def plan_of_step(stop: Breakpoint, claimed: str = "") -> Plan:
    """Return the plan for a step past a breakpoint; `claimed`: that somebody else has it."""
    return Plan(
        "Step past this breakpoint?",
        (f"Runs next: {_names(stop.next)}", *log_reason_lines([stop.log_reason])),
        _visible(tuple(caution for caution in (claimed, stop.caution) if caution)),
        note="no input; the thread goes on from its last checkpoint",
        verb="Step",
    )


def plan_of_start(graph: str, input: JsonValue) -> Plan:
    """Return the plan for a new run of a graph."""
    return Plan("Start this run?", (f"Runs: {one_line(graph, 80)}",), answer=input, verb="Start")


def plan_of_retry(stop: Breakpoint) -> Plan:
    """Return the plan for running the nodes again at which a run failed."""
    return Plan(
        "Run the failed nodes again?",
        (f"Runs again from its start: {_names(stop.next)}", *log_reason_lines([stop.log_reason])),
        (
            "What these nodes did before they failed happens twice.",
            *([one_line(stop.caution, 400)] if stop.caution else []),
        ),
        note="no input; the thread goes on from its last checkpoint",
        verb="Run again",
    )


def _names(nodes: Sequence[str]) -> str:
    return ", ".join(one_line(node, 60) for node in nodes) or "nothing"


def _visible(sentences: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one_line(sentence, 400) for sentence in sentences)
