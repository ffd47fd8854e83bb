"""The documents name commands and options that exist, and every command is described."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict

from hitl_engine.model import Choices, FormToFill, JsonValue, TextToRevise, ToolCalls
from hitl_engine.payloads import recognise
from hitl_tui.argument_parser import parser_of_all
from tests.program import ROOT

PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
CODE = re.compile(r"```console\n(.*?)```|`([^`\n]+)`", re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")


class Draft(TypedDict):
    """The state of the examples."""

    draft: str


def commands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command."""
    [subparsers] = [
        action
        for action in parser_of_all()._actions
        if isinstance(action, argparse._SubParsersAction)
    ]
    found: dict[str, argparse.ArgumentParser] = subparsers.choices
    return found


def calls(page: Path) -> Iterator[list[str]]:
    """Yield the words of each `hitl-tui …` on a page, without what follows a pipe or a comment."""
    for block, code in CODE.findall(page.read_text(encoding="utf-8")):
        for line in (block or code).replace("\\\n", " ").splitlines():
            for part in re.split(r"[|;]|\s#\s", line.replace("\\|", " ")):
                words = re.split(r"[\s=()\[\],…'\"]+", part.strip().removeprefix("$ "))
                if "hitl-tui" in words:
                    yield words[words.index("hitl-tui") + 1 :]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_that_is_named_exists(page: Path) -> None:
    parsers = commands()
    console = {each for each in parser_of_all()._option_string_actions}
    for words in calls(page):
        name = next((word for word in words if word in parsers), "")
        known = {*console, *(parsers[name]._option_string_actions if name else ())}
        nested = [
            each
            for action in (parsers[name]._actions if name else ())
            if isinstance(action, argparse._SubParsersAction)
            for each in action.choices.values()
        ]
        known |= {option for parser in nested for option in parser._option_string_actions}
        options = {word for word in words if re.fullmatch(r"--[a-z][a-z-]*", word)}
        assert options <= known, (words, options - known)


def test_every_command_is_described() -> None:
    text = (ROOT / "docs" / "scripting.md").read_text(encoding="utf-8")
    described = set(re.findall(r"hitl-tui ([a-z-]+)", text))
    elsewhere = {"demo", "serve", "web"}
    assert set(commands()) - elsewhere == described & set(commands())


@pytest.mark.parametrize(
    ("node", "kind", "answer", "draft"),
    [
        ("revise", TextToRevise, "Short.", "Short."),
        ("publish", Choices, True, "Hello (published)"),
        ("choose", Choices, "Not at all", "Not at all"),
        ("approve", FormToFill, {"amount": 10, "urgent": True}, "10"),
        ("send", ToolCalls, {"decisions": [{"type": "approve"}]}, "approve"),
        ("buy", Choices, True, "Hello (bought)"),
    ],
)
def test_the_examples_ask_as_they_promise(
    node: str, kind: type, answer: JsonValue, draft: str
) -> None:
    page = (ROOT / "docs" / "writing-graphs.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {"interrupt": interrupt}
    for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(code, names)  # noqa: S102  our own page
    graph = (
        StateGraph(Draft)
        .add_node(node, names[node])
        .add_edge(START, node)
        .compile(checkpointer=InMemorySaver())
    )
    config: RunnableConfig = {"configurable": {"thread_id": "t"}}
    [asked] = graph.invoke({"draft": "Hello"}, config)["__interrupt__"]
    assert isinstance(recognise(asked.value, asked.response_schema), kind)
    assert graph.invoke(Command(resume=answer), config) == {"draft": draft}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for place, part in LINK.findall(page.read_text(encoding="utf-8")):
        if place.startswith("http"):
            continue
        target = (page.parent / place) if place else page
        assert target.exists(), place
        if part:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert part in {
                re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings
            }
