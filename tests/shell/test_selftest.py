"""`hitl-tui selftest`: the table, alone and with a target."""

from .conftest import Shell


def test_the_table_of_a_target(local_shell: Shell) -> None:
    told = local_shell.run("selftest", "--times", "0.02", "--seed", "7")
    tried = {figure["promise"]: figure["tried"] for figure in told["figures"]}
    assert [figure["first"] for figure in told["figures"] if figure["wrong"]] == []
    assert tried["a stale decision is refused"] == 100
    assert tried["one of several decisions counts"] >= 4
    assert "an item is the same when it is read again" in tried
    assert told["seed"] == 7


def test_numbers_that_are_none_are_refused(local_shell: Shell) -> None:
    for option in ("--times=0", "--times=nan", "--seed=x"):
        done = local_shell.raw("selftest", option)
        assert done.returncode == 2 and "must be a number" in done.stderr
