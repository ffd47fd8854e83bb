"""A question as `hitl-tui show` prints it: whole as JSON, and for people in lines."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import assert_never

from hitl_engine.characters.misleading import misleading_parts
from hitl_engine.model import (
    AnyJson,
    AskedQuestion,
    Choices,
    DecisionKind,
    FormField,
    FormToFill,
    JsonObject,
    JsonValue,
    MachineRequest,
    Option,
    Question,
    Questions,
    Reopening,
    Review,
    TextToRevise,
    ToolCall,
    ToolCalls,
)
from hitl_engine.visible import json_text, one_line, visible
from hitl_tui.shell.answer_options import convention, ways
from hitl_tui.shell.two_reviewers_output import two_reviewers_fields
from hitl_tui.text.item_summary import running_call_line
from hitl_tui.text.literal import hidden_words
from hitl_tui.text.two_reviewers import two_reviewers_words

_LINE = 400


@dataclass(frozen=True, slots=True)
class QuestionDetails:
    """Everything that is printed about a question."""

    question: Question
    place: tuple[str, ...]
    """The nodes in which it is asked, outermost first."""
    schema: JsonObject
    """The JSON Schema of its answers; empty if it takes any."""
    together: tuple[str, ...] = ()
    """Ids of the questions that must be answered in the same request."""
    reopening: Reopening | None = None
    """What reopening would do, if its node raised an error."""
    answered_before: datetime | None = None
    """When an answer from here to the same question was applied."""


def document(details: QuestionDetails) -> JsonObject:
    """Return everything, as JSON."""
    asked, review = details.question.interrupt, details.question.review
    reopening = details.reopening
    understood: JsonObject = asdict(review)
    return {
        "id": asked.interrupt_id,
        "fingerprint": details.question.fingerprint,
        "node": asked.node,
        "path": list(details.place),
        "namespace": asked.namespace,
        "tool_call": asdict(asked.tool_call) if asked.tool_call else None,
        "task_id": asked.task_id,
        "waiting_since": asked.since.isoformat() if asked.since else None,
        "kind": review.kind,
        "convention": convention(review),
        "understood": understood,
        "notes": list(review.notes),
        "payload": asked.payload,
        "answer_schema": details.schema,
        "answered_together_with": list(details.together),
        "answered_before": details.answered_before.isoformat() if details.answered_before else None,
        "error": asked.task_error,
        "remark": asked.remark or None,
        **two_reviewers_fields(asked),
        "stuck": None if reopening is None else "yes" if reopening.stuck else "perhaps",
        "reopening": None if reopening is None else asdict(reopening),
    }


def lines(details: QuestionDetails) -> Iterator[str]:
    """Return what people need, safe to print."""
    yield from about_lines(details)
    yield ""
    yield f"  answer with {', '.join(ways(details.question.review))}"
    fits = json_text(details.schema, indent=None) if details.schema else "anything"
    yield f"  accepts    {fits}"


def about_lines(details: QuestionDetails) -> Iterator[str]:
    """Return what is asked, and what is known about it, safe to print."""
    asked, review = details.question.interrupt, details.question.review
    yield f"  node       {one_line(' ▸ '.join(details.place), _LINE)}"
    if asked.namespace:
        yield f"  namespace  {one_line(asked.namespace, _LINE)}"
    if asked.tool_call:
        yield f"  tool call  {running_call_line(asked.tool_call)}"
    yield f"  fingerprint {details.question.fingerprint}"
    yield f"  asks for   {convention(review)}"
    if hidden := hidden_words(asked.payload):
        yield f"  contains   {hidden}, written as escapes"
    if details.together:
        yield f"  together   answered in the same request as {', '.join(map(one_line, details.together))}"
    if details.reopening is not None:
        yield from _stuck(details.reopening)
    if details.answered_before is not None:
        when = f"{details.answered_before.astimezone():%Y-%m-%d %H:%M:%S}"
        yield f"  answered   from here at {when}; now it is asked again"
    if asked.remark:
        yield f"  remark     {one_line(asked.remark, _LINE)}"
    if asked.two_reviewers is not None:
        yield f"  reviewers  {two_reviewers_words(asked)}"
    for note in (*review.notes, *misleading_parts(asked.payload)):
        yield f"  note       {one_line(note, _LINE)}"
    yield ""
    yield from (f"  {line}" for line in _asked(review))


def _stuck(reopening: Reopening) -> Iterator[str]:
    yield f"  raised     {one_line(reopening.happened, _LINE)}"
    if reopening.stuck:
        yield "  stuck      the same error came twice; hitl-tui reopen asks it again"
    else:
        yield "  stuck      perhaps; try another answer, or hitl-tui reopen to ask it again"
    if reopening.runs_twice:
        nodes = ", ".join(one_line(node, 60) for node in reopening.runs_twice)
        yield f"             reopening also runs finished nodes again: {nodes}"


def _asked(review: Review) -> Iterator[str]:
    match review:
        case ToolCalls(calls=calls, extra=extra):
            for number, call in enumerate(calls, 1):
                yield from _call(number, call)
            yield from _extra(extra)
        case TextToRevise(text=text, prompt=prompt):
            yield from visible(prompt).splitlines()
            if text:
                yield from _indented(visible(text), "> ")
        case Choices(options=options, prompt=prompt):
            yield from visible(prompt).splitlines()
            yield from map(_option, range(1, len(options) + 1), options)
        case Questions(questions=questions, extra=extra):
            for number, each in enumerate(questions, 1):
                yield from _question(number, each)
            yield from _extra(extra)
        case FormToFill(form=form, payload=payload):
            yield from json_text(payload).splitlines()
            yield from _field(form, "")
        case MachineRequest(payload=payload) | AnyJson(payload=payload):
            yield from json_text(payload).splitlines()
        case _:
            assert_never(review)


def _call(number: int, call: ToolCall) -> Iterator[str]:
    yield f"{number}. {one_line(call.name, 120)}"
    if call.description:
        yield "   described by the agent as:"
        yield from _indented(visible(call.description), "   | ")
    yield from _indented(json_text(call.args), "   ")
    yield from (f"   {line}" for line in _extra(call.extra))
    labels = dict(call.labels)
    allowed = (f"{kind} ({labels[kind]})" if kind in labels else str(kind) for kind in call.allowed)
    yield f"   allowed    {', '.join(allowed) or 'nothing'}"
    others = [kind for kind in DecisionKind if kind not in call.allowed]
    if others:
        yield f"   not        {', '.join(others)}: {one_line(call.why_not, _LINE)}"


def _option(number: int, option: Option) -> str:
    text = ""
    if option.text_key:
        text = " with a text" if option.needs_text else " with or without a text"
    sends = one_line(json_text(option.answer, indent=None), _LINE)
    doubt = ", which a node's `if` takes for yes" if option.taken_for_yes else ""
    return f"{number}. {one_line(option.label, _LINE)}: sends {sends}{doubt}{text}"


def _question(number: int, asked: AskedQuestion) -> Iterator[str]:
    yield f"{number}. {one_line(asked.text, _LINE)}"
    needed = "" if asked.required else ", or leave it out"
    yield f"   reply with {'a text' if asked.answered_by == 'text' else asked.answered_by}{needed}"
    for offered in asked.choices:
        yield f"   - {one_line(offered, _LINE)}"
    yield from (f"   {line}" for line in _extra(asked.extra))


def _field(field: FormField, indent: str) -> Iterator[str]:
    """Return a field and what it contains; a form as a whole has no name, and so no line."""
    inner = indent
    if field.name:
        yield indent + field_line(field)
        inner = f"{indent}  "
    for each in field.fields:
        yield from _field(each, inner)
    if field.item is not None:
        yield f"{inner}each item: {field.item.kind.replace('_', ' ')}"
        yield from _field(replace(field.item, name=""), f"{inner}  ")
    for variant in field.variants:
        yield f"{inner}or: {one_line(variant.field.title or ', '.join(variant.types), 120)}"
        yield from _field(replace(variant.field, name=""), f"{inner}  ")


def field_line(field: FormField) -> str:
    """Return a field of a form: its name, what it takes, and what it is for."""
    parts: list[str] = [field.kind.replace("_", " ")]
    parts += ["required"] if field.required else []
    parts += ["or null"] if field.nullable else []
    parts += [one_line(hint, 120) for hint in field.hints]
    if field.choices:
        parts.append("one of " + _values(field.choices))
    if field.has_default:
        parts.append(f"default {_values((field.default,))}")
    description = f": {one_line(field.description, _LINE)}" if field.description else ""
    return f"{one_line(field.name, 120)} ({', '.join(parts)}){description}"


def _values(values: tuple[JsonValue, ...]) -> str:
    return ", ".join(one_line(json_text(value, indent=None), 120) for value in values)


def _extra(others: JsonObject) -> Iterator[str]:
    if others:
        yield "other keys:"
        yield from _indented(json_text(others), "  ")


def _indented(text: str, indent: str) -> Iterator[str]:
    return (f"{indent}{line}" for line in text.split("\n"))
