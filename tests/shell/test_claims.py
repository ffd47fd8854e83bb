"""`hitl-tui claim` and `release`, and what answers, lists and reviews make of a claim."""

import getpass
from pathlib import Path

from tests.shell.conftest import Shell


def test_a_claim_in_the_shell(local_shell: Shell, tmp_path: Path) -> None:
    """Of the system's user, and of Bob, whose name is configured; the same commands for both."""
    config = tmp_path / "config.toml"
    config.write_text('reviewer = "Bob \\u202eB."')
    bob = {"HITL_TUI_CONFIG": str(config)}
    me = getpass.getuser()
    thread = local_shell.run("run", "revise", "--input", '{"some_text": "a"}')["thread_id"]
    assert local_shell.run("show", thread)["presence"] is None

    claim = local_shell.run("claim", thread)["presence"]["claim"]
    assert (claim["name"], claim["named_by"], claim["mine"]) == (me, "client", True)
    document = local_shell.run("show", thread, env=bob)
    assert document["presence"] == {"consoles": [], "claim": {**claim, "mine": False}}
    [item] = [each for each in local_shell.run("list") if each["thread_id"] == thread]
    assert item["presence"]["claim"] == claim
    mine = local_shell.run("list", "--filter", "is:mine")
    assert [each["thread_id"] for each in mine] == [thread]
    assert local_shell.run("list", "--filter", "is:mine", env=bob) == []
    listed = local_shell.raw("list", "--filter", f"on:{me}", env=bob).stdout
    assert f"({me} has this since " in listed
    assert f"  people     {me} has this since " in local_shell.raw("show", thread, env=bob).stdout

    for command in ("claim", "release"):
        refused = local_shell.raw(command, thread, env=bob)
        assert refused.returncode == 3
        assert f"{me} has this since " in refused.stderr
    refused = local_shell.raw("answer", thread, "--text", "b", "--yes", env=bob)
    assert refused.returncode == 4
    assert f"{me} has this since " in refused.stderr
    assert "add --even-if-claimed" in refused.stderr
    reviewed = local_shell.raw("review", "--graph", "revise", env=bob, typed="1\n").stdout
    assert f"Others: {me} has this since " in reviewed

    taken = local_shell.raw("claim", thread, "--take-over", env=bob)
    assert taken.returncode == 0, taken.stderr
    released = local_shell.run("claim", thread, "--take-over")
    assert released["presence"]["claim"]["name"] == me
    assert local_shell.run("claim", thread, "--take-over", env=bob)["presence"]["claim"]["mine"]
    refused = local_shell.raw("answer", thread, "--text", "b")
    assert (refused.returncode, "Bob \\u{202E}B. has this" in refused.stderr) == (4, True)
    assert local_shell.run("release", thread, env=bob)["presence"] is None
    local_shell.run("claim", thread, env=bob)
    outcome = local_shell.run("answer", thread, "--text", "b", "--even-if-claimed")
    assert outcome["outcome"] == "applied"
    assert local_shell.run("show", thread)["presence"] is None
    assert local_shell.run("log", "--thread", thread)[0]["who"] == me
