"""The rules of `--four-eyes`: the file, and what a rule applies to."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_server.errors import BadOption
from hitl_server.four_eyes.rule_file import read_rules
from hitl_server.four_eyes.rules import Rule
from hitl_server.identity.callers import UNNAMED_OWNER, Caller, User
from hitl_server.identity.project_auth import _caller
from tests.server.four_eyes_server import files
from tests.server.processes import ROOT, SAMPLES

GOOD = 'name = "pay"\npath = "$.tool"'


def read(tmp_path: Path, text: str) -> tuple[Rule, ...]:
    _, file = files(tmp_path, text)
    return read_rules(file)


def rule(tmp_path: Path, text: str) -> Rule:
    [found] = read(tmp_path, f'[[rule]]\nname = "r"\n{text}')
    return found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no rule"),
        ("rule = 1", "has no rule"),
        ("rule = []", "has no rule"),
        ("rule = [1]", "rule 1 is not a table"),
        ("[[rule]]\nname = pay", r"is not TOML: .*line 2"),
        (f"[[rules]]\n{GOOD}", "'rules' is not known"),
        ('\n[[rule]]\npath = "$"', "line 2 has no printable name"),
        ('[[rule]]\nname = "a\\u001b"\npath = "$"', "line 1 has no printable name"),
        (f"[[rule]]\n{GOOD}\n[[rule]]\n{GOOD}", "line 4: the name 'pay' is used twice"),
        ('[[rule]]\nname = "pay"', "line 1, pay: path is missing"),
        ('[[rule]]\nname = "pay"\npath = "tool"', "line 1, pay: path is not a JSONPath"),
        ('[[rule]]\nname = "pay"\npath = 1', "pay: path is missing, or not a text"),
        (f"[[rule]]\n{GOOD}\nvalue = 1", "pay: 'value' is not known"),
        (f"[[rule]]\n{GOOD}\nvalues = []", "pay: values is not a list of values"),
        (f'[[rule]]\n{GOOD}\nvalues = "x"', "pay: values is not a list of values"),
        (f"[[rule]]\n{GOOD}\nvalues = [2026-11-30]", "a value that JSON does not have"),
        (f"[[rule]]\n{GOOD}\nvalues = [[{{a = nan}}]]", "a value that JSON does not have"),
        (f"[[rule]]\n{GOOD}\ngraph = 1", "pay: graph is not a text"),
        (f"[[rule]]\n{GOOD}\nalone = true", "pay: alone is not a table"),
        (f'[[rule]]\n{GOOD}\nalone = {{ path = "$" }}', "pay, alone: values is missing"),
        (f"[[rule]]\n{GOOD}\nalone = {{ values = [1] }}", "pay, alone: path is missing"),
        (f'[[rule]]\n{GOOD}\nalone = {{ graph = "x" }}', "pay, alone: 'graph' is not known"),
    ],
)
def test_a_wrong_file(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadOption, match=words) as refused:
        read(tmp_path, text)
    assert "rules.toml" in str(refused.value)


def test_a_file_that_others_can_change(tmp_path: Path) -> None:
    _, file = files(tmp_path, f"[[rule]]\n{GOOD}")
    file.chmod(0o644)
    assert len(read_rules(file)) == 1
    file.chmod(0o664)
    with pytest.raises(BadOption, match="Other users can change"):
        read_rules(file)
    with pytest.raises(BadOption, match="not a file|cannot be read"):
        read_rules(file.parent)
    file.chmod(0o600)
    file.write_bytes(b"\xff")
    with pytest.raises(BadOption, match="not UTF-8"):
        read_rules(file)


@pytest.mark.parametrize(
    ("values", "payload", "applies"),
    [
        (["x"], {"tool": "x"}, True),
        (["x"], {"tool": "X"}, False),
        (["x"], [{"tool": "y"}, {"deep": {"tool": "x"}}], True),
        (["x"], {"name": "x"}, False),
        ([1], {"tool": 1.0}, True),
        ([1], {"tool": True}, False),
        ([True], {"tool": 1}, False),
        ([True], {"tool": True}, True),
        ([["a", 1]], {"tool": ["a", 1]}, True),
        ([["a", 1]], {"tool": ["a", True]}, False),
        (None, {"tool": None}, True),
        (None, {}, False),
    ],
)
def test_what_a_rule_applies_to(tmp_path: Path, values: Any, payload: Any, applies: bool) -> None:
    given_values = "" if values is None else f"values = {str(values).replace('True', 'true')}"
    found = rule(tmp_path, f'path = "$..tool"\n{given_values}')
    assert found.applies({"any"}, payload) is applies
    in_graph = rule(tmp_path, f'path = "$..tool"\ngraph = "g"\n{given_values}')
    assert in_graph.applies({"any"}, payload) is False
    assert in_graph.applies({"any", "g"}, payload) is applies


def test_a_payload_that_cannot_be_searched_needs_two(tmp_path: Path) -> None:
    payload: Any = {}
    for _ in range(5_000):
        payload = {"a": payload}
    found = rule(tmp_path, 'path = "$..tool"\nalone = { path = "$..tool", values = ["no"] }')
    assert found.applies({"g"}, payload) is True
    assert found.is_for_one(payload) is False


def test_whom_the_handlers_of_a_project_name() -> None:
    """Who is not authenticated, and the machine's owner, count as nobody."""
    assert _caller("ada").person == "ada"
    assert _caller({"identity": "ada", "permissions": ["x"]}).person == "ada"
    assert _caller({"identity": "guest", "is_authenticated": False}).person is None
    assert Caller(User("machine-owner")).person is None
    assert UNNAMED_OWNER.person is None


VALUES = st.sampled_from(["reject", "approve", "Reject", None, True, 0])


@given(st.lists(VALUES))
def test_one_reviewer_suffices_only_if_all_that_is_found_is_named(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[Any]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    found = rule(folder, 'path = "$"\nalone = { path = "$.d[*].type", values = ["reject"] }')
    answer = {"d": [{"type": kind} for kind in kinds]}
    assert found.is_for_one(answer) is (bool(kinds) and set(kinds) == {"reject"})
    assert rule(folder, 'path = "$"').is_for_one(answer) is False


@pytest.mark.parametrize(
    ("tokens", "rules", "words"),
    [
        ("ada = a\nbob (viewer) = b\n", f"[[rule]]\n{GOOD}", "at least two reviewers"),
        ("ada = a\nbob = b\n", "[[rule]]", "line 1 has no printable name"),
    ],
)
def test_the_server_does_not_start(tmp_path: Path, tokens: str, rules: str, words: str) -> None:
    token_file, rule_file = files(tmp_path, rules)
    token_file.write_text(tokens)
    options = [str(SAMPLES / "langgraph.json"), "--data", str(tmp_path / "data")]
    given_files = ["--tokens", str(token_file), "--four-eyes", str(rule_file)]
    ended = subprocess.run(
        [sys.executable, "-m", "hitl_server", *options, *given_files],
        cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 2 and words in ended.stderr
