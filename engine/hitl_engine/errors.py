"""What can go wrong, as one tree; foreign errors become one of these at the boundary.

HitlError                     exit code
├── BadTarget                 2   no such file, no URL, a langgraph.json that does not parse
├── BadConfiguration          2   a config.toml with faults
│   └── BadRules              2     a file of standing rules with faults
├── BadInput                  2   JSON that does not parse, an option that does not apply here
├── NoLongerWaits             3   answered by another client, changed since, or never there
├── StillWaits                3   a new run would replace what waits on the thread
├── NotTaken                  4   an answer that this interrupt does not accept
│   ├── NotConfirmed          4     what would be sent has to be confirmed first
│   └── ReasonMissing         4     the decision needs a reason for the log
├── TargetError               5   the target cannot be used
│   ├── Unreachable           5     no connection, or no answer in time
│   ├── Denied                5     401 or 403
│   ├── NotThere              5     404
│   │   └── Missing             3     the target has no such item, checkpoint or key
│   ├── Conflict              3     409 or the like: another run came first
│   │   └── OtherFirstAnswer  3        another answer came first, and two reviewers must agree
│   ├── FirstOfTwo            12    409: recorded as the first of two answers, not carried out
│   ├── BadReply              5     not JSON, or not the shape of a LangGraph server
│   │   └── TooLarge          5       larger than what is read
│   ├── ServerRefused         5     any other 4xx or 5xx
│   ├── LocalServerFailed     5     the local server did not start
│   ├── NotTrusted            11    nobody agreed to run the code of a project as it is now
│   ├── ReadOnly              5     the target is configured as read-only
│   └── GraphBroken           5     a graph of the target cannot be imported
└── JournalFailed             5   the journal cannot be read, or not be written: then nothing was sent
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from hitl_engine.code_to_run import ProjectCode
    from hitl_engine.model import Fault


class HitlError(Exception):
    """Something went wrong that a person should read about.

    `what` happened, what was `kept`, and a `hint` what to do: one sentence each.
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
        return " ".join([*map(ended, parts), last])


def ended(sentence: str) -> str:
    """End a sentence that may come from a graph, before the next one begins."""
    return sentence if sentence.endswith((".", "!", "?", "…", ":")) else f"{sentence}."


class BadTarget(HitlError):
    """The target names no graphs, or its settings cannot be used."""

    title = "The target cannot be used"
    exit_code = 2


@dataclass(frozen=True, slots=True)
class ConfigurationFault:
    """What is wrong in a file of settings."""

    line: int | None
    """The number of its line, from 1; None if it is not in one line."""
    what: str

    def __str__(self) -> str:
        return self.what if self.line is None else f"Line {self.line}: {self.what}"


class BadConfiguration(HitlError):
    """A file of settings has faults, so none of its settings is used."""

    title = "The configuration cannot be used"
    exit_code = 2
    advice: ClassVar[str] = "Correct the file. hitl-tui config explains every setting."

    def __init__(self, path: Path, faults: Sequence[ConfigurationFault]) -> None:
        self.path = path
        self.faults = tuple(faults)
        first, *others = map(str, faults)
        more = f" And {len(others)} more." if others else ""
        super().__init__(
            f"{path}: {first}{more}",
            hint=self.advice,
            detail="\n".join([first, *others]) if others else "",
        )


class BadRules(BadConfiguration):
    """A file of standing rules has faults, so none of its rules is used."""

    title = "The rules cannot be used"
    advice = "Correct the file; until then its rules answer nothing."


class BadInput(HitlError):
    """What was typed cannot be used."""

    title = "Invalid input"
    exit_code = 2


class NoLongerWaits(HitlError):
    """The item to answer is gone, or is no longer what was shown."""

    title = "No longer waiting"
    exit_code = 3


class StillWaits(HitlError):
    """A new run would silently replace what waits on the thread; nothing was sent."""

    title = "Still waiting"
    exit_code = 3


class NotTaken(HitlError):
    """This interrupt does not accept the answer; nothing was sent.

    `faults` contain where and why, so that a form can show each at its field.
    """

    title = "Answer not accepted"
    exit_code = 4

    def __init__(self, what: str, *, hint: str = "", faults: "tuple[Fault, ...]" = ()) -> None:
        super().__init__(what, hint=hint)
        self.faults = faults


class NotConfirmed(NotTaken):
    """What would be sent may not be meant; nothing was sent."""

    title = "Not confirmed"


class ReasonMissing(NotTaken):
    """The decision needs a reason for the log, as it is configured; nothing was sent."""

    title = "Reason for the log"

    def __init__(self, what: str, *, hint: str = "") -> None:
        super().__init__(what, hint=hint)
        self.kept = "Nothing was sent; what you typed is kept."


class TargetError(HitlError):
    """The target cannot be used."""

    title = "Target cannot be used"

    @property
    def may_pass(self) -> bool:
        """Whether the same request may succeed a moment later."""
        return False


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

    @property
    def may_pass(self) -> bool:
        """True: the server may be back soon."""
        return True


class Denied(TargetError):
    """The server does not know the key (401), or does not allow this with it (403)."""

    title = "Not allowed"

    def __init__(self, what: str, *, knows_key: bool, hint: str = "") -> None:
        super().__init__(what, hint=hint)
        self.knows_key = knows_key


class NotThere(TargetError):
    """The server has no such thing (404)."""

    title = "Not found"


class Missing(NotThere):
    """The server has no such item, checkpoint or key, and nothing else is wrong with it."""

    exit_code = 3


class Conflict(TargetError):
    """Another run is in progress on the thread, or has answered it (409 or the like)."""

    title = "Busy"
    exit_code = 3


class MovedOn(Conflict):
    """The thread has changed since the decision was made (409 on preconditions)."""

    title = "No longer waiting"


class OtherFirstAnswer(Conflict):
    """Another reviewer has sent another first answer since the question was read (409)."""

    title = "Another answer came first"


class FirstOfTwo(TargetError):
    """The server recorded an answer as the first of two, and carried nothing out (409)."""

    title = "Waits for a second reviewer"
    exit_code = 12

    def __init__(self, rules: Sequence[str], replaced: str) -> None:
        """`rules` demand two reviewers; `replaced`: whose other answer it replaces, or nothing."""
        named = f"{'rule' if len(rules) == 1 else 'rules'} {', '.join(rules)}"
        instead = f" It replaces another answer, by {replaced}." if replaced else ""
        super().__init__(f"It waits for a second reviewer ({named}). Nothing was run.{instead}")


class BadReply(TargetError):
    """The reply is not JSON, or is not what a LangGraph server sends."""

    title = "Unexpected reply"


class TooLarge(BadReply):
    """The reply is larger than what is read."""

    title = "Reply too large"


class ServerRefused(TargetError):
    """The server refused the request (any other 4xx or 5xx)."""

    title = "Server refused"

    def __init__(
        self, what: str, *, status: int, kept: str = "", hint: str = "", detail: str = ""
    ) -> None:
        super().__init__(what, kept=kept, hint=hint, detail=detail)
        self.status = status

    @property
    def may_pass(self) -> bool:
        """Whether the server is overloaded, or failed, and does not say that it cannot do it."""
        return self.status in {408, 429} or (self.status >= 500 and self.status != 501)


class LocalServerFailed(TargetError):
    """The local server did not start."""

    title = "The local server did not start"


class NotTrusted(TargetError):
    """Nobody agreed to run the code of a local project as it is now; nothing of it ran.

    `code` is what a person may agree to; None if it cannot be checked.
    """

    title = "Not trusted"
    exit_code = 11

    def __init__(self, what: str, *, hint: str, code: "ProjectCode | None" = None) -> None:
        super().__init__(what, kept="Nothing of it ran.", hint=hint)
        self.code = code


class ReadOnly(TargetError):
    """The target is configured as read-only; nothing was sent."""

    title = "Read-only"

    def __init__(self) -> None:
        super().__init__(
            "The target is read-only.",
            kept="Nothing was sent.",
            hint="Set read_only to false in config.toml to change what is there.",
        )


class GraphBroken(TargetError):
    """A graph of the target cannot be imported; `detail` is its own traceback, shortened."""

    title = "Graph cannot be imported"


class JournalFailed(HitlError):
    """The journal cannot be read or written. Before sending it fails closed: nothing was sent."""

    title = "Journal not written"
