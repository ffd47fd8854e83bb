"""The lines that show the arguments of a tool call, and which of them can be folded.

Nothing is left out: a folded part has a line that shows how much it contains. All text here
went through `hitl_engine.visible`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from hitl_engine.model import JsonObject, JsonValue, Path
from hitl_engine.visible import json_text, visible
from hitl_tui.text import highlight
from hitl_tui.text.argument_line import ArgumentLine
from hitl_tui.text.arguments import Argument, Change, LongText, Short, Tree, arguments_of
from hitl_tui.text.blanks import count_blanks, count_spaces
from hitl_tui.text.diff import aligned, change_count
from hitl_tui.text.highlight import LANGUAGES, Span
from hitl_tui.text.json_places import path_of_line, value_at
from hitl_tui.text.literal import TAB
from hitl_tui.text.two_columns import in_two_columns
from hitl_tui.text.word_changes import Range, words_of_difference

_FIRST_LONG = 60
"""An argument of more lines starts folded if others follow it, so that they are in view."""
_LONG_TREE = 40
_LONG_BRANCH = 8
"""In a tree of more lines than the first, a branch of more than the second starts folded."""
_WIDEST_NAME = 20
"""Names up to this many characters are lined up."""
_COLOURED = 2 * highlight.LIMIT
_COMPARED = 6_000
"""Characters of code that are coloured in one call, and lines that are compared."""


def lines_of(args: JsonObject, columns: int = 0) -> list[ArgumentLine]:
    """Return the lines of all arguments, each in its own form.

    Where the view has many columns, the two sides of a change are next to each other.
    """
    arguments = arguments_of(args)
    names = [_name(each.name) for each in arguments if isinstance(each, Short)]
    width = max((len(name) for name in names if len(name) <= _WIDEST_NAME), default=0)
    writer = _Writer(width, columns)
    lines: list[ArgumentLine] = []
    for number, argument in enumerate(arguments, 1):
        first, *others = writer.lines(argument)
        folds = len(others) >= _FIRST_LONG and number < len(arguments)
        head = replace(first, begins=argument.path, starts_folded=folds or first.starts_folded)
        lines += (head, *others)
    return lines


def json_lines(value: JsonValue) -> list[ArgumentLine]:
    """Return the JSON of `value`, numbered, with long runs of spaces counted."""
    lines = [count_spaces(line) for line in json_text(value).split("\n")]
    width = len(str(len(lines)))
    return [
        ArgumentLine(
            line,
            f"{number:>{width}}  ",
            json_from=0,
            hang=_indent(line) + 2,
            begins=() if number == 1 else None,
        )
        for number, line in enumerate(lines, 1)
    ]


def place_of_line(lines: Sequence[ArgumentLine], number: int, args: JsonObject) -> Path:
    """Return the place in the arguments of the value to which a line belongs."""
    for head in range(number, -1, -1):
        if (begins := lines[head].begins) is not None:
            is_json = lines[head].json_from is not None
            inside = path_of_line(value_at(args, begins), number - head) if is_json else ()
            return (*begins, *inside)
    return ()


class _Writer:
    """Writes arguments, and counts what was spent on colours and comparisons."""

    def __init__(self, width: int, columns: int) -> None:
        self._width = width
        self._columns = columns
        self._coloured = 0
        self._compared = 0

    def lines(self, argument: Argument) -> list[ArgumentLine]:
        match argument:
            case Short(name, value):
                start = f"  {_name(name):<{self._width}}  "
                text = start + count_spaces(json_text(value, indent=None))
                hang = min(len(start), _WIDEST_NAME + 4)
                return [
                    ArgumentLine(
                        text, spans=((2, len(start), "name"),), json_from=len(start), hang=hang
                    )
                ]
            case LongText():
                return self._text(argument)
            case Tree(name, value):
                return _tree(_name(name), value)
            case Change():
                return self._change(argument)

    def _text(self, argument: LongText) -> list[ArgumentLine]:
        count = argument.text.count("\n") + 1
        numbers, lines = zip(*count_blanks(visible(argument.text).split("\n")), strict=True)
        text = "\n".join(lines).replace("\t", " " * len(TAB))
        self._coloured += len(text)
        language = argument.language if self._coloured <= _COLOURED else ""
        colours = highlight.spans_of(text, language)
        width = len(str(count)) + 2
        below = [
            _marked(ArgumentLine(line, f"{number:>{width}}  ", spans=tuple(spans)))
            for number, line, spans in zip(numbers, lines, colours, strict=True)
        ]
        known = LANGUAGES.get(argument.language)
        kind = known.label if known else "changes" if argument.language == "diff" else "text"
        words = kind if count == 1 else f"{kind}, {count:,} lines"
        if len(argument.text) > 1_000:
            words += f", {len(argument.text):,} characters"
        return _headed(_name(argument.name), words, below)

    def _change(self, change: Change) -> list[ArgumentLine]:
        before, after = visible(change.before), visible(change.after)
        self._compared += before.count("\n") + after.count("\n") + 2
        most = {} if self._compared <= _COMPARED else {"most_lines": 0}
        lines = aligned(before, after, **most)
        self._coloured += len(before) + len(after)
        language = change.language if self._coloured <= _COLOURED else ""
        below = in_two_columns(lines_of_change(lines, language), self._columns)
        name = f"{_name(change.name)} → {_name(change.new_name)}"
        return _headed(name, f"replaces a text, {change_count(lines)}", below)


def lines_of_change(lines: Sequence[str], language: str) -> list[ArgumentLine]:
    """Return the lines of a change, which begin with ` `, `-` or `+`, with the sign in the gutter.

    They have the colours of the language, and the words that differ are marked.
    """
    expanded = [line.replace("\t", " " * len(TAB)) for line in lines]
    words = words_of_difference(expanded)
    colours = _colours_of(expanded, language)
    bases = _CODE_BASES if language else _BASES
    return [
        _of_change(line, bases[line[0]], [*spans, *_words_of(line[0], words.get(number, ()))])
        for number, (line, spans) in enumerate(zip(lines, colours, strict=True))
    ]


def _colours_of(lines: Sequence[str], language: str) -> list[list[Span]]:
    """Return the colours of each line, as its side of the change has them."""
    sides = {
        sign: iter(
            highlight.spans_of(
                "\n".join(line[1:] for line in lines if line[0] in (" ", sign)), language
            )
        )
        for sign in "-+"
    }
    found: list[list[Span]] = []
    for line in lines:
        if line[0] == " ":
            next(sides["-"])
        found.append(next(sides["-" if line[0] == "-" else "+"]))
    return found


def _words_of(sign: str, ranges: Iterable[Range]) -> Iterator[Span]:
    colour = "added-words" if sign == "+" else "removed-words"
    return ((first - 1, last - 1, colour) for first, last in ranges)


def _of_change(line: str, base: str, spans: list[Span]) -> ArgumentLine:
    sign, text = line[0], count_spaces(line[1:])
    known = tuple(spans) if text == line[1:] else ()  # else the spans are for other places
    return _marked(ArgumentLine(text, f"  {sign} ", base=base, spans=known))


_BASES = {"+": "added", "-": "removed", " ": ""}
_CODE_BASES = {"+": "added-code", "-": "removed-code", " ": ""}
"""Only a background: the text has the colours of its language."""


def _headed(name: str, words: str, below: list[ArgumentLine]) -> list[ArgumentLine]:
    text = f"▾ {name}  {words}"
    spans = ((0, 2, "mark"), (2, 2 + len(name), "name"), (2 + len(name), len(text), "word"))
    head = ArgumentLine(
        text, spans=spans, hang=4, inside=len(below), folded=f"▸ {text[2:]}", holds="folded"
    )
    return [head, *below]


def _name(name: str) -> str:
    """Return a name whole, on one line; one that could be misread as JSON writes it."""
    if name and name == name.strip() and "\n" not in name and "\t" not in name and '"' not in name:
        return visible(name)
    return json_text(name, indent=None)


def _marked(line: ArgumentLine) -> ArgumentLine:
    """Show tabs and the spaces at the end."""
    if "\t" not in line.text and not line.text.endswith(" "):
        return line
    body = line.text.rstrip(" ")
    rest = len(line.text) - len(body)
    spans = list(line.spans)
    place = 0
    for part in body.split("\t")[:-1]:
        place += len(part)
        spans.append((place, place + len(TAB), "mark"))
        place += len(TAB)
    text = body.replace("\t", TAB)
    spans.append((len(text), len(text) + rest, "mark"))
    return replace(line, text=text + "·" * rest, spans=tuple(spans))


# JSON that can be folded


def _tree(name: str, value: JsonValue) -> list[ArgumentLine]:
    raw = [count_spaces(line) for line in json_text(value).split("\n")]
    branches = _branches(raw)
    long = len(raw) > _LONG_TREE
    return [
        _branch(raw, number, branches[number], f"{name}  " if number == 0 else "", long=long)
        if number in branches
        else ArgumentLine(f"  {line}", json_from=0, hang=_indent(line) + 4)
        for number, line in enumerate(raw)
    ]


def _branches(raw: list[str]) -> dict[int, tuple[int, int]]:
    """Return where each object or list of pretty-printed JSON ends, and how much it holds."""
    found: dict[int, tuple[int, int]] = {}
    opened: list[list[int]] = []
    for number, line in enumerate(raw):
        if line.lstrip()[:1] in ("}", "]"):
            start, held = opened.pop()
            found[start] = number, held
            continue
        if opened:
            opened[-1][1] += 1
        if line.endswith(("{", "[")):  # a text ends with its quotation mark
            opened.append([number, 0])
    return found


def _branch(
    raw: list[str], number: int, branch: tuple[int, int], name: str, *, long: bool
) -> ArgumentLine:
    end, held = branch
    body, indent, inside = raw[number].strip(), _indent(raw[number]), end - number
    noun = "key" if body.endswith("{") else "item"
    words = f"{held:,} {noun}" if held == 1 else f"{held:,} {noun}s"
    if inside - 1 > held:
        words += f", {inside - 1:,} lines"
    start = indent + 2 + len(name)
    return ArgumentLine(
        f"{' ' * indent}▾ {name}{body}",
        spans=((indent, indent + 2, "mark"), (indent + 2, start, "name")),
        json_from=start,
        hang=indent + 4,
        inside=inside,
        folded=f"{' ' * indent}▸ {name}{body}…{raw[end].strip()}",
        holds=words,
        starts_folded=long and not name and inside > _LONG_BRANCH,
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
