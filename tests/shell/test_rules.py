"""Standing rules in the shell: `rules check` explains them, `watch --rules` answers by them."""

import json
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from hitl_engine.desk import open_desk
from hitl_engine.model import JsonValue
from tests.program import run_program
from tests.shell.conftest import Shell
from tests.shell.test_watch import next_line, watching

FILE = """
[[rule]]
name = "refunds"
do = "approve"
graph = "asking_as_told"
tool = "TOOL"
until = 2999-01-01T00:00:00Z
limit = 2

[rule.arguments]
order = "4711"
amount = { schema = { type = "number", minimum = 1, maximum = 50 } }
note = { schema = { type = ["string", "null"], pattern = "thank.*" } }

[[rule]]
name = "never"
do = "reject"
graph = "asking_as_told"
tool = "TOOL"
until = 2999-01-01T00:00:00Z
message = "Ask first."
arguments = { order = "0" }
"""
WORDS = """\
refunds: approves calls of TOOL in the graph asking_as_told
    if its arguments are these, and no others:
        order is exactly "4711"
        amount is any number that is at least 1 and is at most 50
        note is any string or null that fits thank.* from its beginning to its end
    until 2999-01-01 00:00:00 UTC
    2 calls at most
never: rejects calls of TOOL in the graph asking_as_told
    if its arguments are these, and no others:
        order is exactly "0"
    all other calls that wait together with it are rejected too
    the agent is told: Rejected by rule never. Ask first.
    until 2999-01-01 00:00:00 UTC
    any number of calls
"""


class Case:
    """A tool that only one test uses, and a file of rules about it."""

    def __init__(self, shell: Shell, folder: Path) -> None:
        self.shell = shell
        self.tool = f"refund_{uuid4().hex[:8]}"
        self.folder = folder
        self.file = folder / "rules.toml"
        self.file.write_text(FILE.replace("TOOL", self.tool))
        self.file.chmod(0o600)

    async def asked(self, *arguments: JsonValue) -> list[str]:
        """Start a run for each of these arguments, and return the threads."""
        found: list[str] = []
        async with open_desk(self.shell.target, data_dir=self.shell.data) as desk:
            (graph,) = [each for each in await desk.graphs() if each.name == "asking_as_told"]
            for args in arguments:
                payload: JsonValue = {
                    "action_requests": [{"name": self.tool, "args": args}],
                    "review_configs": [
                        {"action_name": self.tool, "allowed_decisions": ["approve", "reject"]}
                    ],
                }
                started = await desk.start(graph, {"said": [payload]}, lambda _: None)
                found.append(started.thread_id)
        return found

    def state(self, name: str) -> tuple[str, ...]:
        return ("--state", str(self.folder / name), "--tool", self.tool)

    def rules(self) -> tuple[str, ...]:
        return ("--rules", str(self.file))


@pytest.fixture
def case(local_shell: Shell, tmp_path: Path) -> Case:
    return Case(local_shell, tmp_path)


def arguments(order: str = "4711", amount: float = 20) -> JsonValue:
    return {"order": order, "amount": amount, "note": "thanks"}


def lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def test_rules_are_explained_without_a_target(case: Case) -> None:
    until = f"{datetime(2999, 1, 1, tzinfo=UTC).astimezone():%Y-%m-%d %H:%M:%S %Z}"
    words = WORDS.replace("TOOL", case.tool).replace("2999-01-01 00:00:00 UTC", until)
    done = run_program("rules", "check", str(case.file))
    assert (done.stdout, done.returncode) == (words, 0), done.stderr
    document = json.loads(run_program("rules", "check", str(case.file), "--json").stdout)
    assert document["items"] is None
    refunds, never = document["rules"]
    assert (refunds["name"], refunds["limit"], refunds["left"]) == ("refunds", 2, None)
    assert refunds["arguments"]["order"] == "4711"
    assert never["over"] is False and len(never["digest"]) == 64
    case.file.write_text("[[rule]]\nname = 1\n")
    wrong = run_program("rules", "check", str(case.file))
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "Line 1: do must be" in wrong.stderr and "Line 2: name must be" in wrong.stderr


async def test_what_rules_would_answer_is_told_and_nothing_is_sent(case: Case) -> None:
    threads = await case.asked(
        arguments(), arguments(), arguments(), arguments(amount=51), {"order": "0"}
    )
    only = [word for thread in threads for word in ("--thread", thread)]
    found = case.shell.run("rules", "check", str(case.file), *only)
    assert [item["would"] for item in found["items"]] == ["approve"] * 2 + [None, None, "reject"]
    assert [item["rules"] for item in found["items"]][3:] == [[], ["never"]]
    assert "its limit is reached" in found["items"][2]["why"]
    assert [rule["left"] for rule in found["rules"]] == [2, None]
    told = case.shell.raw("rules", "check", str(case.file), *only).stdout
    assert "5 items waiting; the rules would answer 3:" in told
    assert "    would be rejected by rule never" in told
    assert {each["thread_id"] for each in case.shell.run("list", "--tool", case.tool)} == {*threads}


async def test_two_watches_answer_by_rules_up_to_the_limit(case: Case) -> None:
    """Each in a process of its own, and both with `--exec` for what they tell."""
    threads = await case.asked(*[arguments()] * 4, {"order": "0"})
    script = case.folder / "note.py"
    script.write_text("import sys; open(sys.argv[1], 'a').write(sys.stdin.read())")
    notes = [case.folder / "a", case.folder / "b"]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                watching(
                    case.shell,
                    *case.state(f"state-{note.name}"),
                    *case.rules(),
                    *("--once", "--exec", f"{sys.executable} {script} {note}"),
                )
            )
            for note in notes
        ]
        assert [process.wait() for process in processes] == [0, 0]
    told = [line for note in notes for line in lines(note.read_text())]
    ruled = {line["item"]["thread_id"]: line for line in told if line["event"] == "ruled"}
    assert sorted(line["decision"] for line in ruled.values()) == ["approve", "approve", "reject"]
    assert {line["outcome"] for line in ruled.values()} <= {"applied", None}
    assert ruled[threads[4]]["rules"] == ["never"]
    waiting = {each["thread_id"] for each in case.shell.run("list", "--tool", case.tool)}
    assert waiting == {*threads} - {*ruled}
    left = {
        line["item"]["thread_id"] for line in told if line["event"] == "waiting" and line["why"]
    }
    assert waiting <= left
    entries = case.shell.run("log", "--who", "rule refunds", "--graph", "asking_as_told")
    mine = [entry for entry in entries if entry["thread_id"] in threads]
    assert [entry["rules"][0]["calls"] for entry in mine] == [1, 1]
    assert [entry["outcome"] for entry in mine] == ["applied"] * 2
    assert mine[0]["rules"][0]["rule"]["arguments"]["order"] == "4711"
    (shown,) = case.shell.raw("log", "--thread", threads[4], "--limit", "1").stdout.splitlines()[1:]
    assert shown.startswith("    by rule never (") and shown.endswith("): 1 call")
    assert "by rule never: 1 answer" in case.shell.raw("log", "--insight").stdout
    assert "never" in case.shell.raw("log", "--thread", threads[4], "--csv").stdout


async def test_a_watch_tells_what_no_rule_names_and_answers_what_comes(case: Case) -> None:
    (other,) = await case.asked(arguments(order="4712"))
    with watching(case.shell, *case.state("state"), *case.rules()) as process:
        line = next_line(process)
        assert (line["event"], line["item"]["thread_id"]) == ("waiting", other)
        (thread,) = await case.asked(arguments())
        told = [next_line(process) for _ in range(3)]
        assert [line["event"] for line in told] == ["matched", "ruled", "answered"]
        assert {line["item"]["thread_id"] for line in told} == {thread}
        assert told[2]["by"].endswith(" by rule refunds")
        process.kill()


async def test_rules_need_a_target_that_may_be_answered(case: Case) -> None:
    config = case.folder / "config.toml"
    for setting, told in (("read_only", "is read-only"), ("production", "add --yes")):
        config.write_text(
            f"[targets.live]\npath = {json.dumps(case.shell.target)}\n{setting} = true\n"
        )
        live = Shell("live", case.shell.data)
        done = live.raw("watch", *case.rules(), "--once", env={"HITL_TUI_CONFIG": str(config)})
        assert told in done.stderr and done.stdout == ""
    case.file.chmod(0o666)
    done = case.shell.raw("watch", *case.state("state"), *case.rules(), "--once")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Other users can change it" in done.stderr
