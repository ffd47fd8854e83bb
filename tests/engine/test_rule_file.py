"""Files of standing rules: what they mean, and each fault with its line and what is allowed there."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from hitl_engine.errors import BadRules
from hitl_engine.model import ExactArgument, FittingArgument, RuleAction
from hitl_engine.rules.rule_file import parse_rules, read_rules

RULE = """
[[rule]]
name = "small-refunds"
do = "approve"
graph = "shop"
tool = "refund"
until = 2026-12-24T18:00:00+01:00
limit = 20

[rule.arguments]
order = "4711"
amount = { schema = { type = "number", maximum = 50 } }
"""
REJECT = """
[[rule]]
name = "no-shell"
do = "reject"
graph = "shop"
tool = "shell"
until = 2026-12-24T18:00:00Z
message = "Ask for a tool."
"""


def faults(text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(BadRules) as raised:
        parse_rules(text, Path("rules.toml"))
    return [(fault.line, fault.what) for fault in raised.value.faults]


def changed(old: str, new: str) -> str:
    assert old in RULE
    return RULE.replace(old, new)


def test_a_file_means_what_it_says() -> None:
    small, shell = parse_rules(RULE + REJECT, Path("rules.toml"))
    assert (small.name, small.do, small.graph, small.tool) == (
        *("small-refunds", RuleAction.APPROVE, "shop", "refund"),
    )
    assert small.arguments == {
        "order": ExactArgument("4711"),
        "amount": FittingArgument({"type": "number", "maximum": 50}),
    }
    assert (small.limit, small.until.isoformat()) == (20, "2026-12-24T18:00:00+01:00")
    assert (shell.do, shell.arguments, shell.limit) == (RuleAction.REJECT, None, None)
    assert shell.message == "Ask for a tool."


def test_the_example_of_the_documents_is_a_file() -> None:
    page = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert [rule.name for rule in parse_rules(example, Path("a"))] == ["small-refunds", "no-shell"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("limit = 20", "limit = 21"),
        ("4711", "4712"),
        ("small-refunds", "other"),
        ("2026-12-24T18:00:00+01:00", "2026-12-24T18:00:01+01:00"),
        ("maximum = 50", "maximum = 51"),
        ("limit = 20", 'limit = 20\ntarget = "prod"'),
    ],
)
def test_a_changed_rule_is_another_rule(old: str, new: str) -> None:
    (before,) = parse_rules(RULE, Path("a"))
    (after,) = parse_rules(changed(old, new), Path("a"))
    assert before.digest != after.digest


def test_layout_comments_and_the_zone_of_a_time_do_not_change_a_rule() -> None:
    same = "# refunds\n" + changed("2026-12-24T18:00:00+01:00", "2026-12-24T17:00:00Z")
    (before,) = parse_rules(RULE, Path("a"))
    (after,) = parse_rules(
        same.replace("\n\n[rule.arguments]\n", "\n[rule.arguments]\n\n"), Path("a")
    )
    assert replace(after, until=before.until) == before


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("limit = 20\n", "", 2, "A rule that approves needs limit."),
        ("limit = 20", "limit = 0", 8, "from 1 to 1,000,000, not 0"),
        ("limit = 20", "limit = true", 8, "limit must be a number of calls"),
        ("limit = 20", "limits = 20", 8, "limits is not a key of a rule that approves"),
        (
            "limit = 20",
            'message = "x"\nlimit = 2',
            8,
            "message is not a key of a rule that approves",
        ),
        ("2026-12-24T18:00:00+01:00", "2026-12-24T18:00:00", 7, "a time with its zone"),
        ("2026-12-24T18:00:00+01:00", "2026-12-24", 7, "a time with its zone"),
        ("2026-12-24T18:00:00+01:00", '"2026-12-24T18:00:00Z"', 7, "a time with its zone"),
        ("2026-12-24T18:00:00+01:00", "9999-12-31T23:59:59-01:00", 7, "a time with its zone"),
        ("2026-12-24T18:00:00+01:00", "0001-01-01T00:00:00+05:00", 7, "a time with its zone"),
        ('"approve"', '"aprove"', 4, 'do must be "approve" or "reject", not aprove'),
        ('name = "small-refunds"\n', "", 2, "name must be a letter"),
        ("small-refunds", "small refunds", 3, "not small refunds"),
        ('"shop"', '""', 5, "graph must be a text"),
        ('"refund"', "[1]", 6, "tool must be a text"),
        ('"4711"', "2026-12-24", 11, "arguments.order is a time; JSON has none"),
        ('"4711"', "inf", 11, "a number that JSON does not have"),
        ("{ type", "{ typ", 12, "schema.typ is not a keyword for rules"),
        ('type = "number", ', "", 12, "accepts values of every type"),
        ('"number"', '"money"', 12, "schema.type must be one of string, integer"),
        ('"number"', '"string"', 12, "maximum has no effect without type = integer or number"),
        ("maximum = 50", 'maximum = "50"', 12, "schema.maximum must be a number"),
        ('"number", maximum = 50', '"string", pattern = "("', 12, "is not a pattern"),
        ('"number", maximum = 50', '"string", pattern = "a)|(b"', 12, "is not a pattern"),
        ('"number", maximum = 50', '"string", pattern = "(?=a)"', 12, "no look-around"),
        ('"number", maximum = 50', '"string", format = "email"', 12, "format is not a keyword"),
        ('"number", maximum = 50', '"array"', 12, "needs items"),
        ('"number", maximum = 50', '"object", properties = {}', 12, "needs additionalProperties"),
        ("50 } }", "50 }, also = 1 }", 12, "has schema and other keys"),
        ("[rule.arguments]", "[arguments]", 10, "There is no arguments; a file has [[rule]] only."),
        ("[[rule]]", "[rule]", 2, "must be a table that begins with [[rule]]"),
        ("limit = 20", "limit = 20 20", 8, "This is not TOML"),
        (RULE, "", None, "There is no rule"),
        ('"4711"', "[" * 5000 + "]" * 5000, None, "nested too deeply"),
        (RULE, RULE + RULE, 15, "Another rule is called small-refunds"),
        (RULE, RULE.replace('"approve"', '"reject"').replace("limit = 20\n", ""), None, ""),
    ],
)
def test_a_fault_is_named_with_its_line(old: str, new: str, line: int | None, told: str) -> None:
    if not told:
        parse_rules(changed(old, new), Path("a"))  # a rule that rejects needs no limit
        return
    found = faults(changed(old, new))
    assert any(at == line and told in what for at, what in found), found


def test_a_fault_of_a_later_rule_has_its_own_line() -> None:
    third = changed("small-", "x-").replace("limit = 20", "limit = -1")
    found = faults(RULE + REJECT.replace('"shell"', "7") + third)
    assert [(line, what.partition(" must")[0]) for line, what in found] == [
        (18, "tool"),
        (28, "limit"),
    ]


def test_a_file_that_others_can_change_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(RULE)
    path.chmod(0o644)
    assert len(read_rules(path)) == 1
    path.chmod(0o664)
    with pytest.raises(BadRules, match="Other users can change it"):
        read_rules(path)
    path.chmod(0o600)
    tmp_path.chmod(0o777)
    with pytest.raises(BadRules, match="Other users can replace it"):
        read_rules(path)
    kept = tmp_path / "kept"
    kept.mkdir(0o700)
    moved = path.rename(kept / "rules.toml")
    path.symlink_to(moved)
    with pytest.raises(BadRules, match="Other users can replace it"):
        read_rules(path)
    tmp_path.chmod(0o1777)
    assert len(read_rules(path)) == 1
    os.mkfifo(tmp_path / "pipe")
    wrongs = (
        (tmp_path, "directory"),
        (tmp_path / "none", "No such"),
        (tmp_path / "pipe", "not a"),
    )
    for wrong, told in wrongs:
        with pytest.raises(BadRules, match=told):
            read_rules(wrong)
    path.write_bytes(b"\xff")
    with pytest.raises(BadRules, match="UTF-8"):
        read_rules(path)
