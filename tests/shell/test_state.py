"""`hitl-tui state` and `hitl-tui messages`, as a person types them."""

from .conftest import Shell


def test_the_state_is_printed_whole_or_in_parts(shell: Shell) -> None:
    """Of the thread, of a checkpoint, of a subgraph; a path that cannot be read is refused."""
    thread = shell.run("run", "subgraph", "--input", '{"order": "two desks"}')["thread_id"]
    state = shell.run("state", thread)
    assert state["values"] == {"order": "two desks"}
    assert state["next"] == ["approval"]
    ((namespace, path),) = [(each["namespace"], each["path"]) for each in state["subgraphs"]]
    assert path == ["approval"] and namespace.startswith("approval:")

    inside = shell.run("state", thread, "--subgraph", "approval")
    assert inside == shell.run("state", thread, "--subgraph", namespace)
    assert (inside["subgraph"], inside["next"]) == (namespace, ["ask"])
    assert "Give one of these namespaces" in shell.refused(
        "state", thread, "--subgraph", "other", code=2
    )

    found = shell.run("state", thread, "--path", "$.order")["found"]
    assert found == [{"path": "$.order", "value": "two desks"}]
    assert shell.raw("state", thread, "--path", "$.*").stdout == '$.order: "two desks"\n'
    nothing = shell.raw("state", thread, "--path", "$.nowhere")
    assert (nothing.stdout.strip(), nothing.returncode) == ("", 0)
    assert "names nothing" in nothing.stderr
    assert "is not a JSONPath" in shell.refused("state", thread, "--path", "$.[", code=2)

    shell.run("answer", thread, "--text", "Grace")
    assert "approved_by" in shell.run("state", thread)["values"]
    earlier = shell.run("state", thread, "--checkpoint", state["checkpoint_id"])
    assert earlier["values"] == state["values"]


def test_the_messages_are_printed(shell: Shell) -> None:
    """With the call that is asked about; a graph without messages has none."""
    thread = shell.run("run", "tool_agent", "--input-text", "Plan my Monday")["thread_id"]
    (said,) = shell.run("messages", thread)["conversations"]
    assert said["key"] == "messages"
    assert said["messages"][0]["text"] == "Plan my Monday"
    first, *_ = said["messages"][1]["calls"]
    assert (first["name"], first["result"]) == ("read_calendar", 2)
    assert any(call["asked"] for call in said["messages"][-1]["calls"])
    (last,) = shell.run("messages", thread, "--last", "1")["conversations"][0]["messages"]
    assert last == said["messages"][-1]

    text = shell.raw("messages", thread).stdout
    assert "person\nPlan my Monday\n" in text
    assert '✓ read_calendar(day="Monday")' in text and "? send_email(" in text
    assert shell.run("messages", thread, "--key", "other")["conversations"] == []

    thread = shell.run("run", "revise", "--input", '{"some_text": "x"}')["thread_id"]
    assert shell.raw("messages", thread).stdout == "The state holds no messages.\n"
