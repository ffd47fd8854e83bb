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


def script(shell: str, folder: Path) -> Path:
    """Write the script of a shell; return the file."""
    if find_spec("shtab") is None:
        pytest.skip("shtab is not installed")
    file = folder / f"completion.{shell}"
    file.write_text(completion_script(parser_of_all(), shell))
    return file


def completed(folder: Path, *words: str) -> list[str]:
    """Return what bash offers for the last of these words."""
    given = " ".join(map(shlex.quote, words))
    asks = f"""
        source {shlex.quote(str(script("bash", folder)))}
        function=$(complete -p hitl-tui | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        COMP_WORDS=({given}); COMP_CWORD={len(words) - 1}
        $function hitl-tui {shlex.quote(words[-1])} {shlex.quote(words[-2])}
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", asks], capture_output=True, text=True, cwd=folder, check=True
    )
    return done.stdout.split()


def test_bash_completes_commands_options_values_and_files(tmp_path: Path) -> None:
    (tmp_path / "langgraph.json").touch()
    assert completed(tmp_path, "hitl-tui", "wat") == ["watch"]
    assert completed(tmp_path, "hitl-tui", "watch", "--ex") == ["--exec"]
    assert completed(tmp_path, "hitl-tui", "list", "--kind", "br") == ["breakpoint"]
    assert completed(tmp_path, "hitl-tui", "list", "--target", "lang") == ["langgraph.json"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_can_read_their_script(tmp_path: Path, shell: str) -> None:
    file = script(shell, tmp_path)
    assert "watch" in file.read_text()
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "-n", str(file)], check=True)
