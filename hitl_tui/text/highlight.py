"""Colours for code, found in one pass in linear time.

The lexers of libraries backtrack: a payload of a few kilobytes could stop the console for seconds.
No alternative below needs to backtrack: once it has begun, it ends whatever follows.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

Span: TypeAlias = tuple[int, int, str]
"""Start, end, and the name of a colour."""

LIMIT = 64 * 1024
"""Characters; longer code is shown in one colour."""

_LINE_STRING = r""""(?:[^"\\\n]|\\.)*(?:"|\\?$)|'(?:[^'\\\n]|\\.)*(?:'|\\?$)"""
_NUMBER = r"\b\d[\w.]*"
_WORD = r"[^\W\d]\w*"


@dataclass(frozen=True, slots=True)
class Language:
    """How one language is coloured."""

    label: str
    """Its name on the screen."""
    pattern: re.Pattern[str]
    keywords: frozenset[str]
    """In lower case if `ignores_case`."""
    ignores_case: bool = False


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _pattern(*, comment: str, string: str, operator: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<comment>{comment})|(?P<string>{string})|(?P<number>{_NUMBER})"
        rf"|(?P<word>{_WORD})|(?P<operator>{operator})",
        re.DOTALL | re.MULTILINE,
    )


_SHELL = Language(
    "shell",
    _pattern(
        comment=r"(?:^|(?<=[\s;]))#[^\n]*",
        string=r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|' + r"'[^']*(?:'|\Z)",
        operator=r"\$\{?\w*\}?|\$\(|`|[|&;<>]+|(?<!\S)--?[A-Za-z][\w-]*",
    ),
    _words(
        "if then else elif fi for in do done while until case esac function select sudo exec eval"
        " export local return exit trap set unset source"
    ),
)
_SQL = Language(
    "SQL",
    _pattern(
        comment=r"--[^\n]*|/\*.*?(?:\*/|\Z)",
        string=r"'[^']*(?:'|\Z)|" + r'"[^"]*(?:"|\Z)',
        operator=r"[;*=<>!|]+",
    ),
    _words(
        "select from where insert into values update set delete create table view index drop alter"
        " add column truncate grant revoke begin commit rollback with as on join left right inner"
        " outer full cross union all distinct group by order having limit offset and or not null"
        " is in exists between like case when then else end returning using primary key default"
        " cascade database schema if replace merge explain"
    ),
    ignores_case=True,
)
_PYTHON = Language(
    "Python",
    _pattern(
        comment=r"#[^\n]*",
        string=r'"""(?:[^\\]|\\.)*?(?:"""|\\?\Z)|'
        + rf"'''(?:[^\\]|\\.)*?(?:'''|\\?\Z)|{_LINE_STRING}",
        operator=r"[-+*/%@=<>!&|^~:]+",
    ),
    _words(
        "and as assert async await break class continue def del elif else except finally for from"
        " global if import in is lambda match case nonlocal not or pass raise return try while with"
        " yield none true false"
    ),
)
_JAVASCRIPT = Language(
    "JavaScript",
    _pattern(
        comment=r"//[^\n]*|/\*.*?(?:\*/|\Z)",
        string=rf"`(?:[^`\\]|\\.)*(?:`|\\?\Z)|{_LINE_STRING}",
        operator=r"[-+*/%=<>!&|^~?:]+",
    ),
    _words(
        "async await break case catch class const continue default delete do else enum export"
        " extends finally for from function if implements import in instanceof interface let new"
        " null of return static super switch this throw true false try type typeof undefined var"
        " void while yield"
    ),
)
LANGUAGES = {"shell": _SHELL, "sql": _SQL, "python": _PYTHON, "javascript": _JAVASCRIPT}
_BY_FIRST = {"+": "added", "-": "removed", "@": "word"}


def spans_of(text: str, language: str) -> list[list[Span]]:
    """Return the coloured spans of each line; none for an unknown language."""
    lines = text.split("\n")
    if language == "diff":
        return [_of_diff(line) for line in lines]
    found: list[list[Span]] = [[] for _ in lines]
    known = LANGUAGES.get(language)
    if known is None or len(text) > LIMIT:
        return found
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    number = 0
    for match in known.pattern.finditer(text):
        colour = _colour(match, known)
        if not colour:
            continue
        while starts[number + 1] <= match.start():
            number += 1
        for place, start, end in _by_line(match, number, starts):
            found[place].append((start, end, colour))
    return found


def _colour(match: re.Match[str], language: Language) -> str:
    if match.lastgroup != "word":
        return match.lastgroup or ""
    word = match[0].lower() if language.ignores_case or match[0] in _CONSTANTS else match[0]
    return "keyword" if word in language.keywords else ""


_CONSTANTS = frozenset({"None", "True", "False"})


def _by_line(match: re.Match[str], number: int, starts: list[int]) -> list[tuple[int, int, int]]:
    """Return (line, start, end) for each line that a match covers."""
    parts: list[tuple[int, int, int]] = []
    start = match.start()
    while start < match.end():
        end = min(match.end(), starts[number + 1] - 1)
        if end > start:
            parts.append((number, start - starts[number], end - starts[number]))
        number += 1
        start = starts[number]
    return parts


def _of_diff(line: str) -> list[Span]:
    colour = _BY_FIRST.get(line[:1])
    return [(0, len(line), colour)] if colour else []
