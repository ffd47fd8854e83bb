"""The use cases: everything that both front ends can ask for.

A screen or a shell command calls one method of `Desk`, or of one of its parts; what has to happen
in which order is decided here and nowhere else.
"""

from __future__ import annotations  # most of what they name is imported when it is first used

import os
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Mapping,
    Sequence,
)
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    aclosing,
    asynccontextmanager,
    suppress,
)
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property, wraps
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from hitl_engine.configuration import NO_LOG_REASONS, LogReasonSettings, NamedTarget
from hitl_engine.configuration.credentials import KeySource
from hitl_engine.deciding.people import People
from hitl_engine.deciding.reviews import Reviews
from hitl_engine.early_server import EarlyServer
from hitl_engine.errors import (
    BadInput,
    Conflict,
    HitlError,
    JournalFailed,
    NotConfirmed,
    ReadOnly,
    ReasonMissing,
    TargetError,
)
from hitl_engine.journal import Journal, open_journal
from hitl_engine.local import trust
from hitl_engine.local.connection import Connection, key_header
from hitl_engine.local.project_files import ProjectFiles, project_files_of
from hitl_engine.local.server_child import serve_command as command_of_server
from hitl_engine.local.server_session import ServerSession
from hitl_engine.local.target import LocalProject, RemoteServer, Target, data_folder, find_target
from hitl_engine.model import (
    EVERYTHING,
    NO_BREAKPOINTS,
    NO_SETTINGS,
    Breakpoint,
    Graph,
    Interrupt,
    LogFilter,
    OutcomeKind,
)
from hitl_engine.private_files import replace_file

if TYPE_CHECKING:
    from hitl_engine.code_to_run import ProjectCode
    from hitl_engine.debugging.assistants import Assistants
    from hitl_engine.debugging.copied_code import CopiedCode
    from hitl_engine.debugging.reruns import Reruns
    from hitl_engine.debugging.runs import Runs
    from hitl_engine.debugging.state_edits import StateEdits
    from hitl_engine.debugging.stepping import Stepping
    from hitl_engine.debugging.store import Store
    from hitl_engine.debugging.stories import Stories
    from hitl_engine.debugging.threads import Threads
    from hitl_engine.deciding.answer_queue import AnswerQueue, Queued, ToSend
    from hitl_engine.deciding.answerers import Answerers
    from hitl_engine.deciding.bulk_decisions import BulkDecisions
    from hitl_engine.deciding.decider import Decider
    from hitl_engine.deciding.drafts import Drafts
    from hitl_engine.deciding.graph_breakpoints import GraphBreakpoints
    from hitl_engine.deciding.item_notes import ItemNotes
    from hitl_engine.deciding.log_reasons import LogReasons
    from hitl_engine.deciding.open_decisions import OpenDecisions
    from hitl_engine.deciding.run_starter import RunStarter
    from hitl_engine.deciding.standing_rules import StandingRules
    from hitl_engine.journal.decisions import DecisionLog
    from hitl_engine.model import (
        Breakpoints,
        ChainReport,
        Check,
        Decision,
        DecisionList,
        EarlierRun,
        HeadsReport,
        Inbox,
        InputForm,
        JsonObject,
        JsonValue,
        LogEntry,
        OnProgress,
        Outcome,
        Question,
        ReceivedAnswer,
        Reopening,
        Rule,
        Ruling,
        RunSettings,
        Server,
        StateEdit,
        Story,
        ThreadView,
    )
    from hitl_engine.reading.conversation import Conversations
    from hitl_engine.reading.graph_pictures import GraphPictures
    from hitl_engine.reading.history import History
    from hitl_engine.reading.state_values import StateValues
    from hitl_engine.watching.inbox_events import InboxEvents

_Given = ParamSpec("_Given")
_Got = TypeVar("_Got")


@asynccontextmanager
async def open_desk(
    target: NamedTarget | str | None,
    *,
    data_dir: Path | None = None,
    headers: Mapping[str, str] | None = None,
    api_key_env: str | None = None,
    python: str | None = None,
    trusts_code: bool = False,
    confirmed: bool = True,
    through: str = "",
    opens_journal: bool = True,
    early: EarlyServer | None = None,
) -> AsyncIterator[Desk]:
    """Open the desk of a target; for a local one, find or start its server.

    `target` is a configured one, or a URL, a `langgraph.json` or `file.py:graph`; None means
    HITL_TUI_TARGET, then `./langgraph.json`. `headers` and `api_key_env` are for a URL, `python`
    (an interpreter) for a project; they replace what is configured. With `trusts_code`, or
    HITL_TUI_TRUST=1, a project's code is run unseen; else NotTrusted is raised where nobody has
    agreed to it (`trust_code`), and no server of it runs yet. Without `confirmed`, nothing is
    sent to a target in production: NotConfirmed is raised instead. To one that is read-only, nothing
    is ever sent: ReadOnly. The journal names the user, and `through` which program they decide
    (`web`), unless it is this one in a terminal. Without `opens_journal`, it is opened when it is
    first used: a command that only reads needs none. `early` may have started
    the server already. Raises BadTarget, BadInput, TargetError, JournalFailed.
    """
    settings = _settings_of(target, api_key_env, python)
    found = find_target(settings.place, environ=os.environ)
    sent = await _headers_of(settings, headers)
    folder = data_folder(found, data_dir)
    refuses = _refusal(settings, confirmed=confirmed)
    async with aclosing(Journal(folder, refuses=refuses, through=through)) as journal:
        if opens_journal:
            await journal.open()
        connection = Connection(
            found,
            settings,
            folder,
            sent,
            refuses,
            trusts_code=trust.trusts_unseen(trusts_code),
            early=early.take if early else None,
        )
        await connection.open()
        journal.reviewer = lambda: connection.me.name
        files = project_files_of(found)
        desk = Desk(ServerSession(connection), journal, files, settings.log_reasons)
        try:
            yield desk
        finally:
            await desk.people.aclose()
            await connection.aclose()


@asynccontextmanager
async def open_story(path: Path) -> AsyncIterator[Desk]:
    """Open the desk of a story in a file: it reads like a server, and nothing can be changed.

    Its journal is empty, and gone at the end. Raises BadInput.
    """
    from hitl_engine.debugging.story_server import StoryServer

    story = read_story_file(path)
    target = RemoteServer(url="http://story", label=path.name)
    saved = story.saved_at.astimezone().strftime("%Y-%m-%d %H:%M")
    read_only = (
        f"This is a story in the file {path}, saved {saved} from {story.server}. Nothing can be"
        " answered or changed here."
    )
    with TemporaryDirectory() as folder:
        async with open_journal(Path(folder)) as journal:
            transport = StoryServer(story, read_only)
            connection = Connection(
                target, NamedTarget(None), Path(folder), {}, transport=transport
            )
            await connection.open()
            try:
                yield Desk(ServerSession(connection), journal, ProjectFiles(None))
            finally:
                await connection.aclose()


async def read_log(
    target: NamedTarget | str | None,
    wanted: LogFilter = EVERYTHING,
    *,
    data_dir: Path | None = None,
    limit: int = 200,
) -> tuple[LogEntry, ...]:
    """Return the decisions of a target's journal, newest first; its server need not run.

    Raises BadTarget, JournalFailed.
    """
    async with open_journal(_folder_of(target, data_dir)) as journal:
        return await journal.decisions.log(wanted, limit=limit)


async def verify_log(
    target: NamedTarget | str | None, *, data_dir: Path | None = None
) -> ChainReport:
    """Compare each row of a target's journal with its hash; its server need not run.

    Raises BadTarget, JournalFailed.
    """
    async with open_journal(_folder_of(target, data_dir)) as journal:
        return await journal.decisions.verify()


def _folder_of(target: NamedTarget | str | None, data_dir: Path | None) -> Path:
    found = find_target(_settings_of(target).place, environ=os.environ)
    return data_folder(found, data_dir)


async def check_target(
    target: NamedTarget | str | None,
    *,
    data_dir: Path | None = None,
    headers: Mapping[str, str] | None = None,
    api_key_env: str | None = None,
    python: str | None = None,
    trusts_code: bool = False,
) -> tuple[Check, ...]:
    """Check a target from end to end, see `diagnose`; the arguments are those of `open_desk`."""
    from hitl_engine.diagnosis import diagnose

    settings = _settings_of(target, api_key_env, python)

    async def connect(found: Target, folder: Path) -> Connection:
        sent = await _headers_of(settings, headers)
        connection = Connection(
            found, settings, folder, sent, trusts_code=trust.trusts_unseen(trusts_code)
        )
        return await connection.open(needs_graph=False)

    return await diagnose(settings, data_dir=data_dir, connect=connect)


def read_story(text: str) -> Story:
    """Read a story from its JSON. Raises BadInput."""
    from hitl_engine.debugging.story_file import story_of

    return story_of(text)


def read_story_file(path: Path) -> Story:
    """Read a story from a file. Raises BadInput."""
    try:
        return read_story(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadInput(f"{path} cannot be read: {reason}.") from error


def write_story_file(path: Path, text: str) -> None:
    """Write a story to a file that only this user can read. Raises OSError; nothing is left then."""
    replace_file(path, text)


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Read a file of standing rules. Raises BadRules, with every fault."""
    from hitl_engine.rules.rule_file import read_rules as read

    return read(path)


def story_json(story: Story) -> JsonObject:
    """Return a story as JSON, which `read_story` reads."""
    from hitl_engine.debugging.story_file import story_document

    return story_document(story)


def _refusal(settings: NamedTarget, *, confirmed: bool) -> Callable[[], HitlError] | None:
    """Return what makes the error of everything that would change something; None if it may."""
    if settings.read_only:
        return ReadOnly
    if settings.production and not confirmed:
        return lambda: NotConfirmed(
            f"{settings.name} is in production; nothing was sent.",
            hint="To send it anyway, add --yes.",
        )
    return None


def trust_code(code: ProjectCode) -> None:
    """Keep that a person agreed to run this code, which NotTrusted carried.

    It is run without a question until it changes. Raises NotTrusted if that cannot be kept.
    """
    trust.keep_trust(code)


def _settings_of(
    target: NamedTarget | str | None, api_key_env: str | None = None, python: str | None = None
) -> NamedTarget:
    """Return the settings of a target; what is given replaces what is configured."""
    settings = target if isinstance(target, NamedTarget) else NamedTarget(target)
    if api_key_env:
        settings = replace(settings, key=KeySource("environment", (api_key_env,)))
    return replace(settings, python=python) if python else settings


async def _headers_of(settings: NamedTarget, given: Mapping[str, str] | None) -> dict[str, str]:
    """Return the headers of all requests to a target: its key, then those that replace it."""
    configured = {name.lower(): value for name, value in settings.headers.items()}
    return {**await key_header(settings, os.environ), **configured, **(given or {})}


def serve_command(
    target: NamedTarget | str | None,
    *,
    data_dir: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 2024,
    tokens: Path | None = None,
    four_eyes: Path | None = None,
    python: str | None = None,
    trusts_code: bool = False,
) -> list[str]:
    """Return the command that runs the local server of a target alone.

    A single token is not part of it, because other users can see command lines: it goes into the
    environment, as HITL_TUI_TOKEN. `tokens` and `four_eyes` are files. Raises BadTarget, and NotTrusted as `open_desk`.
    """
    settings = _settings_of(target)
    found = find_target(settings.place, environ=os.environ)
    match found:
        case LocalProject(spec=spec):
            trust.ProjectTrust(spec, always=trust.trusts_unseen(trusts_code)).check()
            folder = data_folder(found, data_dir)
            return command_of_server(
                spec,
                folder,
                host=host,
                port=port,
                tokens=tokens,
                four_eyes=four_eyes,
                python=python or settings.python,
            )
        case RemoteServer(label=label):
            raise BadInput(f"{label} is already a server.", hint="Serve a langgraph.json.")


def import_parts() -> None:
    """Import the parts of a desk, which are imported at their first use else.

    It takes a while: a client that stays open calls it in a thread, while it waits for its server.
    """
    for package in ("deciding", "debugging", "reading"):
        found = import_module(f"hitl_engine.{package}")
        for module in iter_modules(found.__path__, f"{found.__name__}."):
            import_module(module.name)


def _keeps_server_running(
    use: Callable[Concatenate[Desk, _Given], Awaitable[_Got]],
) -> Callable[Concatenate[Desk, _Given], Coroutine[Any, Any, _Got]]:
    """Keep a local server process until `use` is done, even if its starter quits."""

    @wraps(use)
    async def used(desk: Desk, /, *args: _Given.args, **kwargs: _Given.kwargs) -> _Got:
        async with desk.keep_running():
            return await use(desk, *args, **kwargs)

    return used


class Desk:
    """One server and one journal, and everything a person can do with them."""

    def __init__(
        self,
        session: ServerSession,
        journal: Journal,
        files: ProjectFiles,
        log_reasons: LogReasonSettings = NO_LOG_REASONS,
    ) -> None:
        self._session = session
        self._journal = journal
        self._log_reason_settings = log_reasons
        self.people = People(session)
        """Who else works on the same inbox, and on which threads."""
        self.reviews = Reviews(
            lambda _: session.server.identity,
            lambda waiting: self.people.caution(waiting.thread_id),
        )
        """What is asked, and the JSON that a decision would send."""
        self.files = files
        """The files of a local project."""

    # Parts. Each is imported when it is first used: most commands use one or two of them.

    @cached_property
    def breakpoints(self) -> GraphBreakpoints:
        """The breakpoints that a person set on graphs; runs and steps get them."""
        from hitl_engine.deciding.graph_breakpoints import GraphBreakpoints

        return GraphBreakpoints()

    @cached_property
    def drafts(self) -> Drafts:
        """What was typed and not sent."""
        from hitl_engine.deciding.drafts import Drafts

        return Drafts(self._journal.drafts, self._session)

    @cached_property
    def log_reasons(self) -> LogReasons:
        """Which decisions need a reason for the log."""
        from hitl_engine.deciding.log_reasons import LogReasons

        return LogReasons(self._log_reason_settings)

    @cached_property
    def item_notes(self) -> ItemNotes:
        """Which items are flagged or snoozed."""
        from hitl_engine.deciding.item_notes import ItemNotes

        return ItemNotes(self._journal.item_notes, self._session)

    @cached_property
    def bulk(self) -> BulkDecisions:
        """The same decision on many items."""
        from hitl_engine.deciding.bulk_decisions import BulkDecisions

        return BulkDecisions(self.reviews, self)

    @cached_property
    def conversations(self) -> Conversations:
        """The messages in the values of threads."""
        from hitl_engine.reading.conversation import Conversations

        return Conversations()

    @cached_property
    def state_values(self) -> StateValues:
        """What the last step changed, and the states of subgraphs."""
        from hitl_engine.reading.state_values import StateValues

        return StateValues(lambda: self._session.api)

    @cached_property
    def history(self) -> History:
        """The checkpoints of a thread."""
        from hitl_engine.reading.history import History

        return History(lambda: self._session.api, self._log.who_sent)

    @cached_property
    def states(self) -> StateEdits:
        """Writes into the state of a thread."""
        from hitl_engine.debugging.state_edits import StateEdits

        return StateEdits(self._session, self._log, self.history)

    @cached_property
    def reruns(self) -> Reruns:
        """Runs from an older checkpoint, or at another node."""
        from hitl_engine.debugging.reruns import Reruns

        return Reruns(self._session, self._decider, self.history)

    @cached_property
    def stepping(self) -> Stepping:
        """Steps up to a node, until a condition holds, or to the end."""
        from hitl_engine.debugging.stepping import Stepping

        return Stepping(self._session, self._decider, self.breakpoints)

    @cached_property
    def stories(self) -> Stories:
        """What was done on a thread, saved and replayed."""
        from hitl_engine.debugging.stories import Stories
        from hitl_engine.debugging.story_replay import ReplayParts

        return Stories(ReplayParts(self._session, self._decider, self.states))

    @cached_property
    def threads(self) -> Threads:
        """All threads, whatever their status."""
        from hitl_engine.debugging.threads import Threads

        return Threads(self._session, self._log)

    @cached_property
    def runs(self) -> Runs:
        """The runs of threads: listed, followed, cancelled."""
        from hitl_engine.debugging.runs import Runs

        return Runs(self._session, self._log)

    @cached_property
    def code(self) -> CopiedCode:
        """Requests as code that runs elsewhere."""
        from hitl_engine.debugging.copied_code import CopiedCode

        return CopiedCode(self._session, self._decider)

    @cached_property
    def store(self) -> Store:
        """The values that graphs keep across threads."""
        from hitl_engine.debugging.store import Store

        return Store(self._session, self._log)

    @cached_property
    def assistants(self) -> Assistants:
        """Graphs with settings for their runs, in versions."""
        from hitl_engine.debugging.assistants import Assistants

        return Assistants(self._session, self._log)

    @cached_property
    def graph_pictures(self) -> GraphPictures:
        """The nodes and edges of graphs."""
        from hitl_engine.reading.graph_pictures import GraphPictures

        return GraphPictures(lambda: self._session.api)

    @cached_property
    def _decider(self) -> Decider:
        from hitl_engine.deciding.decider import Decider

        return Decider(self._session, self._log, self.breakpoints, self.log_reasons)

    @cached_property
    def _queue(self) -> AnswerQueue:
        from hitl_engine.deciding.answer_queue import AnswerQueue

        return AnswerQueue(self._decider, self._log)

    @cached_property
    def _answerers(self) -> Answerers:
        from hitl_engine.deciding.answerers import Answerers

        return Answerers(self._session, self._log)

    @cached_property
    def _open_decisions(self) -> OpenDecisions:
        from hitl_engine.deciding.open_decisions import OpenDecisions

        return OpenDecisions(self._session, self._log)

    @cached_property
    def _starter(self) -> RunStarter:
        from hitl_engine.deciding.run_starter import RunStarter

        return RunStarter(self._session, self._decider, self.breakpoints)

    @property
    def _log(self) -> DecisionLog:
        return self._journal.decisions

    @property
    def server(self) -> Server:
        """The server in use."""
        return self._session.server

    @property
    def unsettled(self) -> tuple[str, ...]:
        """The threads to which something was sent whose outcome is not known yet.

        A cancelled `decide`, `step` or `start` leaves its thread here if it may have sent.
        """
        return self._decider.unsettled

    def keep_running(self) -> AbstractAsyncContextManager[None]:
        """Keep a local server process until the block ends, even if its starter quits.

        Raises TargetError if it has ended and cannot be started again.
        """
        return self._session.keep_running()

    # Reading

    async def graphs(self) -> tuple[Graph, ...]:
        """Return the graphs of the server, by name. Raises TargetError."""
        await self._session.wait_for_graphs()
        found = (
            Graph(
                assistant_id=assistant.assistant_id,
                graph_id=assistant.graph_id,
                name=assistant.name or assistant.graph_id,
                description=assistant.description,
            )
            for assistant in await self._session.api.assistants()
        )
        return tuple(sorted(found, key=lambda graph: (graph.name, graph.assistant_id)))

    async def inbox(self) -> Inbox:
        """Return all waiting items, unordered. Raises TargetError."""
        return await self._session.inbox.look()

    async def watch(self) -> AsyncGenerator[Inbox]:
        """Yield the inbox at once, and then whenever it has changed; close it with `aclosing`.

        Never raises TargetError: while a server cannot be reached the old items are yielded with `error` set,
        and a local server process that ended is started again. A watching console keeps the server
        process of another console only for the time of a run.
        """
        from hitl_engine.reading.inbox_watch import watch_inbox

        session = self._session
        session.release_when_idle()
        looks = watch_inbox(
            session.look, session.changes, session.recover, session.told, lambda: session.presence
        )
        async with aclosing(looks):
            async for inbox in looks:
                await self.drafts.tidy(inbox)
                await self.item_notes.tidy(inbox)
                yield inbox

    @asynccontextmanager
    async def inbox_events(
        self, state: Path | None = None, *, rules: Path | None = None
    ) -> AsyncIterator[InboxEvents]:
        """Open what happens to the items of the inbox, for one reader that is told each event once.

        `state` is the file that keeps what the reader was told; one in the data folder by default.
        `rules`: a file of standing rules, which answer items while the reader follows. Raises BadInput
        for a state that is in use or belongs to another server, BadRules, JournalFailed.
        """
        from hitl_engine.journal.event_log import open_event_log
        from hitl_engine.watching.inbox_events import InboxEvents
        from hitl_engine.watching.ruled_items import RuledItems

        path = state or self._journal.folder / "watch.sqlite"
        async with open_event_log(path, self.server.identity) as log, AsyncExitStack() as stack:
            ruled = None
            if rules is not None:
                ruled = RuledItems(self.standing_rules(rules), self.reviews)
                await stack.enter_async_context(ruled)
            yield InboxEvents(log, self.reviews, self._answerers, self.thread, self.watch, ruled)

    async def thread(self, thread_id: str) -> ThreadView:
        """Read one thread. Raises NotThere, TargetError."""
        return (await self._session.reader.snapshot(thread_id)).view()

    async def places(self, thread: ThreadView) -> dict[str, tuple[str, ...]]:
        """Return where each question of a thread is asked: interrupt id -> nodes, outermost first.

        Reads the subgraphs only where one asks. Raises TargetError.
        """
        asked = [item for item in thread.waiting if isinstance(item, Interrupt)]
        if not any(item.namespace for item in asked):
            return {item.interrupt_id: (item.node,) for item in asked}
        return await self._session.reader.places(thread.thread_id)

    @_keeps_server_running
    async def follow(self, thread_id: str, on_progress: OnProgress) -> ThreadView:
        """Watch the run in progress on a thread; return the thread when it has stopped.

        Raises NotThere, TargetError.
        """
        from hitl_engine.deciding.run_sender import RunSender

        await RunSender(self._session).follow(thread_id, on_progress)
        return await self.thread(thread_id)

    async def take_up_code(self, *, by_itself: bool = False) -> None:
        """Start the local server again, so that it runs the code of the graphs as it is now.

        The person who asks for this agrees to that code; `by_itself`: nobody asked, and NotTrusted is
        raised for code to which nobody has agreed. Threads go on from their checkpoints. Raises
        Conflict while a run is in progress, which would be cut off, BadInput for a server that no
        console started, TargetError.
        """
        # A server that was not started again has no runs, and cannot be asked for them.
        if not self._session.refused_code and (await self._session.inbox.look()).busy:
            raise Conflict(
                "The new code is not taken up, because runs are in progress.",
                kept="The server runs the old code.",
                hint="Try again when they have ended.",
            )
        await self._session.restart(by_itself=by_itself)

    def server_log(self, *, limit: int = 200_000) -> str | None:
        """Return the last `limit` bytes of the local server's log, with what graphs print.

        None for a remote server, whose log is not here.
        """
        return self._session.log_text(limit)

    async def log(self, *, limit: int = 200) -> tuple[LogEntry, ...]:
        """Return the decisions of this target's journal, newest first. Raises JournalFailed."""
        return await self._log.log(limit=limit)

    async def log_with_others(
        self, wanted: LogFilter = EVERYTHING, *, limit: int = 200
    ) -> DecisionList:
        """Return the newest `limit` decisions of the journal, and of others as the server tells them.

        First it looks for outcomes, as `settle_open` does. Raises JournalFailed, TargetError, NotThere for a wanted thread that is gone, and BadInput
        where the server does not tell what its runs were sent with.
        """
        from hitl_engine.deciding.other_decisions import log_with_others

        await self.settle_open()
        return await log_with_others(self._session, self._log, wanted, limit=limit)

    async def verify_log(self, *, threads: int) -> tuple[ChainReport, HeadsReport]:
        """Compare the journal with its hashes, and with the runs of the threads that changed last.

        `threads`: of so many threads. Raises JournalFailed, TargetError.
        """
        from hitl_engine.deciding.journal_heads import compared_heads

        chain = await self._log.verify()
        page = await self.threads.page(size=threads)
        found = await compared_heads(self._session, chain, [row.thread_id for row in page.rows])
        return chain, found

    async def answered_before(self, question: Question) -> datetime | None:
        """Return when an answer from here to this same question was applied, if one was.

        The same: asked by the same task with the same payload. Raises JournalFailed.
        """
        return await self._log.answered(question.interrupt)

    async def answer_given(self, interrupt: Interrupt) -> ReceivedAnswer | None:
        """Return who answered a question that no longer waits, when, and what, if anything tells it.

        Raises TargetError.
        """
        return await self._answerers.given(interrupt)

    # Deciding

    @_keeps_server_running
    async def decide(
        self, question: Question, decision: Decision, on_progress: OnProgress
    ) -> Outcome:
        """Send one decision, once; return when the thread has stopped again.

        Raises NotTaken, NoLongerWaits, JournalFailed or TargetError when nothing was sent, or
        the server refused it before taking anything; what was typed is kept then.
        """
        (found,) = await self._decided([(question, decision)], on_progress)
        return found

    @_keeps_server_running
    async def decide_all(
        self, decided: Sequence[tuple[Question, Decision]], on_progress: OnProgress
    ) -> tuple[Outcome, ...]:
        """Send decisions on several questions of one thread in one request; return an outcome each.

        Nothing is sent unless all fit, none has changed, and no task is answered in part. Raises as
        `decide`, naming the question, and BadInput for questions of several threads.
        """
        return await self._decided(decided, on_progress)

    @_keeps_server_running
    async def decide_by_rules(
        self, questions: Sequence[Question], ruling: Ruling, on_progress: OnProgress
    ) -> tuple[Outcome, ...]:
        """Send what standing rules decided on questions of one thread, as `decide_all` does.

        Also raises NotTaken where a limit is reached, or rules answered one of the questions before.
        """
        decided = list(zip(questions, ruling.decisions, strict=True))
        return await self._decider.answer(decided, on_progress, ruling=ruling)

    def standing_rules(self, path: Path) -> StandingRules:
        """Return what answers items by the rules of a file; it is read each time it is used."""
        from hitl_engine.deciding.standing_rules import StandingRules

        return StandingRules(path, self._session, self._log, self.reviews, self.decide_by_rules)

    async def queue(self, requests: Sequence[ToSend], *, wait: timedelta) -> tuple[Queued, ...]:
        """Write down what these requests send, to be sent by `send_queued` after `wait`.

        Until then they can be withdrawn. If this program ends before, they are never sent. Raises
        BadInput for a request with questions of several threads, NotTaken, JournalFailed.
        """
        return await self._queue.add(requests, wait=wait)

    async def withdraw(self, queued: Sequence[Queued]) -> bool:
        """Take back what is not sent yet; False if that is not all of it. Raises JournalFailed."""
        return await self._queue.withdraw(queued)

    @asynccontextmanager
    async def sending(self, queued: Sequence[Queued]) -> AsyncIterator[None]:
        """Make sure that the block can send these one after the other, however long that takes.

        What it leaves is withdrawn. If it is cancelled, or this program ends, the next program does
        that (`expire_queued`).
        """
        async with AsyncExitStack() as stack:
            with suppress(TargetError):  # each request tells why it cannot be sent
                await stack.enter_async_context(self.keep_running())
            await stack.enter_async_context(self._queue.sending(queued))
            yield

    async def send_queued(self, queued: Queued, on_progress: OnProgress) -> tuple[Outcome, ...]:
        """Send what one request sends, once; return an outcome for each decision.

        Raises as `decide`, and NotTaken if it is too late or was withdrawn.
        """
        try:
            async with self._session.keep_running():
                outcomes = await self._queue.send(queued, on_progress)
        except HitlError:
            with suppress(JournalFailed):
                await self._queue.withdraw([queued])  # this does nothing if it was sent
            raise
        if not isinstance(queued.to_send, Breakpoint):
            await self._discard_drafts(queued.to_send, outcomes)
        return outcomes

    async def expire_queued(self) -> tuple[LogEntry, ...]:
        """Withdraw decisions that an earlier console queued and did not send; return them.

        What was typed is still a draft. Raises JournalFailed.
        """
        return await self._queue.expire()

    async def settle_open(self) -> tuple[LogEntry, ...]:
        """Look for the outcomes of decisions whose program ended before it knew them; return these.

        One whose run is under way has none yet. Raises TargetError and JournalFailed.
        """
        return await self._open_decisions.settle()

    async def _decided(
        self, decided: Sequence[tuple[Question, Decision]], on_progress: OnProgress
    ) -> tuple[Outcome, ...]:
        outcomes = await self._decider.answer(decided, on_progress)
        await self._discard_drafts(decided, outcomes)
        return outcomes

    async def _discard_drafts(
        self, decided: Sequence[tuple[Question, Decision]], outcomes: Sequence[Outcome]
    ) -> None:
        for (question, _), found in zip(decided, outcomes, strict=True):
            if found.kind is OutcomeKind.APPLIED:
                with suppress(JournalFailed):  # a leftover draft does no harm
                    await self.drafts.discard(question)

    async def reopening(self, interrupt: Interrupt) -> Reopening:
        """Return what `reopen` would do. Raises NoLongerWaits, JournalFailed, TargetError."""
        return await self._decider.reopening(self.reviews.question(interrupt))

    @_keeps_server_running
    async def reopen(self, interrupt: Interrupt, on_progress: OnProgress) -> Outcome:
        """Ask again a question whose node failed on its last answer.

        All answers of its step are forgotten, and its nodes run again up to their questions; see
        `reopening`. Applied: it is asked again, under a new id. Raises as `decide`.
        """
        return await self._decider.reopen(self.reviews.question(interrupt), on_progress)

    @_keeps_server_running
    async def step(self, breakpoint: Breakpoint, on_progress: OnProgress) -> Outcome:
        """Step past a breakpoint to the next stop or the end, with input `None`. Raises as `decide`."""
        return await self._decider.step(breakpoint, on_progress)

    @_keeps_server_running
    async def write_and_go_on(self, edit: StateEdit, on_progress: OnProgress) -> Outcome:
        """Write into the state of a thread, and run on from there to the next stop or the end.

        The thread does not go on where something became otherwise than meant, or nothing is next:
        then the outcome is that of the write. But what the edit `asks_again` is always asked again.
        Raises as `states.write` where nothing was written, and NotTaken where a step needs a reason
        for the log, which a write has not.
        """
        if not edit.asks_again and (why := self.log_reasons.missing_for_step(edit.graph_id)):
            raise ReasonMissing(why, hint="Write without going on, and then step with a reason.")
        written = await self.states.write(edit)
        if written.kind is not OutcomeKind.APPLIED:
            return written
        stop = written.thread.stop if written.thread else None
        try:
            if edit.asks_again:
                run = self._decider.ask_again(edit.thread_id, edit.asks_again, on_progress)
                return replace(await run, otherwise=written.otherwise)
            if stop is None or written.otherwise:
                return written
            return await self._decider.step(stop, on_progress)
        except HitlError as error:
            why = f"{written.why} The thread did not go on: {error.what}"
            return replace(written, kind=OutcomeKind.UNMOVED, why=why)

    async def input_forms(self, graph: Graph) -> AsyncIterator[InputForm]:
        """Yield the form for the input of a graph; before it, an incomplete one if that takes long.

        Raises TargetError.
        """
        async with aclosing(self._starter.input_forms(graph)) as forms:
            async for form in forms:
                yield form

    async def input_of_text(self, graph: Graph, text: str) -> JsonValue:
        """Return the input that consists of one text: a message, or the one field for a text.

        Raises BadInput for a graph whose input has other fields, TargetError.
        """
        return await self._starter.input_of_text(graph, text)

    async def earlier_run(self, thread_id: str) -> EarlierRun:
        """Return what the newest run with an input on a thread was started with.

        Raises NotThere if the server does not report it or no longer has its graph, TargetError.
        """
        return await self._starter.earlier(thread_id, await self.graphs())

    @_keeps_server_running
    async def start(
        self,
        graph: Graph,
        input: JsonValue,
        on_progress: OnProgress,
        *,
        thread_id: str | None = None,
        breakpoints: Breakpoints = NO_BREAKPOINTS,
        replace_compiled: bool = False,
        settings: RunSettings = NO_SETTINGS,
    ) -> Outcome:
        """Start a run (on a new thread unless one is given); return at its next stop or end.

        It stops at `breakpoints` and at those that the graph was compiled with; with
        `replace_compiled`, `breakpoints` replace the compiled ones of the same kind. Later runs on
        the thread that continue this one get the same `settings`.

        Raises NotThere for an unknown thread, StillWaits where something waits on it (a new
        input would silently replace it), Conflict while a run is in progress, BadInput for
        breakpoints or settings that the graph does not have or that cannot be set, and as `decide`.
        """
        return await self._starter.start(
            graph,
            input,
            on_progress,
            thread_id=thread_id,
            breakpoints=breakpoints,
            replace_compiled=replace_compiled,
            settings=settings,
        )
