"""Finds the graph, the thread and the interrupt that the arguments of a command name."""

from argparse import Namespace
from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from hitl_engine.errors import BadInput, GraphBroken, NoLongerWaits, NotThere
from hitl_engine.model import Breakpoint, Graph, Inbox, Interrupt, ItemFilter, ThreadView
from hitl_engine.visible import one_line
from hitl_tui.text.graph_labels import graph_labels, ids_of
from hitl_tui.text.item_summary import NO_ANSWER, item_line

if TYPE_CHECKING:
    from hitl_engine.desk import Desk


async def find_graph(desk: "Desk", name: str) -> Graph:
    """Return a graph by its name, its id or its assistant's id. Raises BadInput, GraphBroken.

    A graph's own assistant has the graph's name. A name that several assistants have is refused.
    """
    known = await desk.graphs()
    for broken in desk.server.broken:
        if broken.graph_id == name:
            raise GraphBroken(broken.what, hint="Fix it first.", detail=broken.traceback)
    matches = (
        [graph for graph in known if graph.assistant_id == name]
        or [graph for graph in known if graph.name == name]
        or [graph for graph in known if graph.graph_id == name]
    )
    if not matches:
        raise _no_graph(name, graph_labels(known))
    if len(matches) > 1:
        raise _several_graphs(name, matches, "assistant")
    return matches[0]


async def find_filter(desk: "Desk", args: Namespace, inbox: Inbox | None = None) -> ItemFilter:
    """Return the filter that the options name. Raises BadInput for an unknown graph.

    The inbox is read only if a graph is named, and it was not read before.
    """
    graphs: list[str] = []
    if args.graph:
        read = inbox or await desk.inbox()
        graphs = [await find_graph_id(desk, read, name) for name in args.graph]
    return ItemFilter(frozenset(graphs), frozenset(args.tool), frozenset(args.kind))


async def find_graph_id(desk: "Desk", inbox: Inbox, name: str) -> str:
    """Return the id of a graph. Threads of a graph that is gone still wait. Raises BadInput."""
    known = await desk.graphs()
    ids = {graph.graph_id for graph in known}
    ids |= {broken.graph_id for broken in desk.server.broken}
    ids |= {item.graph_id for item in inbox.items}
    if name in ids:
        return name
    named = [graph for graph in known if graph.name == name]
    match sorted({graph.graph_id for graph in named}):
        case []:
            raise _no_graph(name, {*ids, *graph_labels(known)})
        case [graph_id]:
            return graph_id
        case _:
            raise _several_graphs(name, named, "graph")


def _several_graphs(name: str, matches: list[Graph], which: str) -> BadInput:
    return BadInput(
        f"{name} names {len(matches)} assistants.",
        kept="Nothing was sent.",
        hint=f"Give the id of the {which} instead:",
        detail="\n".join(f"{one_line(graph.name)}: {ids_of(graph)}" for graph in matches),
    )


def _no_graph(name: str, known: Iterable[str]) -> BadInput:
    names = ", ".join(sorted(known)) or "none"
    return BadInput(f"There is no graph {name}.", hint=f"The target has: {names}.")


async def find_thread(desk: "Desk", thread_id: str) -> ThreadView:
    """Read a thread. Raises NoLongerWaits for one that was never there: the target is not at fault."""
    try:
        UUID(thread_id)
        return await desk.thread(thread_id)
    except (ValueError, NotThere) as error:
        raise NoLongerWaits(
            f"There is no thread {thread_id}.", hint="hitl-tui list shows what waits."
        ) from error


def pending_interrupts(thread: ThreadView) -> list[Interrupt]:
    """Return the interrupts of a thread, without a breakpoint."""
    return [item for item in thread.waiting if isinstance(item, Interrupt)]


def find_interrupt(desk: "Desk", thread: ThreadView, interrupt_id: str | None) -> Interrupt:
    """Return the interrupt with this id, or the only one. Raises BadInput, NoLongerWaits."""
    pending = pending_interrupts(thread)
    if interrupt_id is None and len(pending) > 1:
        raise _several(desk, pending)
    for item in pending:
        if interrupt_id in (None, item.interrupt_id):
            return item
    hint = "" if pending else _instead_of_an_answer(thread)
    what = f"interrupt {interrupt_id}" if interrupt_id else "interrupt"
    raise NoLongerWaits(
        f"No {what} waits on thread {thread.thread_id}, which is {thread.status}.",
        kept="Nothing was sent.",
        hint=hint,
    )


def _instead_of_an_answer(thread: ThreadView) -> str:
    match thread.waiting:
        case (Breakpoint(when="in"),):
            return f"{NO_ANSWER} Change the state, and use hitl-tui step."
        case (Breakpoint(),):
            return "It is at a breakpoint: use hitl-tui step."
        case _:
            return ""


def _several(desk: "Desk", pending: list[Interrupt]) -> BadInput:
    return BadInput(
        f"{len(pending)} interrupts wait on this thread.",
        kept="Nothing was sent.",
        hint="Choose one with --interrupt ID, or answer several with --interrupt ID=JSON:",
        detail="\n".join(
            f"{item.interrupt_id}  {one_line(item.node)}: "
            f"{one_line(item_line(desk.reviews.question(item)))}"
            for item in pending
        ),
    )
