"""The form in which each argument of a tool call is shown, so that people can read it.

Recognition looks at names and contents and changes nothing. What it does not recognise is shown
as it is: as text or JSON.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TypeAlias

from hitl_engine.model import JsonObject, JsonValue, Path

_LONG_TEXT = 100
"""A text of more characters is shown as a text; a shorter one in one line, as JSON."""
_SHORT_LIST = 8


@dataclass(frozen=True, slots=True)
class Short:
    """A value that is shown on one line, as JSON."""

    name: str
    value: JsonValue
    path: Path = field(default=(), compare=False)
    """Where it is in the arguments."""


@dataclass(frozen=True, slots=True)
class LongText:
    """A text that is shown line by line."""

    name: str
    text: str
    language: str = ""
    """Of `hitl_tui.text.highlight`, or nothing."""
    path: Path = field(default=(), compare=False)
    """Where it is in the arguments."""


@dataclass(frozen=True, slots=True)
class Tree:
    """An object or a list, which can be folded."""

    name: str
    value: JsonValue
    path: Path = field(default=(), compare=False)
    """Where it is in the arguments."""


@dataclass(frozen=True, slots=True)
class Change:
    """A text and its replacement, both from the arguments."""

    name: str
    new_name: str
    before: str
    after: str
    language: str = ""
    """Of `hitl_tui.text.highlight`, or nothing."""
    path: Path = field(default=(), compare=False)
    """Where the replacement is in the arguments."""


Argument: TypeAlias = Short | LongText | Tree | Change

_SIDES = (
    ("old_string", "new_string"),
    ("oldString", "newString"),
    ("old_str", "new_str"),
    ("old_text", "new_text"),
    ("oldText", "newText"),
    ("old_content", "new_content"),
    ("old_source", "new_source"),
)
"""Two sides of one text: deepagents' edit_file, Anthropic's text editor, the MCP file system."""
_PERHAPS_SIDES = (("before", "after"), ("original", "modified"), ("old", "new"))
"""They may be dates or names as well: two sides of one text only where a side has several lines."""


def arguments_of(args: JsonObject) -> tuple[Argument, ...]:
    """Return every argument, in the order of the request; the two sides of a change as one."""
    return tuple(_arguments(args, ()))


def _arguments(args: JsonObject, path: Path, language: str = "") -> Iterator[Argument]:
    """Yield the arguments; `language` is that of the file which an outer object names."""
    place = _place(path)
    sides = _sides(args)
    language = language_of_path(args) or language
    for name, value in args.items():
        if sides and name in sides:
            old, new = sides
            if name == next(key for key in args if key in sides):
                before, after = args[old], args[new]
                assert isinstance(before, str) and isinstance(after, str), "sides are texts"
                yield Change(place + old, place + new, before, after, language, (*path, new))
        elif isinstance(value, list) and value and all(map(_is_edit, value)):
            for index, edit in enumerate(value):
                assert isinstance(edit, dict), "an edit is an object"
                yield from _arguments(edit, (*path, name, index), language)
        else:
            yield replace(_argument(place + name, name, value, args), path=(*path, name))


def _place(path: Path) -> str:
    """Return what is shown before the names of the arguments in an inner object."""
    return "".join(f"[{step}]." if isinstance(step, int) else step for step in path)


def _argument(shown: str, name: str, value: JsonValue, args: JsonObject) -> Argument:
    match value:
        case str():
            language = language_of(name, value, args)
            if language or len(value) > _LONG_TEXT or "\n" in value:
                return LongText(shown, value, language)
            return Short(shown, value)
        case dict() | list() if not _is_short(value):
            return Tree(shown, value)
        case _:
            return Short(shown, value)


def _is_short(value: JsonObject | list[JsonValue]) -> bool:
    if isinstance(value, dict):
        return not value
    return len(value) <= _SHORT_LIST and all(
        not isinstance(item, dict | list) and len(str(item)) <= 16 for item in value
    )


def _sides(args: JsonObject) -> tuple[str, str] | None:
    for old, new in (*_SIDES, *_PERHAPS_SIDES):
        match args.get(old), args.get(new):
            case str(before), str(after):
                if (old, new) in _SIDES or "\n" in before or "\n" in after:
                    return old, new
    return None


def _is_edit(value: JsonValue) -> bool:
    return isinstance(value, dict) and _sides(value) is not None


# Languages

_SHELL_NAMES = {"command", "cmd", "bash", "shell", "shell_command", "bash_command", "commandline"}
_SQL_NAMES = {"sql", "query", "statement", "sql_query"}
_CODE_NAMES = {"code", "script", "source", "source_code", "program", "snippet"}
_CONTENT_NAMES = {"content", "contents", "file_text", "text", "new_source", "data"}
_WRITTEN_NAMES = ("content", "contents", "file_text")
_PATH_NAMES = ("file_path", "path", "filename", "file", "filepath", "target_file", "relative_path")
_PATCH_NAMES = {"patch", "diff"}
_LANGUAGE_NAMES = ("language", "lang")
_BY_NAME = {"python_code": "python", "python": "python", "javascript": "javascript"}
_ALIASES = {
    "bash": "shell",
    "sh": "shell",
    "shell": "shell",
    "zsh": "shell",
    "python": "python",
    "python3": "python",
    "py": "python",
    "sql": "sql",
    "javascript": "javascript",
    "js": "javascript",
    "typescript": "javascript",
    "ts": "javascript",
    "node": "javascript",
    "diff": "diff",
    "patch": "diff",
}
_BY_ENDING = {
    ".sh": "shell",
    ".bash": "shell",
    ".py": "python",
    ".sql": "sql",
    ".js": "javascript",
    ".mjs": "javascript",
    ".jsx": "javascript",
    ".ts": "javascript",
    ".tsx": "javascript",
    ".json": "javascript",
    ".diff": "diff",
    ".patch": "diff",
}
_LOOKED_AT = 4_000
"""Characters of a text that are read to recognise its language."""
_SHELL_SIGN = re.compile(r"[\s|&;<>$`/]")
_SQL_SIGN = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(?:"
    r"(?:SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|DROP|ALTER|TRUNCATE|MERGE|GRANT|EXPLAIN)\s"
    r"|(?i:select\s[^;]*\sfrom\s|insert\s+into\s|update\s[^;]*\sset\s|delete\s+from\s"
    r"|with\s[^;]*\sas\s*\(|(?:create|drop|alter|truncate)\s+(?:table|view|index|database)\s))"
)
_PYTHON_SIGN = re.compile(
    r"^(?:import \w|from [\w.]+ import |def \w+\(|class \w+[(:]|async def |print\()", re.MULTILINE
)
_SCRIPT_SIGN = re.compile(
    r"^(?:(?:const|let|var) [\w{\[]|(?:async )?function\s*\w*\(|import .{1,200} from ['\"])",
    re.MULTILINE,
)
_PATCH_SIGN = re.compile(r"\A(?:diff --git |--- [^\n]*\n\+\+\+ |\*\*\* Begin Patch|@@ )")


def language_of(name: str, text: str, args: JsonObject) -> str:
    """Return the language that an argument is written in, or nothing."""
    name, start = name.casefold(), text[:_LOOKED_AT]
    if name in _SHELL_NAMES:
        return "shell" if _SHELL_SIGN.search(start) else ""
    if name in _SQL_NAMES:
        return "sql" if _SQL_SIGN.match(start) else ""
    if name in _BY_NAME and _is_code(start):
        return _BY_NAME[name]
    if name in _CODE_NAMES:
        return _of_other_argument(args) or _of_content(start)
    if name in _PATCH_NAMES or name in _CONTENT_NAMES:
        if _PATCH_SIGN.match(start):
            return "diff"
        return language_of_path(args) if name in _CONTENT_NAMES else ""
    return ""


def _is_code(start: str) -> bool:
    return any(sign in start for sign in "\n(=")


def _of_other_argument(args: JsonObject) -> str:
    """Return the language that another argument names."""
    named = next((args[key] for key in _LANGUAGE_NAMES if isinstance(args.get(key), str)), "")
    return _ALIASES.get(str(named).casefold(), "")


def _of_content(start: str) -> str:
    if start.startswith("#!"):
        first = start.split("\n", 1)[0]
        words = re.split(r"[\s/]+", first)
        return next((_ALIASES[word] for word in words if word in _ALIASES), "")
    signs = (("python", _PYTHON_SIGN), ("javascript", _SCRIPT_SIGN), ("diff", _PATCH_SIGN))
    found = next((language for language, sign in signs if sign.search(start)), "")
    return found or ("sql" if _SQL_SIGN.match(start) else "")


def language_of_path(args: JsonObject) -> str:
    """Return the language of the file that the arguments name, or nothing."""
    return _BY_ENDING.get(PurePosixPath(path_in(args)[-200:]).suffix.casefold(), "")


# Files


def path_in(args: JsonObject) -> str:
    """Return the path of the file that the arguments name, or nothing."""
    return str(next((args[key] for key in _PATH_NAMES if isinstance(args.get(key), str)), ""))


def two_sides(args: JsonObject) -> tuple[str, str] | None:
    """Return a text and its replacement, if the arguments have both under names that say so."""
    sides = ((args.get(old), args.get(new)) for old, new in _SIDES)
    return next(
        ((old, new) for old, new in sides if isinstance(old, str) and isinstance(new, str)), None
    )


def written_text(args: JsonObject) -> str | None:
    """Return the text that is written into the file, if an argument is one by its name."""
    texts = (args.get(name) for name in _WRITTEN_NAMES)
    return next((text for text in texts if isinstance(text, str)), None)
