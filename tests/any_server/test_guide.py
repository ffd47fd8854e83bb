"""The example of LangGraph's guide, from its start to its end."""

import asyncio

from hitl_engine.desk import Desk
from hitl_engine.model import Revise, ThreadStatus
from tests.any_server.console import Console
from tests.any_server.steps import decide, questions_of, start
from tests.journeys.test_journeys import press, quit_console, wait_until_ready


async def test_a_text_is_revised_through_the_desk(desk: Desk) -> None:
    thread = await start(desk, "revise", {"some_text": "original text"})
    waiting = [each for each in (await desk.inbox()).items if each.thread_id == thread.thread_id]
    assert tuple(waiting) == thread.waiting
    [question] = questions_of(desk, thread)
    assert question.interrupt.payload == {"text_to_revise": "original text"}
    done = await decide(desk, thread, Revise("edited text"))
    assert done.status is ThreadStatus.DONE
    assert done.values == {"some_text": "edited text"}
    assert done.thread_id not in [each.thread_id for each in (await desk.inbox()).items]


async def test_its_input_can_be_given_at_once(desk: Desk) -> None:
    """The JavaScript server needs up to half a minute, or fails, before it describes the input."""
    [graph] = [each for each in await desk.graphs() if each.graph_id == "revise"]
    async with asyncio.timeout(10):
        form = await anext(desk.input_forms(graph))
    assert form.incomplete or [field.name for field in form.form.fields] == ["some_text"]
    assert form.nodes == ("human_node",)


def test_a_text_is_revised_in_the_shell(console: Console) -> None:
    started = console.run("run", "revise", "--input", '{"some_text": "original text"}')
    thread_id, [asked] = started["thread_id"], started["interrupts"]
    [listed] = [each for each in console.run("list") if each["thread_id"] == thread_id]
    assert listed["payload"] == asked["value"] == {"text_to_revise": "original text"}
    shown = console.run("show", thread_id)
    assert shown["interrupts"][0]["id"] == asked["id"]
    done = console.run("answer", thread_id, "--text", "edited text")
    assert (done["outcome"], done["values"]) == ("applied", {"some_text": "edited text"})
    assert thread_id not in [each["thread_id"] for each in console.run("list")]


def test_a_text_is_revised_in_the_console(console: Console) -> None:
    thread_id = console.run("run", "revise", "--input", '{"some_text": "a b c"}')["thread_id"]
    with console.open(rows=40) as terminal:
        terminal.wait_for(r"¶ text +“")
        press(terminal, "enter")
        terminal.wait_for("a b c")
        wait_until_ready(terminal)
        press(terminal, "end", *"!")
        terminal.wait_for(r'"a b c!"')
        press(terminal, "ctrl+s")
        terminal.wait_for("done")
        quit_console(terminal)
    assert console.run("show", thread_id)["values"] == {"some_text": "a b c!"}
