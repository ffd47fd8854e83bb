"""The shell commands that look at a server, on both kinds of server."""

from uuid import uuid4

import pytest

from .conftest import Shell


def test_threads_are_listed_whatever_their_status(shell: Shell) -> None:
    mark = f"suite={uuid4()}"
    asks = shell.run("run", "revise", "--input", '{"some_text":"a text"}')["thread_id"]
    stuck = shell.run("run", "stuck", "--input", "{}")["thread_id"]
    shell.run("answer", stuck, "--text", "a few", code=7)

    listed = shell.run("threads", "--graph", "revise", "--status", "waiting", "--all")
    row = next(row for row in listed["threads"] if row["thread_id"] == asks)
    assert (row["graph"], row["status"]) == ("revise", "interrupted")
    assert row["interrupts"][0]["value"] == {"text_to_revise": "a text"}
    assert listed["counts"]["waiting"] == len(listed["threads"])
    assert not listed["more"]

    of_stuck = shell.run("threads", "--graph", "stuck", "--all")["threads"]
    assert any("invalid literal" in str(row["error"]) for row in of_stuck)
    assert len(shell.run("threads", "--limit", "1")["threads"]) == 1
    assert shell.run("threads", "--limit", "1")["more"]
    assert shell.run("threads", "--metadata", mark)["threads"] == []
    assert "There is no graph nope." in shell.refused("threads", "--graph", "nope", code=2)


def test_a_thread_is_copied_and_the_copy_deleted(shell: Shell) -> None:
    thread = shell.run("run", "revise", "--input", '{"some_text":"a text"}')["thread_id"]
    copy = shell.run("copy", thread)["thread_id"]
    assert shell.run("show", copy)["interrupts"][0]["value"] == {"text_to_revise": "a text"}
    assert "add --yes" in shell.refused("delete", copy, code=4)
    assert shell.run("delete", copy, "--yes")["outcome"] == "applied"
    assert "There is no thread" in shell.refused("delete", copy, "--yes", code=3)
    assert shell.run("show", thread)["status"] == "interrupted"


def test_what_is_not_there_ends_with_one_exit_code(shell: Shell) -> None:
    thread = shell.run("run", "revise", "--input", '{"some_text":"a text"}')["thread_id"]
    other = str(uuid4())
    for command in (
        *((name, other) for name in ("state", "messages", "history", "show", "runs", "cancel")),
        ("state", thread, "--checkpoint", other),
        ("fork", thread, "--checkpoint", other, "--set", 'some_text="another"', "--yes"),
        ("store", "get", "a.namespace", "no-key"),
        ("store", "delete", "a.namespace", "no-key", "--yes"),
    ):
        assert "no " in shell.refused(*command, code=3), command


def test_a_graph_is_printed(local_shell: Shell) -> None:
    picture = local_shell.run("graph", "breakpoints")
    assert {"source": "draft", "target": "polish", "conditional": False, "label": None} in picture[
        "edges"
    ]
    stops = {n["id"]: (n["stops_before"], n["stops_after"]) for n in picture["nodes"]}
    assert (stops["publish"], stops["draft"]) == ((True, False), (False, True))
    listed = local_shell.raw("graph", "breakpoints").stdout
    assert " ▿ │○ draft\n" in listed
    assert local_shell.raw("graph", "tool_agent", "--ascii").stdout.isascii()
    assert local_shell.raw("graph", "subgraph", "--mermaid").stdout.startswith("flowchart TD\n")
    for form in ("--mermaid", "--svg", "--picture"):
        told = local_shell.refused("graph", "subgraph", form, code=2)
        assert f"{form} and --json exclude each other." in told


def test_a_graph_is_printed_as_a_picture(local_shell: Shell) -> None:
    pytest.importorskip("graphlay", reason="needs graphlay, of the extra `picture`")
    assert "[ ○ draft▿]\n" in local_shell.raw("graph", "breakpoints", "--picture").stdout
    opened = ("graph", "subgraph", "--subgraphs", "--picture", "--ascii")
    printed = local_shell.raw(*opened).stdout
    assert printed.isascii()
    assert "v" in printed and "+ approval =" in printed
    assert local_shell.raw("graph", "subgraph", "--svg").stdout.startswith("<svg ")


def test_code_is_printed_and_nothing_sent(local_shell: Shell) -> None:
    thread = local_shell.run("run", "revise", "--input", '{"some_text":"a text"}')["thread_id"]
    copied = local_shell.run("copy-as", "python", thread, "--answer", '"another"')
    assert copied["language"] == "python"
    assert "'another'" in copied["code"]
    assert "YOUR ANSWER" in local_shell.raw("copy-as", "curl", thread).stdout
    assert "threads.search" in local_shell.raw("threads", "--copy-as", "javascript").stdout
    [run] = local_shell.run("runs", thread)
    assert (run["kind"], run["status"], run["sent"]) == ("input", "ended", {"some_text": "a text"})
    assert (
        "some_text" in local_shell.raw("copy-as", "python", thread, "--run", run["run_id"]).stdout
    )
    assert local_shell.run("show", thread)["status"] == "interrupted"
    assert "No run is in progress" in local_shell.refused("cancel", thread, code=3)
    assert "No run is in progress" in local_shell.refused("stream", thread, code=3)
