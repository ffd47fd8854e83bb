"""A graph that finds documents on two paths of different length, then asks."""

import time
from typing import Annotated, Any, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt


def sorted_together(old: list[str], new: list[str]) -> list[str]:
    """Return both lists, sorted."""
    return sorted(old + new)


class Query(TypedDict, total=False):
    """A query, its documents and its answer."""

    query: str
    answer: str
    docs: Annotated[list[str], sorted_together]


def rewrite(state: Query) -> Query:
    """Rewrite the query."""
    return {"query": f"query: {state['query']}"}


def analyze(state: Query) -> Query:
    """Rewrite it once more."""
    return {"query": f"analyzed: {state['query']}"}


def find_more(state: Query) -> Query:
    """Find documents, and take longer than `analyze`."""
    time.sleep(0.05)
    return {"docs": ["doc3", "doc4"]}


def find(state: Query) -> Query:
    """Find documents on the longer path."""
    return {"docs": ["doc1", "doc2"]}


def answer(state: Query) -> Query:
    """Ask, then answer with the documents."""
    interrupt("")
    return {"answer": ",".join(state["docs"])}


def _documents() -> Any:
    builder = StateGraph(Query)
    for node in (rewrite, analyze, find, find_more, answer):
        builder.add_node(node)
    builder.add_edge(START, "rewrite").add_edge("rewrite", "analyze").add_edge("analyze", "find")
    builder.add_conditional_edges("rewrite", lambda _: "find_more", ["find_more"])
    return builder.add_edge("find", "answer").compile()


documents = documents_async = _documents()
