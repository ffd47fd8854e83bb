"""From a question to a decision, by asking a person line by line."""

from typing import assert_never

from hitl_engine.errors import NotTaken
from hitl_engine.forms.typed_values import Typed, read, start_of
from hitl_engine.model import (
    Answer,
    AnyJson,
    Approve,
    AskedQuestion,
    Choices,
    Choose,
    Decision,
    DecisionKind,
    Decline,
    Edit,
    Fill,
    FormField,
    FormToFill,
    JsonValue,
    MachineRequest,
    Question,
    Questions,
    Reject,
    Replies,
    Reply,
    Respond,
    Review,
    Revise,
    TextToRevise,
    ToolCall,
    ToolCalls,
    Verdict,
    Verdicts,
)
from hitl_engine.visible import json_text, one_line
from hitl_tui.shell.question_output import field_line
from hitl_tui.shell.standard_streams import print_output
from hitl_tui.shell.typed_lines import BACK, GoBack, TypedLines, index_of, numbered

_JSON = {"j": "JSON: give the whole answer as JSON"}
_BACK = {"b": "back to the list"}
_VERDICTS = {
    DecisionKind.APPROVE: ("a", "let it run as shown"),
    DecisionKind.EDIT: ("e", "let it run with other arguments"),
    DecisionKind.REJECT: ("r", "do not run it"),
    DecisionKind.RESPOND: ("p", "answer in its place"),
}
"""The key of each verdict, and what it does."""


async def ask_decision(question: Question, lines: TypedLines) -> Decision:
    """Return what the person decides. Raises GoBack, EndOfInput, NotTaken."""
    ways = _ways(question.review)
    match await lines.choice("Decide:", {**ways, **_JSON, **_BACK}):
        case "b":
            raise GoBack
        case "j":
            return Answer(await lines.json("The answer"))
        case "d":
            return Decline()
        case way:
            return await _decision(question.review, way, lines)


def _ways(review: Review) -> dict[str, str]:
    match review:
        case ToolCalls(calls=(call,)):
            return _verdict_ways(call)
        case ToolCalls(calls=calls):
            return {"v": f"verdicts: one after the other for the {len(calls)} calls"}
        case TextToRevise(text=""):
            return {"t": "text: write it"}
        case TextToRevise():
            return {"k": "keep the text as it is", "t": "text: change it"}
        case Choices(listed=True):
            return {"c": "choose an option by its number"}
        case Choices():
            return {"c": "choose an option by its number", "t": "text: answer in your own words"}
        case Questions():
            return {"q": "questions: reply to them", "d": "decline to answer"}
        case FormToFill(can_decline=declines):
            return {"f": "fields: fill them in", **({"d": "decline to answer"} if declines else {})}
        case AnyJson():
            return {"t": "text: answer with a text"}
        case MachineRequest():
            return {}
        case _:
            assert_never(review)


async def _decision(review: Review, way: str, lines: TypedLines) -> Decision:
    match review, way:
        case ToolCalls(calls=(call,)), _:
            return Verdicts((await _verdict(call, way, lines),))
        case ToolCalls(calls=calls), _:
            return Verdicts(
                tuple([await _numbered_verdict(calls, n, lines) for n in range(len(calls))])
            )
        case TextToRevise(text=text), "k":
            return Revise(text)
        case TextToRevise(text=text), _:
            return Revise(await lines.text("The text", text))
        case Choices(), "c":
            return await _chosen(review, lines)
        case Questions(questions=questions), _:
            return Replies(tuple([await _reply(each, lines) for each in questions]))
        case FormToFill(form=form), _:
            return Fill(await _filled(form, lines))
        case _:
            return Revise(await lines.text("The text"))


# Tool calls


def _verdict_ways(call: ToolCall) -> dict[str, str]:
    labels = dict(call.labels)
    return {
        key: f"{labels.get(kind, kind.value).lower()}: {words}"
        for kind, (key, words) in _VERDICTS.items()
        if kind in call.allowed
    }


async def _numbered_verdict(calls: tuple[ToolCall, ...], index: int, lines: TypedLines) -> Verdict:
    call = calls[index]
    asked = f"Call {index + 1} of {len(calls)}, {one_line(call.name, 80)}:"
    way = await lines.choice(asked, {**_verdict_ways(call), **_BACK})
    if way == "b":
        raise GoBack
    return await _verdict(call, way, lines)


async def _verdict(call: ToolCall, way: str, lines: TypedLines) -> Verdict:
    match way:
        case "a":
            return Approve()
        case "e":
            args = await lines.json("All the arguments", json_text(call.args))
            if not isinstance(args, dict):
                raise NotTaken("The arguments must be a JSON object.")
            return Edit(args)
        case "p":
            return Respond(await lines.text("What the tool returns"))
        case _:
            if not call.takes_reason:
                return Reject()
            return Reject(await lines.line("The reason, on one line; empty for none.") or None)


# Choices and questions


async def _chosen(review: Choices, lines: TypedLines) -> Choose:
    index = await lines.number(f"The number of the option; {BACK} goes back.", len(review.options))
    option = review.options[index]
    if not option.text_key:
        return Choose(index)
    empty = "" if option.needs_text else "; empty for none"
    return Choose(
        index, await lines.line(f"The text that goes with it, on one line{empty}.") or None
    )


async def _reply(asked: AskedQuestion, lines: TypedLines) -> Reply:
    """Return the reply to one question: numbers of its choices, or a text."""
    print_output(one_line(asked.text, 2000))
    if not asked.choices:
        return Reply(await _own_text("Your reply, on one line.", lines))
    print_output(numbered([one_line(each, 400) for each in asked.choices]))
    several = "numbers, with commas between them" if asked.answered_by == "choices" else "a number"
    typed = await _own_text(f"Type {several}, or a text of your own.", lines)
    indices = [index_of(part.strip(), len(asked.choices)) for part in typed.split(",")]
    chosen = tuple(asked.choices[index] for index in indices if index is not None)
    if len(chosen) < len(indices) or (asked.answered_by != "choices" and len(chosen) > 1):
        return Reply(typed)
    return Reply(chosen=chosen)


async def _own_text(question: str, lines: TypedLines) -> str:
    typed = await lines.line(f"{question} {BACK} goes back.")
    if typed == BACK:
        raise GoBack
    return typed


# Forms


async def _filled(form: FormField, lines: TypedLines) -> JsonValue:
    """Return the values of a form. Raises NotTaken with what cannot be read."""
    found = read(form, await _typed(form, lines))
    if found.faults:
        raise NotTaken("The form cannot be read.", faults=found.faults)
    return found.value


async def _typed(field: FormField, lines: TypedLines) -> Typed:
    """Return what is typed for a field; without anything, its default."""
    if field.kind == "fixed":
        return True
    if field.kind == "object":
        given = {each.name: await _typed(each, lines) for each in field.fields}
        return {
            "fields": {name: typed for name, typed in given.items() if typed != ""},
            "beside": {},
        }
    print_output(field_line(field))
    while True:
        if not (text := await _text_of(field, lines)):
            return start_of(field) if field.has_default else ""
        typed = _meant(field, text)
        if not (faults := read(field, typed).faults):
            return typed
        listed = field.kind in ("boolean", "choice")
        print_output(one_line(f"It {'is none of these' if listed else faults[0].words}.", 400))


async def _text_of(field: FormField, lines: TypedLines) -> str:
    if field.kind == "long_text":
        return await lines.text(one_line(field.name, 80))
    return await _own_text(_how(field), lines)


def _meant(field: FormField, text: str) -> Typed:
    match field.kind:
        case _ if text == "null" and field.nullable:
            return None
        case "boolean" if text.lower() in ("y", "yes", "n", "no"):
            return text.lower().startswith("y")
        case "choice" if (index := index_of(text, len(field.choices))) is not None:
            return index
        case "list" | "variants":
            return {"json": text}
        case _:
            return text


def _how(field: FormField) -> str:
    does = "takes its default" if field.has_default else "leaves it out"
    nothing = f"An empty line {does}."
    match field.kind:
        case "text":
            return f"Type the text on one line. {nothing}"
        case "integer" | "number":
            return f"Type the number. {nothing}"
        case "boolean":
            return f"Type yes or no. {nothing}"
        case "choice":
            labels = field.labels or tuple(json_text(each, indent=None) for each in field.choices)
            return f"{numbered([one_line(each, 200) for each in labels])}\nType a number. {nothing}"
        case _:
            return f"Type it as JSON, on one line. {nothing}"
