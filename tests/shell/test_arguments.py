"""Arguments that cannot be meant, and standard streams that are closed or full."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hitl_engine.errors import BadInput
from hitl_engine.model import CodeLanguage, ItemKind, ThreadGroup
from hitl_tui.argument_parser import parse_arguments

from .conftest import ROOT

EMPTY = [
    *(["step", "T", option, ""] for option in ("--node", "--until", "--until-changed")),
    ["step", "T", "--break-if", "three", ""],
    ["step", "T", "--log-reason", " "],
    ["step", ""],
    *(["run", "g", "--input", "1", f"--interrupt-{when}", "a,"] for when in ("before", "after")),
    ["run", "g", "--input", "1", "--interrupt-before", ""],
    ["run", "", "--input", "1"],
    ["list", "-t", ""],
    ["list", "--graph="],
    ["list", "--filter", ""],
    ["list", "--data-dir", ""],
    ["log", "--thread", ""],
    ["threads", "--graph", ""],
    ["answer", "T", "--interrupt", "", "--text", "a"],
    ["answer", "T", "--interrupt", "=5"],
    ["answer", "T", "--decision", "1=edit:{}", "--tool", "1="],
    ["copy-as", "curl", "T", "--run", ""],
    ["watch", "--once", "--state", ""],
    ["serve", "--token", ""],
    ["store", "get", "ns", ""],
    ["targets", "add", "", "http://localhost:1"],
    ["targets", "add", "a", "http://localhost:1", "--key-command", ""],
    ["--target", ""],
]


@pytest.mark.parametrize("args", EMPTY, ids=" ".join)
def test_an_empty_argument_is_refused_and_not_taken_for_none(args: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        parse_arguments(args)
    assert "empty" in str(refused.value)


def test_an_empty_text_is_an_answer() -> None:
    for args, name in (
        (["--text", ""], "text"),
        (["--respond="], "respond"),
        (["--reject", ""], "reject"),
    ):
        assert getattr(parse_arguments(["answer", "T", *args]), name) == ""
    assert parse_arguments(["answer", "T", "--reply", "1="]).reply == [(1, "")]
    assert parse_arguments(["run", "g", "--input-text", ""]).input_text == ""


@pytest.mark.parametrize(
    "args",
    [
        *(["log", option, "\udcff"] for option in ("--who", "--graph", "--thread", "--log-reason")),
        ["threads", "--graph", "a\udcffb"],
        ["run", "g", "--input", "1", "--configurable", "a=\udcff"],
        ["state", "T", "--checkpoint", "\udcff"],
        ["targets", "add", "zz", "http://localhost:1/\udcff"],
        ["\udcff"],
    ],
)
def test_bytes_that_are_no_text_are_refused(args: list[str]) -> None:
    with pytest.raises(BadInput, match=f"Argument {len(args)} is no text: it has bytes"):
        parse_arguments(args)


@pytest.mark.parametrize(
    ("args", "kinds"),
    [
        (["list", "--kind", "foo"], ItemKind),
        (["threads", "--status", "foo"], ThreadGroup),
        (["threads", "--copy-as", "foo"], CodeLanguage),
        (["copy-as", "foo", "T"], CodeLanguage),
    ],
)
def test_an_unknown_word_is_refused_with_those_that_are_known(args: list[str], kinds: Any) -> None:
    with pytest.raises(BadInput) as refused:
        parse_arguments(args)
    assert f"'foo' is none of {', '.join(kinds)}." in str(refused.value)
    assert kinds.__name__ not in str(refused.value)


def test_a_command_for_a_key_that_is_none_is_refused_with_the_reason() -> None:
    with pytest.raises(BadInput, match="not a command: No closing quotation"):
        parse_arguments(["targets", "add", "a", "http://localhost:1", "--key-command", "a 'b"])


def test_options_may_be_between_the_arguments_of_the_store() -> None:
    for args in (
        ["-t", "URL", "put", "ns", "k", "{}"],
        ["put", "-t", "URL", "ns", "k", "{}"],
        ["put", "ns", "--target=URL", "k", "--json", "{}"],
        ["put", "ns", "k", "{}", "-t", "URL"],
    ):
        parsed = parse_arguments(["store", *args])
        given = (parsed.action, parsed.namespace, parsed.key, parsed.value, parsed.target)
        assert given == ("put", "ns", "k", {}, "URL"), args
    parsed = parse_arguments(["store", "list", "-t", "URL"])
    assert (parsed.namespace, parsed.key, parsed.value) == (None, None, None)
    with pytest.raises(BadInput, match="Unexpected argument: more"):
        parse_arguments(["store", "put", "ns", "k", "{}", "more"])


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("answer T --value - <&-", 2, "argument --value: standard input is closed."),
        ("run g --input - <&-", 2, "argument --input: standard input is closed."),
        ("--version >/dev/full", 1, "No space left on device"),
        ("--help >/dev/full", 1, "No space left on device"),
        ("list --help >/dev/full", 1, "No space left on device"),
        ("config >&-", 1, "standard output is closed."),
        ("list --help >&-", 1, "standard output is closed."),
    ],
)
def test_a_standard_stream_that_cannot_be_used(
    line: str, code: int, words: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        ["bash", "-c", f'"$0" -m hitl_tui {line}', sys.executable],
        cwd=ROOT,
        env={**os.environ, "HITL_TUI_CONFIG": str(tmp_path / "config.toml")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, ""), (done.stdout, done.stderr)
    (told,) = done.stderr.splitlines()
    assert words in told
