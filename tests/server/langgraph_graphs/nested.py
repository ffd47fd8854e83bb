"""Graphs that ask in a subgraph: as a node, called in a node, or sent several times."""

import operator
from typing import Annotated, Any, Literal, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import Command, RetryPolicy, Send, interrupt
from pydantic import BaseModel, Field
from ways import Market, Node, Way, both, chain, note


class InnerMarket(TypedDict):
    """The state of a subgraph, where the text is replaced."""

    key: str
    market: str


class Text(TypedDict, total=False):
    """One text, and a counter."""

    text: str
    count: int


class Other(TypedDict, total=False):
    """A state that shares nothing with `Text`."""

    start: str
    more: str


class Memory(TypedDict, total=False):
    """A text that both graphs know, and one that only the subgraph knows."""

    text: str
    kept: str


class Prompt(BaseModel):
    """The state of a sent subgraph."""

    prompt: str
    replies: Annotated[list[str], operator.add] = Field(default_factory=list)


class Prompts(BaseModel):
    """The state of the graph that sends."""

    prompts: list[str]
    replies: Annotated[list[str], operator.add] = Field(default_factory=list)


class Messages(BaseModel):
    """Messages in a pydantic model."""

    messages: Annotated[list[AnyMessage], add_messages] = Field(default_factory=list)


class Topic(TypedDict, total=False):
    """What to talk about, and the last reply."""

    topic: str
    result: str


def asks(text: str, key: str = "text") -> Node:
    """Return a node that asks, and writes the answer."""
    return lambda state: {key: interrupt(text)}


def _market_inside(way: Way) -> Any:
    def ask(state: InnerMarket) -> Any:
        note("ask")
        return {"key": interrupt("Just because") if state["market"] == "DE" else " all good"}

    inner = StateGraph(InnerMarket).add_node("do", way(ask), retry_policy=RetryPolicy())
    return chain(way, Market, ask=inner.add_edge(START, "do").compile()).compile()


def _calls_other_state(way: Way) -> Any:
    def join(state: Other) -> Other:
        return {"start": state["start"] + state["more"]}

    def greet(state: Text) -> Text:
        return {"text": f"hi! {state['text']}"}

    inner = chain(way, Other, ask=asks("More?", "more"), join=join).compile(checkpointer=True)
    call = way.calling(
        inner, lambda state: {"start": state["text"]}, lambda _, its: {"text": its["start"]}
    )
    return chain(way, Text, greet=greet, call=call).compile()


def _asks_in_subgraph(way: Way) -> Any:
    inner = chain(way, Text, ask=asks("A text:")).compile()
    return chain(way, Text, before=lambda _: {"text": "before"}, inner=inner).compile()


def _two_nodes_ask(way: Way) -> Any:
    return chain(way, Text, first=asks("First?"), second=asks("Second?")).compile()


def _calls_two_nodes(way: Way) -> Any:
    inner = _two_nodes_ask(way)
    return chain(way, Text, call=way.calling(inner, dict, lambda _, its: its)).compile()


def _sends(way: Way, inner: Any, for_each: int = 1) -> Any:
    """Send each prompt to a subgraph, and check how many replies there are for each."""

    def send(state: Prompts) -> list[Send]:
        return [Send("inner", {"prompt": prompt}) for prompt in state.prompts]

    def check(state: Prompts) -> None:
        assert len(state.replies) == for_each * len(state.prompts)

    builder = StateGraph(Prompts).add_node("inner", inner).add_node("check", way(check))
    builder.add_conditional_edges(START, send, ["inner"])
    return builder.add_edge("inner", "check").compile()


def reply(state: Prompt) -> dict[str, Any]:
    """Ask what the prompt tells."""
    return {"replies": [interrupt(state.prompt)]}


def _sends_prompts(way: Way) -> Any:
    return _sends(way, chain(way, Prompt, reply=reply).compile())


def _sends_to_two(way: Way) -> Any:
    inner = StateGraph(Prompt).add_node("person", way(reply)).add_node("dolphin", way(reply))
    return _sends(way, inner.add_edge(START, "person").add_edge(START, "dolphin").compile(), 2)


def _enters_again(way: Way) -> Any:
    """Call a subgraph twice in a run; it keeps its state."""

    def prepare(state: Memory) -> Memory:
        note(["prepare", state.get("kept")])
        return {"text": "prepared"}

    def ask(state: Memory) -> Memory:
        note("ask")
        return {"text": "asked", "kept": interrupt("A value:") + "!"}

    def again(state: Text) -> Any:
        note("again")
        if state["count"] < 1:
            return Command(goto="call", update={"count": state["count"] + 1})
        return {"text": f"{state['text']}|again"}

    inner = chain(way, Memory, prepare=prepare, ask=ask).compile(checkpointer=True)
    call = way.calling(inner, dict, lambda _, its: {"text": its["text"]})
    return chain(way, Text, call=call, again=again).compile()


def _streams_messages(way: Way) -> Any:
    def propose(state: Messages) -> Command[Literal["approve"]]:
        return Command(goto="approve", update={"messages": [AIMessage("A plan", id="plan")]})

    def approve(state: Messages) -> dict[str, Any]:
        return {"messages": [HumanMessage(interrupt("Approve?")["text"], id="reply")]}

    def finish(state: Messages) -> dict[str, Any]:
        return {"messages": [AIMessage("Done", id="done")]}

    inner = StateGraph(Messages).add_node("propose", way(propose))
    inner.add_node("approve", way(approve)).add_edge(START, "propose")
    return chain(way, Messages, inner=inner.compile(), finish=finish).compile()


def _talks(way: Way, *, remembers: bool) -> Any:
    """Talk about a topic with a subgraph, whose messages are kept between runs, or not."""

    def process(state: MessagesState) -> Any:
        interrupt("Continue?")
        return {"messages": [AIMessage(f"Processing: {state['messages'][-1].text}")]}

    def respond(state: MessagesState) -> Any:
        return {"messages": [AIMessage("Done")]}

    def result(state: Topic, its: MessagesState) -> Topic:
        note([message.text for message in its["messages"]])
        return {"result": str(its["messages"][-1].text)}

    inner = chain(way, MessagesState, process=process, respond=respond).compile()
    if remembers:
        inner = chain(way, MessagesState, agent=inner).compile(checkpointer=True)
    call = way.calling(inner, lambda state: {"messages": [HumanMessage(state["topic"])]}, result)
    return chain(way, Topic, call=call).compile()


market_inside, market_inside_async = both(_market_inside)
calls_other_state, calls_other_state_async = both(_calls_other_state)
asks_in_subgraph, asks_in_subgraph_async = both(_asks_in_subgraph)
two_nodes_ask, two_nodes_ask_async = both(_two_nodes_ask)
calls_two_nodes, calls_two_nodes_async = both(_calls_two_nodes)
sends_prompts, _ = both(_sends_prompts)
sends_to_two, _ = both(_sends_to_two)
enters_again, enters_again_async = both(_enters_again)
streams_messages, _ = both(_streams_messages)
talks_anew, talks_anew_async = both(lambda way: _talks(way, remembers=False))
talks_on, talks_on_async = both(lambda way: _talks(way, remembers=True))
