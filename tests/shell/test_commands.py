"""The shell commands as a person types them: real processes, with both kinds of server."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hitl_engine.desk import open_desk
from hitl_engine.model import Interrupt, JsonObject, Outcome
from tests.server import processes

from .conftest import ROOT, Shell


def interrupts(document: Any) -> dict[str, str]:
    return {asked["node"]: asked["id"] for asked in document["interrupts"]}


def test_a_text_is_revised(shell: Shell) -> None:
    started = shell.run("run", "revise", "--input", '{"some_text":"original text"}')
    thread = started["thread_id"]
    assert started["status"] == "interrupted"
    assert [asked["value"] for asked in started["interrupts"]] == [
        {"text_to_revise": "original text"}
    ]
    (waiting,) = [item for item in shell.run("list") if item["thread_id"] == thread]
    assert waiting["kind"] == "interrupt"
    assert (waiting["graph"], waiting["node"]) == ("revise", "human_node")
    assert waiting["interrupt_id"] == started["interrupts"][0]["id"]
    assert waiting["payload"] == {"text_to_revise": "original text"}
    assert waiting["waiting_since"] is not None

    done = shell.run("answer", thread, "--text", "Edited text")
    assert done["outcome"] == "applied"
    assert (done["status"], done["values"]) == ("done", {"some_text": "Edited text"})
    assert thread not in [item["thread_id"] for item in shell.run("list")]
    assert "No interrupt waits" in shell.refused("answer", thread, "--text", "again", code=3)

    (entry,) = [
        entry
        for entry in shell.run("log")
        if entry["thread_id"] == thread and entry["event"] == "answer"
    ]
    assert (entry["outcome"], entry["answer"]) == ("applied", "Edited text")


def test_breakpoints_are_stepped_past(shell: Shell) -> None:
    """S9, B15: a breakpoint takes no answer; one step is one request."""
    stopped = shell.run("run", "breakpoints", "--input", "{}")
    thread = stopped["thread_id"]
    assert (stopped["status"], stopped["next"], stopped["interrupts"]) == (
        "breakpoint",
        ["polish"],
        [],
    )
    (waiting,) = [item for item in shell.run("list") if item["thread_id"] == thread]
    assert (waiting["kind"], waiting["when"], waiting["node"]) == ("breakpoint", "after", "draft")
    assert "use hitl-tui step" in shell.refused("answer", thread, "--text", "x", code=3)

    stopped = shell.run("step", thread)
    assert (stopped["status"], stopped["next"]) == ("breakpoint", ["publish"])
    (waiting,) = [item for item in shell.run("list") if item["thread_id"] == thread]
    assert (waiting["when"], waiting["node"]) == ("before", "publish")
    done = shell.run("step", thread)
    assert done["status"] == "done"
    assert "it is not at a breakpoint" in shell.refused("step", thread, code=3)


def test_breakpoints_of_a_run_apply_to_its_later_runs(shell: Shell) -> None:
    """S72."""
    stopped = shell.run(
        "run", "breakpoints", "--input", "{}", "--interrupt-before", "*", "--interrupt-after", "*"
    )
    thread = stopped["thread_id"]
    seen = [stopped["next"]]
    while stopped["status"] == "breakpoint":
        stopped = shell.run("step", thread)
        seen.append(stopped["next"])
    assert stopped["status"] == "done"
    assert seen[0] == ["draft"]
    assert {"draft", "polish", "publish"} <= {node for nodes in seen for node in nodes}


def test_tool_calls_are_decided_one_by_one(shell: Shell) -> None:
    started = shell.run(
        "run", "tool_agent", "--input", '{"messages":[{"role":"user","content":"hi"}]}'
    )
    thread = started["thread_id"]
    (asked,) = started["interrupts"]
    calls = asked["value"]["action_requests"]
    assert [call["name"] for call in calls] == ["send_email", "execute_sql"]
    edited = {**calls[0]["args"], "subject": "Moved"}
    assert "not clear which" in shell.refused("answer", thread, "--edit", "{}", code=2)
    refusal = shell.refused("answer", thread, "--respond", "done already", code=2)
    assert "decision for each" in refusal
    one = json.dumps({"decisions": [{"type": "approve"}]})
    assert "needs exactly 2 items; there are 1" in shell.refused(
        "answer", thread, "--value", one, code=4
    )
    forbidden = json.dumps({"decisions": [{"type": "approve"}, {"type": "respond"}]})
    refusal = shell.refused("answer", thread, "--value", forbidden, code=4)
    assert '$.decisions[1].type: must be "approve" or "reject"' in refusal
    dropped = ("--decision", '1=edit:{"to": "b"}', "--decision", "2=reject:no deletes")
    refused = shell.run("answer", thread, *dropped, code=4)
    assert [fault["path"] for fault in refused["faults"]] == ["$", "$"]
    assert refused["faults"][0]["why"].endswith("$.body is left out.")

    email = f"1=edit:{json.dumps(edited)}"
    done = shell.run("answer", thread, "--decision", "2=reject:no deletes", "--decision", email)
    assert (done["outcome"], done["status"]) == ("applied", "done")
    tools = {
        message["name"]: message["content"]
        for message in done["values"]["messages"]
        if message["type"] == "tool"
    }
    assert "Moved" in tools["send_email"]
    assert "no deletes" in tools["execute_sql"]


def test_a_call_that_did_not_run_as_decided_is_reported(local_shell: Shell) -> None:
    """S36, B24: it was rejected, and ran."""
    given = '{"messages":[{"role":"user","content":"hi"}]}'
    thread = local_shell.run("run", "flipping_per_call", "--input", given)["thread_id"]
    done = local_shell.raw("answer", thread, "--reject", "Keep it.", "--json")
    assert "hitl-tui: Not as decided: delete_file: rejected, but" in done.stderr
    document = json.loads(done.stdout)
    (message,) = document["divergences"]
    assert "“Deleted old.md.”" in message and document["answers"][0]["divergences"] == [message]
    assert local_shell.run("log")[0]["divergences"] == [message]
    assert "not as decided: delete_file" in local_shell.raw("log").stdout


def test_parallel_questions_are_answered_by_id(shell: Shell) -> None:
    """S3, S8, S15."""
    started = shell.run("run", "parallel", "--input", '{"proposal":"a boat"}')
    thread, ids = started["thread_id"], interrupts(started)
    message = shell.refused("answer", thread, "--text", "yes", code=2)
    assert "2 interrupts wait" in message
    for node, asked in (("legal", "Is this legal?"), ("finance", "Can we pay for it?")):
        (line,) = [line for line in message.splitlines() if line.startswith(ids[node])]
        assert node in line and asked in line
    half = shell.run("answer", thread, "--interrupt", ids["legal"], "--choose", "1")
    assert (half["outcome"], half["status"]) == ("applied", "interrupted")
    assert interrupts(half) == {"finance": ids["finance"]}
    shell.refused("answer", thread, "--interrupt", ids["legal"], "--text", "no", code=3)
    done = shell.run("answer", thread, "--choose", "2")
    assert done["values"]["verdict"] == "finance: False; legal: True"


def test_a_text_that_spells_a_value_is_sent_only_with_yes(shell: Shell) -> None:
    """The node tests the answer with `if`, for which "no" is true."""
    thread = shell.run("run", "approval", "--input", "{}")["thread_id"]
    [asks] = shell.run("show", thread)["asks"]
    assert (asks["kind"], asks["answer_schema"]) == ("choices", {"examples": [True, False]})
    for text in (["--text", "no"], ["--value", '"no"']):
        refused = shell.run("answer", thread, *text, code=4)
        assert "which a node's `if` takes for yes" in refused["faults"][0]["why"]
    stopped = shell.run("answer", thread, "--choose", "2")
    assert stopped["values"]["said"] == ["stopped"]
    thread = shell.run("run", "approval", "--input", "{}")["thread_id"]
    acted = shell.run("answer", thread, "--text", "no", "--yes")
    assert acted["values"]["said"] == ["acted"]


def test_an_answer_to_what_was_shown_does_not_reach_another_question(
    shell: Shell, tmp_path: Path
) -> None:
    """A node that runs again asks under the same id, at the same checkpoint."""
    given = json.dumps({"trace": str(tmp_path / "trace")})
    started = shell.run("run", "step_that_changes", "--input", given)
    thread, shown = started["thread_id"], {each["node"]: each for each in started["interrupts"]}
    seen = shown["ask_what_changes"]
    listed = [each for each in shell.run("list") if each["thread_id"] == thread]
    asks = shell.run("show", thread)["asks"]
    for document, key in ((listed, "interrupt_id"), (asks, "id")):
        assert {each[key]: each["fingerprint"] for each in document} == {
            each["id"]: each["fingerprint"] for each in started["interrupts"]
        }
    other = ["--expect", shown["right"]["fingerprint"]]
    refused = shell.run("answer", thread, "--interrupt", seen["id"], "--text=go", *other, code=3)
    assert seen["fingerprint"] in refused["error"]
    half = shell.run("answer", thread, "--text", "fine", *other)
    (now,) = half["interrupts"]
    assert (now["id"], now["value"]) == (seen["id"], {"run": "rm 2"})

    expected = ["--interrupt", seen["id"], "--text", "go", "--expect", seen["fingerprint"]]
    refused = shell.run("answer", thread, *expected, code=3)
    assert refused["interrupts"] == [now]
    message = shell.refused("answer", thread, *expected, code=3)
    assert "no longer waits" in message and '"run": "rm 2"' in message
    done = shell.run("answer", thread, "--text", "go", "--expect", now["fingerprint"])
    assert (done["outcome"], done["status"]) == ("applied", "done")
    refused = shell.run("answer", thread, "--text=go", "--expect", now["fingerprint"], code=3)
    assert "Nothing waits" in shell.refused("reopen", thread, *expected[-2:], code=3)
    shell.refused("answer", thread, "--text=go", "--expect", "abc", code=2)


def test_a_step_past_another_breakpoint_is_refused(local_shell: Shell) -> None:
    started = local_shell.run("run", "breakpoints", "--input", "{}")
    thread, expected = started["thread_id"], ["--expect", started["breakpoint"]["fingerprint"]]
    (listed,) = [each for each in local_shell.run("list") if each["thread_id"] == thread]
    assert listed["fingerprint"] == expected[1] in local_shell.raw("show", thread).stdout
    stepped = local_shell.run("step", thread, *expected)
    assert stepped["breakpoint"]["node"] != started["breakpoint"]["node"]
    refused = local_shell.run("step", thread, *expected, code=3)
    assert refused["breakpoint"] == stepped["breakpoint"]


def test_a_node_interrupt_takes_no_answer_and_is_run_again(
    local_shell: Shell, tmp_path: Path
) -> None:
    given = json.dumps({"trace": str(tmp_path / "trace"), "seconds": 5})
    started = local_shell.run("run", "checking_twice", "--input", given)
    thread, nodes = started["thread_id"], "check_length, check_sums"
    assert (started["status"], started["interrupts"]) == ("breakpoint", [])
    assert (started["breakpoint"]["when"], started["breakpoint"]["node"]) == ("in", nodes)
    printed = local_shell.raw("show", thread).stdout
    assert f"Stopped in {nodes}" in printed and "too long: 5" in printed
    assert "NodeInterrupt, which takes no answer" in printed
    refused = local_shell.refused("answer", thread, "--text", "9", code=3)
    assert "NodeInterrupt, which takes no answer" in refused and "old langgraph" not in refused
    stepped = local_shell.run("step", thread, code=3)
    assert (stepped["outcome"], stepped["status"]) == ("unmoved", "breakpoint")
    assert "nothing moved" in local_shell.raw("step", thread).stderr


def test_several_interrupts_are_answered_in_one_request(local_shell: Shell) -> None:
    started = local_shell.run("run", "parallel", "--input", "{}")
    thread, ids = started["thread_id"], interrupts(started)
    each = [
        f"--interrupt={ids[node]}={value}" for node, value in (("legal", '"fine"'), ("finance", 0))
    ]
    assert "already contains an answer" in local_shell.refused(
        "answer", thread, *each, "--text=x", code=2
    )
    done = local_shell.run("answer", thread, *each)
    assert done["values"]["verdict"] == "finance: 0; legal: fine"
    assert [(one["interrupt_id"], one["outcome"]) for one in done["answers"]] == [
        (ids["legal"], "applied"),
        (ids["finance"], "applied"),
    ]


def test_a_stuck_question_is_reopened(local_shell: Shell) -> None:
    """S25, S28: it is asked again under a new id; earlier nodes do not run again."""
    thread = local_shell.run("run", "stuck", "--input", "{}")["thread_id"]
    failed = local_shell.run("answer", thread, "--text", "a few", code=7)
    assert (failed["outcome"], failed["answers"][0]["stuck"]) == ("unknown", False)
    assert "may have kept" in local_shell.refused("answer", thread, "--text", "3", code=4)
    failed = local_shell.run("answer", thread, "--text", "3", "--yes", code=7)
    assert failed["answers"][0]["stuck"]
    [asks] = local_shell.run("show", thread)["asks"]
    assert (asks["stuck"], asks["reopening"]["asks_again"]) == ("yes", ["count"])
    opened = local_shell.run("reopen", thread)
    assert (opened["outcome"], opened["status"]) == ("applied", "interrupted")
    assert opened["interrupts"][0]["id"] != failed["interrupts"][0]["id"]
    assert "not a number" in local_shell.refused("answer", thread, "--text", "3", code=4)
    done = local_shell.run("answer", thread, "--value", "3", "--yes")
    assert done["values"] == {
        "order": "four chairs",
        "boxes": 3,
        "receipt": "four chairs in 3 boxes",
    }
    assert "No interrupt waits" in local_shell.refused("reopen", thread, code=3)


def test_options_are_chosen_and_questions_answered(local_shell: Shell) -> None:
    thread = local_shell.run("run", "choice", "--input", "{}")["thread_id"]
    refused = local_shell.run("answer", thread, "--choose", "9", code=4)
    assert refused["faults"] == [{"path": "$", "why": refused["error"]}]
    done = local_shell.run("answer", thread, "--choose", "2")
    assert done["values"] == {"plan": "Large and late"}
    thread = local_shell.run("run", "ask_user", "--input", "{}")["thread_id"]
    [asks] = local_shell.run("show", thread)["asks"]
    questions = enumerate(asks["understood"]["questions"], 1)
    replies = [f"--reply={n}={(asked['choices'] or ['mine'])[0]}" for n, asked in questions]
    assert local_shell.run("answer", thread, *replies)["outcome"] == "applied"


HOOK = {
    "protocol_version": 1,
    "invocation_id": "0b0e4b1c-5b1a-4c1e-8a58-2f4b6a3f0a11",
    "snapshot_id": "snapshot-1",
    "decision": {"allow": False},
}
FILLED = {"amount": 15, "urgent": True, "reason": "x"}
PAID = {"decision": "approve", "amount": 70, "payment": {"by": "cash", "notes": [50]}}
MAIN_WAYS: dict[str, tuple[list[str], str]] = {
    "choice": (["--choose=3"], '{"plan": "Not at all"}'),
    "yes_no": (["--choose=2"], '{"published": false}'),
    "form": (
        ["--value", json.dumps({"approved": True, "values": FILLED})],
        json.dumps({"expense": FILLED}),
    ),
    "typed_answer": (["--value", json.dumps(PAID)], '"amount": 70, "payment": {"by": "cash", '),
    "ask_user": (["--reply=1=SQLite", "--reply=2=Asia"], '"Which regions?": ["Asia"]'),
    "older_review": (["--approve"], "'copies': 1"),
    "js_tool_calls": (
        ["--decision=1=approve", "--decision=2=reject:no"],
        '[{"type": "approve"}, {"type": "reject", "message": "no"}]',
    ),
    "tool_approval": (['--interrupt={}={{"type":"approve"}}'] * 2, "Deleted old.md."),
    "anything": (["--value", '[7, "x"]'], '"type": "list"'),
    "hook": (["--value", json.dumps(HOOK)], '{"decision": {"allow": false}}'),
}
"""The options of `answer`, with a placeholder for each question's id, and a part of the state."""


async def test_each_convention_is_answered_in_its_main_way(shell: Shell) -> None:
    async with open_desk(shell.target, data_dir=shell.data) as desk:
        known = {graph.graph_id: graph for graph in await desk.graphs()}
        asked: JsonObject = {"messages": [{"role": "user", "content": "hi"}]}
        inputs: dict[str, JsonObject] = {
            graph: asked if graph == "tool_approval" else {} for graph in MAIN_WAYS
        }
        outcomes = await asyncio.gather(
            *(desk.start(known[graph], inputs[graph], lambda _: None) for graph in MAIN_WAYS)
        )
    done = await asyncio.gather(
        *(
            asyncio.to_thread(shell.run, "answer", outcome.thread_id, *with_ids(options, outcome))
            for (options, _), outcome in zip(MAIN_WAYS.values(), outcomes, strict=True)
        )
    )
    for (_, held), document in zip(MAIN_WAYS.values(), done, strict=True):
        assert (document["outcome"], document["status"]) == ("applied", "done")
        assert held in json.dumps(document["values"])


def with_ids(options: list[str], outcome: Outcome) -> list[str]:
    assert outcome.thread is not None
    ids = [each.interrupt_id for each in outcome.thread.waiting if isinstance(each, Interrupt)]
    return options if len(ids) == 1 else [o.format(i) for o, i in zip(options, ids, strict=True)]


def test_a_question_inside_a_subgraph(shell: Shell) -> None:
    started = shell.run("run", "subgraph", "--input", "{}")
    done = shell.run("answer", started["thread_id"], "--text", "Ada")
    assert (done["outcome"], done["status"]) == ("applied", "done")


def test_the_same_node_asks_until_the_answer_is_valid(shell: Shell) -> None:
    """B7: each time it is a new question."""
    started = shell.run("run", "validate", "--input", "{}")
    thread = started["thread_id"]
    (first,) = started["interrupts"]
    again = shell.run("answer", thread, "--text", "old")
    assert (again["outcome"], again["status"]) == ("applied", "interrupted")
    (second,) = again["interrupts"]
    assert second["value"] != first["value"]
    done = shell.run("answer", thread, "--value", "42", "--yes")
    assert (done["status"], done["values"]["age"]) == ("done", 42)


@pytest.mark.parametrize("value", ["null", "false", "0", '""', "[]", "{}", '{"a": [1, null]}'])
def test_false_and_empty_answers_are_sent(shell: Shell, value: str) -> None:
    """S10."""
    started = shell.run("run", "parallel", "--input", "{}")
    legal = interrupts(started)["legal"]
    half = shell.run("answer", started["thread_id"], "--interrupt", legal, "--value", value)
    assert half["outcome"] == "applied"
    done = shell.run("answer", started["thread_id"], "--value", value)
    opinion = repr(json.loads(value)) if value != '""' else ""
    assert done["values"]["verdict"] == f"finance: {opinion}; legal: {opinion}"


def test_show_and_graphs(shell: Shell) -> None:
    names = [graph["graph_id"] for graph in shell.run("graphs")]
    assert {"revise", "tool_agent", "breakpoints"} <= set(names)
    started = shell.run("run", "revise", "--input", '{"some_text":"x"}')
    shown = shell.run("show", started["thread_id"])
    assert shown["status"] == "interrupted"
    assert shown["values"] == {"some_text": "x"}
    assert shown["next"] == ["human_node"]
    assert shown["checkpoint_id"]
    assert shown["interrupts"] == started["interrupts"]
    assert shown["error"] is None
    [asks] = shown["asks"]
    assert (asks["id"], asks["kind"]) == (shown["interrupts"][0]["id"], "text")
    chosen = shell.run("run", "choice", "--input", "{}")["thread_id"]
    [asks] = shell.run("show", chosen)["asks"]
    assert asks["kind"] == "choices"
    plan = asks["answer_schema"]["enum"][1]
    done = shell.run("answer", chosen, "--value", "-", typed=json.dumps(plan))
    assert done["values"] == {"plan": plan}


def test_a_second_run_on_a_thread(shell: Shell) -> None:
    """S34, B17: only on a finished thread; on a waiting one it would replace the question."""
    started = shell.run("run", "revise", "--input", '{"some_text":"one"}')
    thread = started["thread_id"]
    second = ("run", "revise", "--input", '{"some_text":"two"}', "--thread", thread)
    message = shell.refused(*second, code=3)
    assert "a question (human_node)" in message
    assert "Nothing was sent" in message
    assert shell.run("show", thread)["interrupts"] == started["interrupts"]
    shell.run("answer", thread, "--text", "done")
    again = shell.run(*second)
    assert again["thread_id"] == thread
    assert again["interrupts"][0]["value"] == {"text_to_revise": "two"}


def test_a_second_run_on_a_thread_at_a_breakpoint(shell: Shell) -> None:
    thread = shell.run("run", "breakpoints", "--input", "{}")["thread_id"]
    message = shell.refused("run", "breakpoints", "--input", "{}", "--thread", thread, code=3)
    assert "at a breakpoint, after draft" in message
    assert shell.run("step", thread)["next"] == ["publish"]


def test_compiled_breakpoints_hold_next_to_those_of_a_run(shell: Shell) -> None:
    stopped = shell.run("run", "breakpoints", "--input", "{}", "--interrupt-before", "polish")
    seen = [stopped["next"]]
    while stopped["status"] == "breakpoint":
        stopped = shell.run("step", stopped["thread_id"])
        seen.append(stopped["next"])
    assert ["publish"] in seen, "compiled: before publish"
    assert seen[0] == ["polish"]


def test_breakpoints_of_a_run_replace_compiled_ones_on_request(shell: Shell) -> None:
    args = ("run", "breakpoints", "--input", "{}", "--replace-breakpoints")
    message = shell.refused(*args, "--interrupt-after", "draft", code=2)
    assert "publish are part of the graph" in message
    stops = ("--interrupt-before", "announce", "--interrupt-after", "draft")
    stopped = shell.run(*args, *stops)
    assert stopped["next"] == ["polish"], "after draft"
    stopped = shell.run("step", stopped["thread_id"])
    assert stopped["next"] == ["announce"]


def test_a_run_gets_a_config_which_its_later_runs_get_too(shell: Shell) -> None:
    given = ["--input", "{}", "--config", '{"recursion_limit": 7}', "--configurable"]
    asked = shell.run("run", "asking_tenant", *given, "tenant=acme")
    assert asked["interrupts"][0]["value"] == {"asks": "acme", "limit": 7}
    done = shell.run("answer", asked["thread_id"], "--value", "1")
    assert done["values"]["said"] == [1, "acme", 7]
    asked = shell.run("run", "asking_tenant", *given, "tenant=[1]")
    assert asked["interrupts"][0]["value"]["asks"] == [1]


def test_a_run_gets_a_context(shell: Shell) -> None:
    done = shell.run("run", "scheduled", "--input", "{}", "--context", '{"tenant": "acme"}')
    assert done["values"] == {"said": ["acme", 1]}


def test_settings_that_a_server_refuses(local_shell: Shell) -> None:
    for options, words in (
        (["--configurable", "a=1", "--context", '{"b": 2}'], "not both"),
        (["--configurable", "thread_id=x"], "set by the server"),
        (["--configurable", "a=1", "--configurable", "a=2"], "a twice"),
        (["--config", '{"configurable": 3}'], "must be an object"),
        (["--configurable", "a"], "not KEY=VALUE"),
        (["--context", "[]"], "must be a JSON object"),
    ):
        message = local_shell.refused("run", "tenant", "--input", "{}", *options, code=2)
        assert words in message


def test_an_input_may_be_one_text(shell: Shell) -> None:
    asked = shell.run("run", "tool_agent", "--input-text", "Prepare my Monday.")
    first = asked["values"]["messages"][0]
    assert (first["type"], first["content"]) == ("human", "Prepare my Monday.")
    asked = shell.run("run", "revise", "--input-text", "A text")
    assert asked["interrupts"][0]["value"] == {"text_to_revise": "A text"}
    message = shell.refused("run", "chain", "--input-text", "x", "--input", "{}", code=2)
    assert "not allowed with" in message
    message = shell.refused("run", "chain", "--input-text", "x", code=2)
    assert "it has: said, trace, seconds" in message and "--input" in message


def test_breakpoints_at_unknown_nodes(shell: Shell) -> None:
    for option in ("--interrupt-before", "--interrupt-after"):
        message = shell.refused(
            "run", "breakpoints", "--input", "{}", option, "draft,publsh", code=2
        )
        assert "no node publsh" in message
        assert "draft, polish, publish" in message


async def test_a_copied_thread_continues_with_its_assistant(
    langgraph_dev: processes.Served, tmp_path: Path
) -> None:
    """It has no run to copy from; without the assistant's context the node would raise."""
    async with langgraph_dev.client() as http:

        async def post(path: str, **body: Any) -> Any:
            return (await http.post(path, json=body)).raise_for_status().json()

        made = await post("/assistants", graph_id="scheduled", context={"tenant": "acme"})
        thread = (await post("/threads"))["thread_id"]
        run = {"assistant_id": made["assistant_id"], "input": {}, "interrupt_before": ["node"]}
        await post(f"/threads/{thread}/runs/wait", **run)
        copied = (await post(f"/threads/{thread}/copy"))["thread_id"]
    done = Shell(langgraph_dev.url, tmp_path).run("step", copied)
    assert (done["status"], done["values"]) == ("done", {"said": ["acme", 1]})


async def test_a_name_of_two_graphs_is_refused_with_their_ids(
    local_server: processes.Served, tmp_path: Path
) -> None:
    shell = Shell(local_server.url, tmp_path)
    headers = [f"--header={key}: {value}" for key, value in local_server.headers.items()]
    async with local_server.client() as http:

        async def made(graph: str) -> str:
            body = {"graph_id": graph, "name": "Twin"}
            return str((await http.post("/assistants", json=body)).json()["assistant_id"])

        chain, approval = await made("chain"), await made("approval")
        try:
            printed = shell.raw("graphs", *headers).stdout
            assert f"Twin (graph chain, assistant {chain})" in printed
            assert f"Twin (graph approval, assistant {approval})" in printed
            assert "revise\n" in printed
            for command in (["run", "Twin", "--input", "{}"], ["list", "--graph", "Twin"]):
                message = shell.refused(*command, *headers, code=2)
                assert "Twin names 2 assistants" in message
                assert chain in message and approval in message
            done = shell.run("run", chain, "--input", "{}", *headers)
            assert done["values"]["said"] == ["one", "two", "three"]
            listed = shell.run("list", "--graph", "chain", *headers)
            assert {each["graph"] for each in listed} <= {"chain"}
            assert done["thread_id"] not in {each["thread_id"] for each in listed}
        finally:
            for each in (chain, approval):
                await http.delete(f"/assistants/{each}")


def test_unknown_threads_and_questions(shell: Shell) -> None:
    missing = "00000000-0000-4000-8000-000000000000"
    for thread in (missing, "nonsense"):
        shell.refused("show", thread, code=3)
        shell.refused("step", thread, code=3)
        shell.refused("answer", thread, "--approve", code=3)
    shell.refused("run", "revise", "--input", "{}", "--thread", missing, code=3)
    assert "The target has" in shell.refused("run", "nope", "--input", "{}", code=2)
    assert "There is no graph revize." in shell.refused("list", "--graph", "revize", code=2)


def test_invalid_options(shell: Shell) -> None:
    assert "not JSON" in shell.refused("run", "revise", "--input", "{", code=2)
    for number in ("NaN", "-Infinity", "1e999", "1" * 5000):
        message = shell.refused("answer", "x", "--value", f'{{"a": {number}}}', code=2)
        assert "argument --value: not JSON. Line 1, column 7" in message
    assert "column 7" in shell.refused("answer", "x", "--edit", '{"a": NaN}', code=2)
    assert "column 7" in shell.refused("run", "revise", "--input", '{"a": NaN}', code=2)
    assert "--help" in shell.refused("answer", "x", code=2)
    assert "--option=-value" in shell.refused("answer", "x", "--text", "--dashes", code=2)
    assert "no option --limit" in shell.refused("answer", "x", "--approve", "--limit", "3", code=2)
    assert "1 to 1,000,000" in shell.refused("log", "--limit", "1" * 20, code=2)


def test_output_for_people_has_no_control_characters(local_shell: Shell) -> None:
    started = local_shell.run("run", "revise", "--input", json.dumps({"some_text": "a\x1b[31mb"}))
    listed = local_shell.raw("list")
    assert "\x1b" not in listed.stdout
    assert r"a\u{1B}[31mb" in listed.stdout
    shown = local_shell.raw("show", started["thread_id"])
    assert r"a\u001b[31mb" in shown.stdout


def test_a_project_without_a_running_local_server(tmp_path: Path) -> None:
    """Each command starts a local server and ends it; nothing is lost."""
    config = processes.copied_project(tmp_path / "project")
    shell = Shell(str(config), tmp_path / "data")
    started = shell.run("run", "revise", "--input", '{"some_text":"kept"}')
    (waiting,) = shell.run("list")
    assert waiting["thread_id"] == started["thread_id"]
    assert not list((tmp_path / "data").rglob("engine.json"))
    done = shell.run("answer", started["thread_id"], "--text", "kept on")
    assert done["values"] == {"some_text": "kept on"}
    assert shell.run("list") == []


@pytest.mark.parametrize(
    ("target", "code", "words"),
    [
        ("http://127.0.0.1:9", 5, "cannot be reached"),
        ("nowhere/langgraph.json", 2, "There is no file"),
        ("ftp://host", 2, "not an http"),
    ],
)
def test_a_target_that_does_not_exist(tmp_path: Path, target: str, code: int, words: str) -> None:
    assert words in Shell(target, tmp_path).refused("list", code=code)


def test_a_config_that_does_not_parse(tmp_path: Path) -> None:
    config = tmp_path / "langgraph.json"
    config.write_text('{"graphs": {,}}')
    assert "line 1" in Shell(str(config), tmp_path / "data").refused("list", code=2)


def test_a_graph_that_raises_on_import(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def build():\n    raise ValueError('no \x1b[31m')\nbuild()\n")
    shell = Shell(f"{tmp_path / 'bad.py'}:graph", tmp_path / "data")
    done = shell.raw("graphs", "--json")
    assert (done.returncode, done.stdout) == (5, "")
    assert "ValueError: no" in done.stderr
    assert "in build" in done.stderr
    assert "\x1b" not in done.stderr


def test_a_missing_module_is_reported_with_where_to_install_it(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import no_such_module_here\n")
    shell = Shell(f"{tmp_path / 'bad.py'}:graph", tmp_path / "data")
    message = shell.refused("graphs", code=5)
    assert "no_such_module_here" in message
    assert sys.executable in message
    assert "pip install" in message


def test_a_graph_that_raises(tmp_path: Path) -> None:
    (tmp_path / "raises.py").write_text(
        "from typing import TypedDict\n"
        "from langgraph.graph import START, StateGraph\n"
        "from langgraph.types import interrupt\n"
        "class State(TypedDict):\n    x: int\n"
        "def ask(state):\n    return {'x': 1 // interrupt('Divide by?')}\n"
        "graph = StateGraph(State).add_node(ask).add_edge(START, 'ask').compile()\n"
    )
    shell = Shell(f"{tmp_path / 'raises.py'}:graph", tmp_path / "data")
    started = shell.run("run", "raises", "--input", '{"x": 0}')
    failed = shell.run("answer", started["thread_id"], "--value", "0", "--yes", code=7)
    assert failed["status"] == "error"
    assert failed["outcome"] == "unknown"
    assert "ZeroDivisionError" in failed["error"]


def test_the_console_needs_a_terminal(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hitl_tui", "--data-dir", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
