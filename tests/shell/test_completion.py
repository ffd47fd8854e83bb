"""`hitl-tui completion` in real shells, and the example in the help of each command."""

import contextlib
import io
import shlex
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from hitl_tui.argument_parser import COMMANDS, parse_arguments, parser_of_all
from hitl_tui.examples import EXAMPLES
from hitl_tui.shell.completion_command import completion_script


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_has_an_example_that_parses(command: str) -> None:
    program, *words = shlex.split(EXAMPLES[command].partition(">>")[0])
    assert program == "hitl-tui"
    assert parse_arguments(words).command == command
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), pytest.raises(SystemExit):
        parse_arguments([command, "--help"])
    assert printed.getvalue().endswith(f"example:\n  {EXAMPLES[command]}\n")


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(request: pytest.FixtureRequest) -> str:
    """Each shell in turn."""
    name: str = request.param
    return name


@pytest.fixture
def script(shell: str, tmp_path: Path) -> Path:
    """A file with the script of a shell."""
    if find_spec("shtab") is None:
        pytest.skip("shtab is not installed")
    file = tmp_path / "script"
    file.write_text(completion_script(parser_of_all(), shell))
    return file


def completed(script: Path, *words: str) -> list[str]:
    """Return what bash offers for the last of these words."""
    given = " ".join(map(shlex.quote, words))
    asks = f"""
        source {shlex.quote(str(script))}
        function=$(complete -p hitl-tui | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        COMP_WORDS=({given}); COMP_CWORD={len(words) - 1}
        $function hitl-tui {shlex.quote(words[-1])} {shlex.quote(words[-2])}
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", asks],
        capture_output=True,
        text=True,
        cwd=script.parent,
        check=True,
    )
    return done.stdout.split()


def test_the_shell_can_read_its_script(shell: str, script: Path) -> None:
    assert "watch" in script.read_text()
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "-n", str(script)], check=True)


@pytest.mark.parametrize("shell", ["bash"], indirect=True)
def test_bash_completes_commands_options_values_and_files(script: Path) -> None:
    (script.parent / "langgraph.json").touch()
    assert completed(script, "hitl-tui", "wat") == ["watch"]
    assert completed(script, "hitl-tui", "watch", "--ex") == ["--exec"]
    assert completed(script, "hitl-tui", "list", "--kind", "br") == ["breakpoint"]
    assert completed(script, "hitl-tui", "list", "--target", "lang") == ["langgraph.json"]
