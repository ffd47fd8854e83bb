"""Graphs of the sizes that people have: a long chain, many tasks at once, and several agents."""

import operator
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import Send, interrupt
from typing_extensions import TypedDict

NODES = 40
PAGES = 50
UNREADABLE = (12, 31)
"""The pages of the report for which a person is asked."""


class Steps(TypedDict, total=False):
    """How many steps were done, and whether to jump over some."""

    done: Annotated[int, operator.add]
    skip: bool


def _step(number: int) -> Callable[[Steps], Steps]:
    def step(state: Steps) -> Steps:
        if number == NODES // 2:
            interrupt(f"Step {number} is expensive. Go on?")
        return {"done": 1}

    return step


def _shortcut(number: int) -> Callable[[Steps], str]:
    return lambda state: f"step_{number + (5 if state.get('skip') else 1):02}"


_chain: Any = StateGraph(Steps)
for _number in range(1, NODES + 1):
    _chain.add_node(f"step_{_number:02}", _step(_number))
    if _number % 7 == 0 and _number + 5 <= NODES:
        _ahead = [f"step_{_number + 1:02}", f"step_{_number + 5:02}"]
        _chain.add_conditional_edges(f"step_{_number:02}", _shortcut(_number), _ahead)
    elif _number < NODES:
        _chain.add_edge(f"step_{_number:02}", f"step_{_number + 1:02}")
_chain.add_edge(START, "step_01").add_edge(f"step_{NODES:02}", END)
shortcuts = _chain.compile()


class Report(TypedDict, total=False):
    """The pages of a report as they were read, and their summary."""

    lines: Annotated[list[str], operator.add]
    summary: str


class Page(TypedDict):
    """One page, for one task."""

    number: int


def split(state: Report) -> Report:
    """Divide the report into pages."""
    return {"lines": []}


def _each_page(state: Report) -> list[Send]:
    return [Send("read_page", {"number": number}) for number in range(1, PAGES + 1)]


def read_page(page: Page) -> Report:
    """Read a page; ask a person for those that cannot be read."""
    number = page["number"]
    if number not in UNREADABLE:
        return {"lines": [f"page {number} was read"]}
    return {"lines": [str(interrupt(f"Page {number} is not readable. What does it say?"))]}


def combine(state: Report) -> Report:
    """Count the lines."""
    return {"summary": f"{len(state.get('lines', []))} pages"}


_report: Any = StateGraph(Report).add_node("split", split)
_report.add_node("read_page", read_page).add_node("combine", combine)
_report.add_edge(START, "split").add_conditional_edges("split", _each_page, ["read_page"])
_report.add_edge("read_page", "combine").add_edge("combine", END)
map_reduce = _report.compile()


def look_up(order: int) -> str:
    """Look an order up."""
    return f"Order {order} was paid twice."


def refund(order: int, amount: float) -> str:
    """Pay money back."""
    return f"{amount} was paid back for order {order}."


def write_letter(to: str) -> str:
    """Write a letter."""
    return f"A letter to {to} was written."


class Member(BaseChatModel):
    """The model of one agent: it calls a tool, and tells the result."""

    member: str
    tool: str
    args: dict[str, Any]

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> "Member":
        """Accept the tools; the call is known."""
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        call: Any = {"name": self.tool, "args": self.args, "id": f"call-{self.member}"}
        last = messages[-1]
        message = (
            AIMessage(f"Done. {last.text}")
            if isinstance(last, ToolMessage)
            else AIMessage(f"I need {self.tool} for this.", tool_calls=[call])
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    @property
    def _llm_type(self) -> str:
        return "member"


def _agent(name: str, tool: Callable[..., str], *middleware: Any, **args: Any) -> Any:
    model = Member(member=name, tool=tool.__name__, args=args)
    return create_agent(model, [tool], middleware=middleware, name=name)


_AGENTS = {
    "researcher": _agent("researcher", look_up, order=1042),
    "accountant": _agent(
        "accountant",
        refund,
        HumanInTheLoopMiddleware(interrupt_on={"refund": True}),
        order=1042,
        amount=39.5,
    ),
    "writer": _agent("writer", write_letter, to="Ada"),
}


def supervise(state: MessagesState) -> dict[str, Any]:
    """Say whose turn it is."""
    following = _next_agent(state)
    words = "All is done." if following == END else f"The {following} goes on with this."
    return {"messages": [AIMessage(words, name="supervisor")]}


def _next_agent(state: MessagesState) -> str:
    spoken = {message.name for message in state["messages"]}
    return next((name for name in _AGENTS if name not in spoken), END)


_team: Any = StateGraph(MessagesState).add_node("supervise", supervise)
for _name, _member in _AGENTS.items():
    _team.add_node(_name, _member).add_edge(_name, "supervise")
_team.add_edge(START, "supervise").add_conditional_edges("supervise", _next_agent, [*_AGENTS, END])
supervisor = _team.compile()
