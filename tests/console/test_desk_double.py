"""The double of the desk has the methods of the real one: a test on it proves what the console does."""

import ast
import inspect
import re
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from unittest.mock import Mock

from hitl_engine import model
from hitl_engine.deciding.answer_queue import Queued, ToSend
from hitl_engine.desk import Desk
from hitl_tui import app

from .desk_double import DeskDouble

CONSOLE = Path(app.__file__).parent
SCRIPTING = {"open", "publish"}
"""Methods of the double that only tests call."""

REAL_ONLY = (
    "assistants",
    "code",
    "graph_pictures",
    "history",
    "reruns",
    "runs",
    "states",
    "stepping",
    "store",
    "threads",
    "write_and_go_on",
)
"""Parts of the desk whose views are tested with a real desk and a real server only."""

NAMED = {**vars(model), "Queued": Queued, "ToSend": ToSend}
"""The types that annotations name, which the desk imports for a type checker only."""


def shape(method: object) -> str:
    """Return how a method is called: its kind, and its parameters and result with their types."""
    if not callable(method):
        return "no method"
    kind = "async generator" if inspect.isasyncgenfunction(method) else "def"
    kind = "async def" if inspect.iscoroutinefunction(method) else kind
    return f"{kind} {inspect.signature(method, locals=NAMED, eval_str=True)}"


def is_part(value: object) -> bool:
    """Whether a desk has this object for some of its methods."""
    module = type(value).__module__
    return module.startswith("hitl_engine.") and not module.startswith("hitl_engine.model")


def differences(double: object, desk: object, path: str = "desk") -> Iterator[str]:
    """Yield each method of the double that its desk, or a part of it, does not have like this."""
    if type(double).__module__ == "builtins":
        yield f"{path}\n  desk:   {type(desk).__name__}\n  double: {type(double).__name__}"
        return
    for name in dir(double):
        if name.startswith("_") or name in SCRIPTING:
            continue
        mine, real = getattr(double, name), getattr(desk, name, None)
        if is_part(real):
            yield from differences(mine, real, f"{path}.{name}")
        elif callable(mine) and shape(mine) != shape(real):
            yield f"{path}.{name}\n  desk:   {shape(real)}\n  double: {shape(mine)}"


def used(path: Path) -> Iterator[str]:
    """Yield what a module takes of a desk, as in `self.desk.server.broken`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        taken = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
        if found := re.fullmatch(r"(?:self\._?)?desk\.([\w.]+)", taken):
            yield found[1]


def has(owner: object, names: str) -> bool:
    """Whether `owner` has an attribute, or an attribute of one."""
    try:
        attrgetter(names)(owner)
    except AttributeError:
        return False
    return True


def test_each_method_of_the_double_is_one_of_the_desk() -> None:
    found = "\n".join(differences(DeskDouble(), Desk(Mock(), Mock(), Mock())))
    assert not found, found


def test_the_double_has_what_the_console_takes_of_a_desk() -> None:
    modules = [CONSOLE / "app.py"]
    for folder in ("screens", "widgets", "state"):
        modules += (CONSOLE / folder).rglob("*.py")
    taken = {names for module in modules for names in used(module)}
    taken = {names for names in taken if names.partition(".")[0] not in REAL_ONLY}
    assert {"watch", "decide_all", "server.production"} <= taken
    missing = sorted(names for names in taken if not has(DeskDouble(), names))
    assert not missing, f"The double has no {', '.join(missing)}."
