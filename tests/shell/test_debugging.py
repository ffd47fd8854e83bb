"""The shell commands of a developer, as a person types them."""

from .conftest import Shell


def test_a_state_is_edited_and_a_branch_begins(shell: Shell) -> None:
    thread = shell.run("run", "breakpoints", "--input", '{"text":"x"}')["thread_id"]
    written = shell.run("update", thread, "--set", '$.text="by hand"', "--set", 'log[0]="mine"')
    assert (written["outcome"], written["status"]) == ("applied", "breakpoint")
    assert written["values"] == {"text": "by hand", "log": ["mine"]}
    assert shell.run("update", thread, "--set", 'text="go"', "--go-on")["next"] == ["publish"]
    assert "has no key nothing" in shell.refused("update", thread, "--set", "nothing=1", code=2)
    assert "is not a place" in shell.refused("update", thread, "--set", "$.a-[=1", code=2)

    listed = shell.run("history", thread, "--limit", "3")
    assert [each["source"] for each in listed["checkpoints"]] == ["loop", "update", "update"]
    assert listed["more"] is True
    at = listed["checkpoints"][1]
    fork = ("fork", thread, "--checkpoint", at["checkpoint_id"])
    forked = shell.run(*fork, "--set", 'text="other"')
    assert (forked["values"]["text"], forked["next"]) == ("other", ["polish"])
    again = shell.run(*fork, "--run")
    assert (again["values"]["text"], again["next"]) == ("Go", ["publish"])
    assert "--set" in shell.refused(*fork, code=2)
    heads = [each for each in shell.run("history", thread)["checkpoints"] if each["is_head"]]
    assert len(heads) == 3


def test_a_question_is_only_removed_if_that_is_confirmed(shell: Shell) -> None:
    thread = shell.run("run", "revise", "--input", '{"some_text":"x"}')["thread_id"]
    told = shell.refused("update", thread, "--set", 'some_text="y"', code=4)
    assert "The question of human_node disappears" in told
    assert shell.run("show", thread)["interrupts"]
    assert not shell.run("update", thread, "--set", 'some_text="y"', "--yes")["interrupts"]


def test_a_run_goes_on_to_a_goal(shell: Shell) -> None:
    thread = shell.run("run", "breakpoints", "--input", '{"text":"x"}')["thread_id"]
    stopped = shell.run("step", thread, "--until", '$.text == "X"')
    assert stopped["next"] == ["publish"]
    assert shell.run("step", thread, "--node", "announce")["next"] == ["announce"]
    never = ("--break-if", "announce", "$.text == 'no'")
    assert "has no node nowhere" in shell.refused(
        "step", thread, "--break-if", "nowhere", "$.text", code=2
    )
    done = shell.run("step", thread, "--to-end", *never)
    assert (done["status"], done["values"]["log"][-1]) == ("done", "announced")
    assert shell.run("goto", thread, "publish")["values"]["log"][-2:] == [
        *("published 'X'", "announced")
    ]
    assert "has no node nowhere" in shell.refused("goto", thread, "nowhere", code=2)
