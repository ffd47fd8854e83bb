"""Graphs with breakpoints: in subgraphs, beside other tasks, and before tasks that were sent."""

import asyncio
import operator
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypedDict

from langchain_core.messages import AIMessage, ToolCall, ToolMessage
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command, Send
from ways import Way, both, chain, note


class Given(TypedDict, total=False):
    """An input that no node changes."""

    input: str


class Text(TypedDict, total=False):
    """A text."""

    text: str


class Growing(TypedDict):
    """A text that grows."""

    text: Annotated[str, operator.add]


class Jokes(TypedDict, total=False):
    """Subjects, and a joke about each."""

    subjects: list[str]
    jokes: Annotated[list[str], operator.add]


class Joke(TypedDict):
    """One subject."""

    subject: str


class Weather(MessagesState, total=False):
    """The state of a subgraph that knows a city."""

    city: str


def adds(word: str) -> Callable[[Growing], Growing]:
    """Return a node that adds a word to a text that grows."""

    def add(state: Growing) -> Growing:
        note(word)
        return {"text": f" {word}"}

    return add


def appends(word: str) -> Callable[[Text], Text]:
    """Return a node that replaces the text by one that is a word longer."""

    def append(state: Text) -> Text:
        note(word)
        return {"text": f"{state['text']} {word}"}

    return append


def _stops_after_each(way: Way) -> Any:
    def nothing(state: Given) -> None:
        pass

    builder = chain(way, Given, first=nothing, second=nothing, third=nothing)
    return builder.compile(interrupt_after="*")


def _stops_before_first(way: Way) -> Any:
    builder = chain(way, Growing, first=adds("one"), second=adds("two"))
    return builder.compile(interrupt_before=["first"])


def _stops_inside(way: Way, **breakpoints: Any) -> Any:
    """Stop in a subgraph, while another task runs beside it."""
    inner = chain(way, Growing, early=adds("early"), late=adds("late"))
    builder = StateGraph(Growing).add_node("inner", inner.compile(interrupt_before=["late"]))
    builder.add_node("beside", way(adds("beside"))).add_node("finish", way(adds("end")))
    builder.add_edge(START, "inner").add_edge(START, "beside")
    return builder.add_edge(["inner", "beside"], "finish").compile(**breakpoints)


def _stops_deep_inside(way: Way) -> Any:
    deep = chain(way, Text, here=appends("here"), there=appends("there"))
    middle = chain(way, Text, deep=deep.compile(interrupt_before=["there"])).compile()
    nodes = {"greet": appends("hi"), "middle": middle, "back": appends("back")}
    return chain(way, Text, **nodes).compile()


def _stops_in_sent(way: Way) -> Any:
    def edit(state: Joke) -> Joke:
        return {"subject": f"{state['subject']}, ha"}

    def tell(state: Joke) -> Jokes:
        return {"jokes": [f"About {state['subject']}"]}

    def send(state: Jokes) -> list[Send]:
        return [Send("joke", {"subject": subject}) for subject in state["subjects"]]

    inner: Any = StateGraph(Joke, output_schema=Jokes).add_node("edit", way(edit))
    inner.add_node("tell", way(tell)).add_edge(START, "edit").add_edge("edit", "tell")
    builder = StateGraph(Jokes).add_node("joke", inner.compile(interrupt_before=["tell"]))
    return builder.add_conditional_edges(START, send, ["joke"]).compile()


def _stops_in_called(way: Way) -> Any:
    """Stop in a subgraph that a node calls."""

    def choose(state: Weather) -> Any:
        note("choose")
        return {"city": "Rome"}

    def look(state: Weather) -> Any:
        note("look")
        return {"messages": [AIMessage(f"Sunny in {state['city']}")]}

    inner = chain(way, Weather, choose=choose, look=look).compile(interrupt_before=["look"])
    call = way.calling(inner, dict, lambda _, its: {"messages": its["messages"]})
    return chain(way, MessagesState, call=call).compile()


def _stops_before_sent(*, by_command: bool) -> Callable[[Way], Any]:
    """A message's tool calls are sent, by a node's command or by an edge."""
    message = AIMessage("", id="ai", tool_calls=[ToolCall(name="act", args={"x": 1}, id="1")])

    def sends(last: Any) -> list[Send]:
        return [Send(call["name"], call) for call in getattr(last, "tool_calls", ())]

    def agent(state: MessagesState) -> Command[Literal["act"]]:
        return Command(update={"messages": message}, goto=sends(message) if by_command else [])

    def act(call: ToolCall) -> Any:
        note("act")
        return {"messages": ToolMessage(str(call["args"]), tool_call_id=call["id"])}

    def build(way: Way) -> Any:
        builder = StateGraph(MessagesState).add_node("agent", way(agent))
        builder.add_node("act", way(act)).add_edge(START, "agent")
        if not by_command:
            builder.add_conditional_edges("agent", lambda state: sends(state["messages"][-1]))
        return builder.compile(interrupt_before=["act"])

    return build


def _sends_many(*, by_command: bool) -> Any:
    """Send a hundred tasks; the last node notes how many ran at the same time."""
    running: list[int] = []

    async def first(state: list[Any]) -> Any:
        sends = [Send("second", number) for number in range(100)]
        return Command(update=["1"], goto=sends) if by_command else ["1"]

    async def second(number: int) -> Any:
        running.append(running[-1] + 1 if running else 1)
        await asyncio.sleep(0.01)
        running.append(running[-1] - 1)
        return Command(update=[number], goto="third") if by_command else [number]

    async def third(state: list[Any]) -> list[str]:
        note(max(running))
        running.clear()
        return ["3"]

    builder: Any = StateGraph(Annotated[list, operator.add])  # type: ignore[arg-type]
    builder.add_node("first", first, destinations=("second",))
    builder.add_node("second", second, destinations=("third",))
    builder.add_node("third", third).add_edge(START, "first")
    if not by_command:
        sends = [Send("second", number) for number in range(100)]
        builder.add_conditional_edges("first", lambda _: sends, ["second"])
        builder.add_edge("second", "third")
    return builder.compile()


stops_after_each, stops_after_each_async = both(_stops_after_each)
stops_before_first, stops_before_first_async = both(_stops_before_first)
stops_inside, stops_inside_async = both(_stops_inside)
stops_before_too, stops_before_too_async = both(
    lambda way: _stops_inside(way, interrupt_before=["beside"])
)
stops_after_too, stops_after_too_async = both(
    lambda way: _stops_inside(way, interrupt_after=["beside"])
)
stops_deep_inside, stops_deep_inside_async = both(_stops_deep_inside)
stops_in_sent, stops_in_sent_async = both(_stops_in_sent)
stops_in_called, stops_in_called_async = both(_stops_in_called)
stops_before_sent, stops_before_sent_async = both(_stops_before_sent(by_command=False))
stops_before_commanded, stops_before_commanded_async = both(_stops_before_sent(by_command=True))
sends_many_async = _sends_many(by_command=False)
commands_many_async = _sends_many(by_command=True)
