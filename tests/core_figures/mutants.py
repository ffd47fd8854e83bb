"""Small changes of a module, each of which a test should notice."""

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from types import CodeType

_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_NEGATED = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
"""Comparisons whose change in `_OPPOSITE` negates them."""
_OTHER_OPERATOR: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_OTHER_FUNCTION = {"any": "all", "all": "any", "min": "max", "max": "min"}
_SQL = re.compile(r"\b(SELECT|WHERE|EXISTS|HAVING|AND)\b|json_extract")
_OTHER_SQL = {
    " = ": " != ",
    " != ": " = ",
    " < ": " >= ",
    " > ": " >= ",
    " >= ": " > ",
    " AND ": " OR ",
    "NOT EXISTS": "EXISTS",
    "IS NOT NULL": "IS NULL",
    " DESC": "",
}
_IN_SQL = re.compile("|".join(_OTHER_SQL))
_NOT_RUN = ("annotation", "returns", "decorator_list", "bases")
"""Fields that tell of types, or whose change breaks the import of the module."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change."""

    module: str
    number: int
    """Of the change, among all of the module."""
    line: int
    """The first line of the statement with the change."""
    last_line: int
    place: str
    """That line, without its indentation."""
    change: str
    """`BEFORE -> AFTER`, in Python."""


def mutants_of(module: str, source: str) -> list[Mutant]:
    """Return all mutants of a module, in the order of its lines.

    The wording of messages is not changed: a string with a space in it is one. Nor are types,
    decorators, and assertions.
    """
    written = source.splitlines()
    return [
        Mutant(module, number, *lines, written[lines[0] - 1].strip(), change)
        for number, (lines, change) in enumerate(_changed(ast.parse(source)))
    ]


def code_of(mutant: Mutant, source: str) -> CodeType:
    """Return the code of a mutant of a module with this source."""
    tree = ast.parse(source)
    next(islice(_changed(tree), mutant.number, None))
    return compile(ast.fix_missing_locations(tree), mutant.module, "exec")


def _changed(tree: ast.Module) -> Iterator[tuple[tuple[int, int], str]]:
    """Change the tree in one place after the other; each change is undone by the next step."""
    for lines, holder, field, index in list(_places(tree, (1, 1))):
        before = getattr(holder, field) if index is None else getattr(holder, field)[index]
        for after in _changes(before, holder, field):
            _put(holder, field, index, after)
            yield lines, f"{_written(before)} -> {_written(after)}"
        _put(holder, field, index, before)


def _put(holder: ast.AST, field: str, index: int | None, node: object) -> None:
    if index is None:
        setattr(holder, field, node)
    else:
        getattr(holder, field)[index] = node


_Place = tuple[tuple[int, int], ast.AST, str, int | None]


def _places(holder: ast.AST, lines: tuple[int, int]) -> Iterator[_Place]:
    """Return each field of the tree that has a node: the lines of its statement, and where it is."""
    for field, value in ast.iter_fields(holder):
        if field in _NOT_RUN or (isinstance(holder, ast.ClassDef) and field == "keywords"):
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or _is_skipped(node):
                continue
            its = (node.lineno, _last_line(node)) if isinstance(node, ast.stmt) else lines
            yield its, holder, field, index
            yield from _places(node, its)


def _last_line(statement: ast.stmt) -> int:
    """Return the last line of a statement, or of its head if it contains others."""
    body = getattr(statement, "body", None) or getattr(statement, "cases", None)
    if isinstance(body, list):
        first = body[0].pattern if isinstance(body[0], ast.match_case) else body[0]
        return max(statement.lineno, first.lineno - 1)
    return statement.end_lineno or statement.lineno


def _is_skipped(node: ast.AST) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Assert() | ast.expr_context():
            return True
        case ast.Expr(value=ast.Constant()):  # a docstring
            return True
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
            return True
        case ast.Assign(value=ast.Call(func=ast.Name(id="TypeVar"))):
            return True
        case ast.Assign(value=ast.Subscript(value=ast.Name(id="Callable"))):
            return True
    return False


def _changes(node: ast.AST, holder: ast.AST, field: str) -> Iterator[ast.AST]:
    if field in ("test", "guard") or (field == "ifs" and isinstance(holder, ast.comprehension)):
        yield from _negated(node)
    match node:
        case ast.Compare():
            yield from _other_comparisons(node)
        case ast.BoolOp(op=op):
            yield _with(node, op=ast.And() if isinstance(op, ast.Or) else ast.Or())
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp(op=op) if type(op) in _OTHER_OPERATOR:
            yield _with(node, op=_OTHER_OPERATOR[type(op)]())
        case ast.Constant():
            yield from _other_constants(node, is_part=isinstance(holder, ast.JoinedStr))
        case ast.Call(func=ast.Name(id=name)) if name in _OTHER_FUNCTION:
            yield _with(node, func=ast.Name(_OTHER_FUNCTION[name], ast.Load()))
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield _with(node, value=ast.Constant(None))
        case ast.Expr() | ast.Raise() | ast.AugAssign() | ast.Delete():
            yield ast.copy_location(ast.Pass(), node)
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.copy_location(ast.Pass(), node)
        case ast.Break():
            yield ast.copy_location(ast.Continue(), node)
        case ast.Continue():
            yield ast.copy_location(ast.Break(), node)
        case ast.Match(cases=[_, _, *_]):
            for left_out in range(len(node.cases)):
                cases = [each for number, each in enumerate(node.cases) if number != left_out]
                if not any(_takes_all(each) for each in cases[:-1]):
                    yield _with(node, cases=cases)


def _takes_all(case: ast.match_case) -> bool:
    return isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and not case.guard


def _negated(node: ast.AST) -> Iterator[ast.AST]:
    """Return `not node`, unless another change of it is the same."""
    match node:
        case ast.Compare(ops=[op]) if isinstance(op, _NEGATED):
            return
        case ast.UnaryOp(op=ast.Not()):
            return
        case ast.expr():
            yield ast.copy_location(ast.UnaryOp(ast.Not(), node), node)


def _other_comparisons(node: ast.Compare) -> Iterator[ast.AST]:
    for number, op in enumerate(node.ops):
        other = _OPPOSITE[type(op)]()
        yield _with(node, ops=[*node.ops[:number], other, *node.ops[number + 1 :]])


def _other_constants(node: ast.Constant, *, is_part: bool) -> Iterator[ast.AST]:
    """Return changes of a constant; `is_part`: of a string with values in it."""
    match node.value:
        case str() as text if _SQL.search(text):
            for found in _IN_SQL.finditer(text):
                other = f"{text[: found.start()]}{_OTHER_SQL[found[0]]}{text[found.end() :]}"
                yield _with(node, value=other)
        case str() if is_part:
            return
        case bool() as value:
            yield _with(node, value=not value)
        case int() | float() as number:
            yield _with(node, value=number + 1)
        case str() as text if " " not in text:
            yield _with(node, value=f"{text}XX")


def _with(node: ast.AST, **fields: object) -> ast.AST:
    """Return a copy of a node with other fields."""
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _written(node: object) -> str:
    """Return a node in Python, on one line; of a statement with others in it, its head."""
    if isinstance(node, ast.Match):
        heads = [ast.unparse(each).partition("\n")[0].strip() for each in node.cases]
        return f"match {ast.unparse(node.subject)}: {' '.join(heads)}"
    assert isinstance(node, ast.AST)
    return " ".join(ast.unparse(node).split())
