"""`config.toml`: what is read from it, how its faults are named, and how it is changed."""

import sys
from pathlib import Path

import pytest

from hitl_engine.configuration import (
    SETTINGS,
    Configuration,
    chosen_target,
    configuration_path,
    edits,
    named_targets,
    read,
)
from hitl_engine.configuration.config_file import parse
from hitl_engine.configuration.credentials import KeySource
from hitl_engine.configuration.explained import explained, shown
from hitl_engine.configuration.settings import COLOURS, ITEM_KINDS
from hitl_engine.errors import BadConfiguration, BadInput
from hitl_engine.local.connection import key_header

FILE = Path("/home/me/config.toml")
PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
KINDS = ", ".join(ITEM_KINDS)
TWO = """\
# the targets
default_target = "prod"

[targets.prod]  # careful
url = "https://me:secret@agents.example.com"
key_command = ["pass", "show", "prod"]
headers = { X-Team = "blue" }
production = true

[targets.mine]
path = "work/langgraph.json"
read_only = true
"""


def faults_of(text: str) -> list[str]:
    with pytest.raises(BadConfiguration) as raised:
        parse(text, FILE)
    return [str(fault) for fault in raised.value.faults]


def test_a_file_that_is_missing_sets_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "config.toml") == Configuration()


def test_the_environment_names_another_file() -> None:
    assert configuration_path({"HITL_TUI_CONFIG": "/a/b.toml"}) == Path("/a/b.toml")
    assert configuration_path({}).parts[-2:] == ("hitl-tui", "config.toml")


def test_targets_are_read() -> None:
    prod, mine = named_targets(parse(TWO, FILE))
    assert prod.name == "prod"
    assert prod.place == "https://me:secret@agents.example.com"
    assert prod.key == KeySource("command", ("pass", "show", "prod"))
    assert (prod.production, prod.read_only, prod.colour) == (True, False, "red")
    assert (mine.production, mine.read_only, mine.colour) == (False, True, "")
    assert mine.place == "/home/me/work/langgraph.json"
    values = [value.shown for each in explained(parse(TWO, FILE)) for value in each.values]
    assert len(values) == 7
    assert not any(word in text for text in values for word in ("secret", "blue", "show"))
    assert "secret" not in repr(prod)
    assert "blue" not in repr(prod)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("theme = 5", "Line 1: theme must be a text that is not empty, not 5."),
        ("\n\nthem = 'x'", "Line 3: There is no setting them. Did you mean theme?"),
        ("a = \n", "Line 1: This is not TOML: Invalid value, at column 5."),
        (
            "[targets.a]\nurl = 'http://x'\nread_onyl = true",
            "Line 3: There is no setting targets.a.read_onyl. Did you mean targets.a.read_only?",
        ),
        (
            "targets.a.url = 'http://x'\ntargets.a.colour = 'pink'",
            f'Line 2: targets.a.colour must be one of {", ".join(COLOURS)}, not "pink".',
        ),
        (
            "targets.a.url = 'http://x'\ntargets.a.production = 1",
            "Line 2: targets.a.production must be true or false, not 1.",
        ),
        (
            'targets = { a = { url = """\nftp://me:secret@x""" } }',
            "Line 1: targets.a.url must be a URL that begins with http:// or https://.",
        ),
        (
            "[targets.'a b']\nurl = 'http://x'",
            "Line 2: 'a b' cannot be a name: a name is a letter, then letters, digits, - and _.",
        ),
        ("[targets.a]\n", "Line 1: targets.a must be a table with settings; it is empty."),
        (
            "[targets.a]\nread_only = true",
            "Line 1: targets.a has no url and no path; it must have one of them.",
        ),
        (
            "[targets.a]\nurl = 'http://x'\npath = 'y'",
            "Line 3: targets.a has a url and a path; it must have one of them.",
        ),
        (
            "[targets.a]\npath = 'y'\nproxy = 'http://x'",
            "Line 3: targets.a.proxy is for a target with a url; this one has a path.",
        ),
        (
            "[targets.a]\nurl = 'http://x'\nkey_env = 'A'\nkey_keyring = 'a/b'",
            "Line 4: targets.a has key_env and key_keyring; one is enough.",
        ),
        (
            "default_target = 'pord'\ntargets.prod.url = 'http://x'",
            "Line 1: default_target names pord, which is no target here. Did you mean prod?",
        ),
        ("theme.dark = 'x'", "Line 1: theme must be a text that is not empty, not {'dark': 'x'}."),
        (
            "grace = true",
            "Line 1: grace must be a whole number of seconds from 0 to 60, not true.",
        ),
        (
            "targets.a.url = 'http://x'\ntargets.a.grace = 61",
            "Line 2: targets.a.grace must be a whole number of seconds from 0 to 60, not 61.",
        ),
        (
            "[notifications]\nbel = false",
            "Line 2: There is no setting notifications.bel. Did you mean notifications.bell?",
        ),
        (
            "notifications.kinds = ['tool', 'mail']",
            f"Line 1: notifications.kinds must be a list with any of {KINDS}, not ['tool', 'mail'].",
        ),
        (
            "notifications.command = []",
            'Line 1: notifications.command must be a list of texts, as ["program", "argument"].',
        ),
        ("targets = 5", "Line 1: targets must be a table with settings; it is 5."),
    ],
)
def test_a_fault_is_named_with_its_line(text: str, fault: str) -> None:
    assert faults_of(text) == [fault]


def test_all_faults_are_named() -> None:
    assert len(faults_of("theme = 1\nthem = 2\n[targets.a]\nread_only = 3")) == 3


def test_a_value_after_one_of_several_lines_is_found() -> None:
    text = 'targets.a.url = "http://x"\ntargets.a.key_command = [\n  "a", # =\n  "b",\n]\ntheme = 1'
    assert faults_of(text) == ["Line 6: theme must be a text that is not empty, not 1."]


def settings_table() -> str:
    """Return all settings as a Markdown table."""
    rows = ["| setting | what it does | allowed | default |", "|---|---|---|---|"]
    for each in SETTINGS:
        default = "" if each.default is None else f"`{shown(each.default)}`"
        rows.append(f"| `{each.name}` | {each.explanation} | {each.kind.allowed} | {default} |")
    return "\n".join(rows)


def test_the_page_lists_the_settings() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"writes them -->\n\n{settings_table()}\n\n<!--" in page, "python -m " + __name__


def test_every_setting_is_explained() -> None:
    for setting in SETTINGS:
        assert setting.explanation.endswith(".")
        assert setting.default is None or setting.kind.read(setting.default) is not None


# Which target is used


def chosen(
    text: str | None, folder: Path, configuration: Configuration, **environ: str
) -> str | None:
    found = chosen_target(configuration, text, environ, folder)
    return None if found is None else found.name or found.place


def test_the_target_to_use(tmp_path: Path) -> None:
    two = parse(TWO, FILE)
    assert chosen("mine", tmp_path, two) == "mine"
    assert chosen("./mine", tmp_path, two) == "./mine"
    assert chosen(None, tmp_path, two) == "prod"
    assert chosen(None, tmp_path, two, HITL_TUI_TARGET="mine") == "mine"
    assert chosen(None, tmp_path, parse("targets.a.url = 'http://x'", FILE)) == "a"
    several = parse("targets.a.url = 'http://x'\ntargets.b.url = 'http://y'", FILE)
    assert chosen(None, tmp_path, several) is None
    (tmp_path / "langgraph.json").write_text("{}")
    named = chosen_target(two, None, {}, tmp_path)
    assert named is not None
    assert (named.name, named.place) == ("", None)


# Keys


async def test_a_key_comes_from_where_the_target_says() -> None:
    printed = [sys.executable, "-c", "print('first'); print('second')"]
    text = f"""
    [targets.environment]
    url = "http://x"
    key_env = "MINE"
    [targets.command]
    url = "http://x"
    key_command = {printed}
    key_header = "Authorization"
    [targets.none]
    url = "http://x"
    """
    environ = {"MINE": "k", "LANGGRAPH_API_KEY": "of another server"}
    headers = [await key_header(each, environ) for each in named_targets(parse(text, FILE))]
    assert headers == [
        {"x-api-key": "k"},
        {"authorization": "Bearer first"},
        {},
    ]


async def test_a_key_comes_from_the_keyring() -> None:
    keyring = pytest.importorskip("keyring", reason="the extra hitl-tui[keyring] is not installed")
    backend = pytest.importorskip("keyring.backend")

    kept = {("a", "b/c"): "k"}
    methods = {
        "priority": 1,
        "get_password": lambda _, service, user: kept.get((service, user)),
        "set_password": lambda *_: None,
    }
    in_memory = type("InMemory", (backend.KeyringBackend,), methods)
    keyring.set_keyring(in_memory())
    assert await KeySource("keyring", ("a", "b/c")).read({}) == "k"
    with pytest.raises(BadInput, match="There is no key: the keyring's entry a/d"):
        await KeySource("keyring", ("a", "d")).read({})


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("/no/such/program",), "No such file"),
        ((sys.executable, "-c", "print('sesame'); exit(3)"), "ended with code 3"),
        ((sys.executable, "-c", ""), "There is no key"),
    ],
)
async def test_a_command_that_prints_no_key_is_told_without_its_output(
    command: tuple[str, ...], words: str
) -> None:
    with pytest.raises(BadInput) as raised:
        await KeySource("command", command).read({})
    assert words in str(raised.value)
    assert "sesame" not in f"{raised.value} {raised.value.detail}"


# Changes


def test_a_change_keeps_everything_else() -> None:
    added = edits.with_target(TWO, "new", {"url": "http://x", "key_command": ("a", 'b"#')})
    assert added.startswith(TWO)
    assert [target.name for target in named_targets(parse(added, FILE))] == ["prod", "mine", "new"]
    assert edits.without_target(added, "new").rstrip() == TWO.rstrip()

    removed = edits.without_target(TWO, "prod")
    assert "# the targets" in removed
    assert [target.name for target in named_targets(parse(removed, FILE))] == ["mine"]
    assert (
        edits.without_target(edits.without_target(TWO, "prod"), "mine").strip() == "# the targets"
    )


@pytest.mark.parametrize("name", ["", "a b", "\u00e4", "a.b", "1a", "a\n"])
def test_a_name_that_cannot_be_one_is_the_fault_and_not_the_file(name: str) -> None:
    with pytest.raises(BadInput, match="cannot be the name of a target") as raised:
        edits.with_target(TWO, name, {"url": "http://x"})
    assert "A name is a letter" in str(raised.value)


def test_nothing_is_left_of_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    with pytest.raises(UnicodeEncodeError):
        edits.write(file, '[targets.a]\nurl = "http://localhost:1/\udcff"\n')
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (("default_target",), "mine", 'default_target = "mine"\n'),
        (("theme",), "x", 'default_target = "prod"\ntheme = "x"\n'),
        (("targets", "prod", "production"), False, "production = false\n\n[targets.mine]"),
        (("targets", "prod", "colour"), "blue", 'true\ncolour = "blue"\n\n[targets.mine]'),
        (("views", "mail"), "send", 'read_only = true\n\n[views]\nmail = "send"\n'),
    ],
)
def test_a_value_is_set_in_its_place(path: tuple[str, ...], value: str | bool, line: str) -> None:
    changed = edits.with_value(TWO, path, value)
    assert line in changed
    assert parse(changed, FILE).get(".".join(path)) == value
    assert "[targets.prod]  # careful\n" in changed


def test_a_comment_behind_a_value_is_kept() -> None:
    changed = edits.with_value('theme = "a#b"  # "mine"\n', ("theme",), "c")
    assert changed == 'theme = "c"  # "mine"\n'


def test_a_file_that_cannot_be_changed_safely_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="by hand"):
        edits.without_target('targets = { a = { url = "http://x" } }\n', "a")
    path = tmp_path / "config.toml"
    path.write_text("theme = 'x'\n")
    with pytest.raises(BadInput, match=r"theme must be .* The file was not changed"):
        edits.write(path, "theme = 5\n")
    assert path.read_text() == "theme = 'x'\n"


def test_a_new_file_is_private_and_a_link_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    edits.write(path, "theme = 'x'\n")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    (tmp_path / "link.toml").symlink_to(path)
    edits.write(tmp_path / "link.toml", "theme = 'y'\n")
    assert (tmp_path / "link.toml").is_symlink()
    assert read(path).text("theme") == "y"


if __name__ == "__main__":
    above, mark, rest = PAGE.read_text(encoding="utf-8").partition("writes them -->\n")
    below = rest[rest.index("<!-- /settings") :]
    PAGE.write_text(f"{above}{mark}\n{settings_table()}\n\n{below}", encoding="utf-8")
