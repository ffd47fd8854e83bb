"""What can go wrong, as one tree; foreign errors become one of these at the boundary.

HitlError                     exit code
├── BadTarget                 2   no such file, no URL, a langgraph.json that does not parse
├── BadInput                  2   JSON that does not parse, an option that makes no sense here
├── NoLongerWaits             3   answered elsewhere, changed since it was read, or never there
├── StillWaits                3   a new run would replace what waits on the thread
├── NotTaken                  4   an answer that this interrupt does not take
├── TargetError               5   the target cannot be used
│   ├── Unreachable           5     no connection, or no answer in time
│   ├── Denied                5     401 or 403
│   ├── NotThere              5     404
│   ├── Conflict              3     409: another run is on the thread
│   ├── BadReply              5     not JSON, too large, or not the shape of a LangGraph server
│   ├── ServerRefused         5     any other 4xx or 5xx
│   ├── EngineFailed          5     the local engine did not start
│   └── GraphBroken           5     a graph of the target cannot be imported
└── JournalFailed             5   the journal cannot be written, so nothing was sent
"""

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from hitl_engine.model import Fault


class HitlError(Exception):
    """Something went wrong that a person should read about.

    `what` happened, what was `kept`, what to do (`hint`): one sentence each.
    `detail` may have many lines (a traceback, a reply) and is untrusted text.
    """

    title: ClassVar[str] = "Something went wrong"
    exit_code: ClassVar[int] = 5

    def __init__(self, what: str, *, kept: str = "", hint: str = "", detail: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.kept = kept
        self.hint = hint
        self.detail = detail

    def __str__(self) -> str:
        *parts, last = [part for part in (self.what, self.kept, self.hint) if part] or [""]
        return " ".join([*map(_ended, parts), last])


def _ended(sentence: str) -> str:
    """End what may be the words of a graph, before the next sentence begins."""
    return sentence if sentence.endswith((".", "!", "?", "…", ":")) else f"{sentence}."


class BadTarget(HitlError):
    """The target names nothing that holds graphs."""

    title = "No such target"
    exit_code = 2


class BadInput(HitlError):
    """What was typed cannot be used as it stands."""

    title = "Not understood"
    exit_code = 2


class NoLongerWaits(HitlError):
    """What was to be answered is gone or is not what was shown."""

    title = "No longer waits"
    exit_code = 3


class StillWaits(HitlError):
    """Something waits on the thread that a new run would silently replace; nothing was sent."""

    title = "Something waits"
    exit_code = 3


class NotTaken(HitlError):
    """The answer is not one that this interrupt takes; nothing was sent.

    `faults` say where and why, for whoever can show each at its field.
    """

    title = "Not an answer to this"
    exit_code = 4

    def __init__(self, what: str, *, hint: str = "", faults: "tuple[Fault, ...]" = ()) -> None:
        super().__init__(what, hint=hint)
        self.faults = faults


class TargetError(HitlError):
    """The target cannot be used."""

    title = "Target cannot be used"


class Unreachable(TargetError):
    """No connection could be made, or no answer came in time.

    `sent` is False only when it is certain that no byte of the request left.
    """

    title = "Server not reached"

    def __init__(
        self, what: str, *, kept: str = "", hint: str = "", detail: str = "", sent: bool = True
    ) -> None:
        super().__init__(what, kept=kept, hint=hint, detail=detail)
        self.sent = sent


class Denied(TargetError):
    """The server does not let us in (401 or 403)."""

    title = "Not allowed"


class NotThere(TargetError):
    """The server has no such thing (404)."""

    title = "Not there"


class Conflict(TargetError):
    """Another run is on the thread (409): somebody else is answering."""

    title = "Busy"
    exit_code = 3


class MovedOn(Conflict):
    """The thread is not any more as it was when somebody decided (409 on preconditions)."""

    title = "No longer waits"


class BadReply(TargetError):
    """The reply is not JSON, is too large, or is not what a LangGraph server sends."""

    title = "Reply not understood"


class ServerRefused(TargetError):
    """The server said no (any other 4xx or 5xx)."""

    title = "Server refused"

    def __init__(
        self, what: str, *, status: int, kept: str = "", hint: str = "", detail: str = ""
    ) -> None:
        super().__init__(what, kept=kept, hint=hint, detail=detail)
        self.status = status


class EngineFailed(TargetError):
    """The local engine did not start."""

    title = "Engine did not start"


class GraphBroken(TargetError):
    """A graph of the target cannot be imported; `detail` is its own traceback, shortened."""

    title = "Graph cannot be imported"


class JournalFailed(HitlError):
    """The journal cannot be written. Fail closed: nothing was sent."""

    title = "Journal not written"
