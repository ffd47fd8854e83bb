"""Starting runs: the form of a graph's input, the checks before sending, and the run itself."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace

from hitl_engine.deciding.decider import Decider
from hitl_engine.deciding.graph_breakpoints import GraphBreakpoints
from hitl_engine.deciding.preconditions import refuse_if_something_waits
from hitl_engine.deciding.run_breakpoints import (
    REPLACES,
    all_breakpoints,
    compiled_breakpoints,
    known_only,
    noted,
    requested,
    with_those_of_graph,
)
from hitl_engine.deciding.run_settings import continuing_request, refuse_settings
from hitl_engine.errors import BadInput, HitlError, NotThere, ServerRefused, Unreachable
from hitl_engine.forms.schema_fields import form_of, form_of_input
from hitl_engine.journal.decisions import Intent
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import (
    NO_BREAKPOINTS,
    Breakpoints,
    EarlierRun,
    Graph,
    InputForm,
    JsonObject,
    JsonValue,
    OnProgress,
    Outcome,
    RunSettings,
)
from hitl_engine.reading.wire import WireSchemas
from hitl_engine.strict_json import unwritable

_TEXTS = ("text", "long_text")
_SCHEMA_PAUSE = 1.0
"""Seconds after which a person gets a form without the schema; mostly it is there before."""
_RUNS_READ = 50
"""Newest runs among which the one with an input is looked for; each answer and step is a run."""


class RunStarter:
    """Starts runs on the server in use."""

    def __init__(
        self, session: ServerSession, decider: Decider, breakpoints: GraphBreakpoints
    ) -> None:
        self._session = session
        self._decider = decider
        self._on_graphs = breakpoints

    async def input_forms(self, graph: Graph) -> AsyncGenerator[InputForm, None]:
        """Yield the form for the input of a graph; without its schema, for any JSON.

        The JavaScript server may need half a minute for a schema: then the form for any JSON comes
        first. A server cannot read the schema where a graph factory fails without the config of a
        run. Raises TargetError.
        """
        reading = asyncio.create_task(self._schemas(graph))
        try:
            nodes = await self._session.reader.known_nodes(graph.assistant_id)
            await asyncio.wait([reading], timeout=_SCHEMA_PAUSE)
            if not reading.done():
                yield replace(_input_form(graph, WireSchemas(), nodes), incomplete=True)
            schemas, unread = await reading
            yield replace(_input_form(graph, schemas, nodes), unread=unread)
        finally:
            reading.cancel()

    async def _schemas(self, graph: Graph) -> tuple[WireSchemas, str]:
        """Return the schemas, or none and why they cannot be read."""
        try:
            return await self._session.api.schemas(graph.assistant_id), ""
        except (NotThere, ServerRefused, Unreachable) as error:
            if isinstance(error, Unreachable) and not error.sent:
                raise
            return WireSchemas(), error.what

    async def input_of_text(self, graph: Graph, text: str) -> JsonValue:
        """Return the input that consists of one text. Raises as `Desk.input_of_text`."""
        input_form = [each async for each in self.input_forms(graph)][-1]
        fields = input_form.form.fields
        if input_form.form.kind in _TEXTS:
            return text
        taking = [field for field in fields if field.is_chat] or [
            field
            for field in fields
            if field.kind in _TEXTS and (field.required or len(fields) == 1)
        ]
        others = [field.name for field in fields if field.required and field not in taking]
        if len(taking) != 1 or others:
            names = ", ".join(field.name for field in fields) or "any JSON"
            raise BadInput(
                f"The input of {graph.name} is not one text; it has: {names}.",
                kept="Nothing was sent.",
                hint="Give the whole input as JSON: --input.",
            )
        return input_form.as_input({taking[0].name: text})

    async def earlier(self, thread_id: str, graphs: Sequence[Graph]) -> EarlierRun:
        """Return what the newest run with an input was started with. Raises as `Desk.earlier_run`."""
        runs = await self._session.api.runs(thread_id, limit=_RUNS_READ)
        run = next((each for each in runs if each.kwargs.get("input") is not None), None)
        if run is None:
            raise NotThere(
                "The server does not report the input of a run on this thread.",
                hint="Press n in the inbox to start a run with an input of your own.",
            )
        graph = next((each for each in graphs if each.assistant_id == run.assistant_id), None)
        if graph is None:
            raise NotThere("The server no longer has the graph of this run.")
        nodes = await self._session.reader.known_nodes(graph.assistant_id)
        return EarlierRun(
            graph,
            run.kwargs["input"],
            all_breakpoints(run, compiled_breakpoints(nodes or {})),
            has_context="config" in continuing_request(run, "", strict=False),
        )

    async def start(
        self,
        graph: Graph,
        input: JsonValue,
        on_progress: OnProgress,
        *,
        thread_id: str | None,
        breakpoints: Breakpoints,
        replace_compiled: bool,
        settings: RunSettings,
    ) -> Outcome:
        """Start a run; return at its next stop or end. Raises as `Desk.start`."""
        refuse_settings(settings)
        if fault := unwritable(input):
            raise BadInput(f"The input cannot be written as JSON: {fault}.")
        stops = await self._breakpoints(graph, breakpoints, replace=replace_compiled)
        unchanged = await self._preconditions(thread_id) if thread_id else {}
        if is_new := thread_id is None:
            made = await self._session.api.create_thread({"graph_id": graph.graph_id})
            thread_id = made.thread_id
        intent = Intent(
            event="start",
            server=self._session.server.label,
            graph_id=graph.graph_id,
            thread_id=thread_id,
            decision="start",
        )
        request: JsonObject = {
            "assistant_id": graph.assistant_id,
            "input": input,
            **unchanged,
            **stops,
        }
        if settings.config:
            request["config"] = settings.config
        if settings.context:
            request["context"] = settings.context
        notes = noted(breakpoints, self._on_graphs.of(graph.graph_id))
        if stops and replace_compiled:
            notes[REPLACES] = True
        if notes:
            request["metadata"] = notes
        try:
            return await self._decider.run(intent, request, on_progress)
        except HitlError as error:
            if is_new:
                error.kept = (
                    f"No run was started. Its thread, {thread_id}, was created and is empty."
                )
            raise

    async def _preconditions(self, thread_id: str) -> JsonObject:
        """Return the preconditions of a run on a thread. Raises StillWaits, Conflict."""
        before = await self._session.reader.snapshot(thread_id)
        refuse_if_something_waits(before)
        return self._decider.decided_on(before.checkpoint_id, [])

    async def _breakpoints(self, graph: Graph, given: Breakpoints, *, replace: bool) -> JsonObject:
        """Return the fields of a request with these breakpoints. Raises BadInput."""
        on_graph = self._on_graphs.of(graph.graph_id)
        if not (given.before or given.after or replace or on_graph != NO_BREAKPOINTS):
            return {}  # the compiled ones hold
        nodes = await self._session.reader.known_nodes(graph.assistant_id)
        if nodes is None and not replace:
            raise BadInput(
                f"The breakpoints that {graph.name} was compiled with cannot be read, and those of"
                " a run replace them.",
                kept="Nothing was sent.",
                hint="Give --replace-breakpoints to replace them.",
            )
        if nodes is not None:
            _refuse_unknown_nodes(graph, given, nodes)
        wanted = with_those_of_graph(given, known_only(on_graph, nodes or {}))
        return requested(wanted, compiled_breakpoints(nodes or {}), replace=replace)


def _input_form(graph: Graph, schemas: WireSchemas, nodes: Mapping[str, str] | None) -> InputForm:
    form = form_of_input(schemas.input_schema or schemas.state_schema or {})
    context = form_of(schemas.context_schema or {})
    return InputForm(
        graph,
        form,
        tuple(nodes or ()),
        compiled_breakpoints(nodes) if nodes is not None else None,
        context=context if context.fields else None,
    )


def _refuse_unknown_nodes(graph: Graph, breakpoints: Breakpoints, nodes: Mapping[str, str]) -> None:
    """Raise BadInput for a node that the graph does not have: LangGraph would stop nowhere."""
    if unknown := sorted({*breakpoints.before, *breakpoints.after} - {"*"} - nodes.keys()):
        raise BadInput(
            f"{graph.name} has no node {', '.join(unknown)}.",
            kept="Nothing was sent.",
            hint=f"Its nodes are: {', '.join(nodes)}.",
        )
