"""What a project would run, as lines for a person who is asked whether it may."""

from collections.abc import Sequence

from hitl_engine.code_to_run import CodeFile, ProjectCode
from hitl_engine.visible import one_line

CHANGED = "! "
"""How a line begins that names a change."""
_PATH = 4096
_USES = 200
_NAMES = 100_000
_WIDTH = 40
"""Columns for the names of files; a longer one moves what is beside it."""


def code_lines(code: ProjectCode) -> list[str]:
    """Return what a person agrees to, all of it visible text; only our own words begin a line."""
    names = [one_line(code.name_of(file.path), _PATH) for file in code.files]
    width = min(max(map(len, names), default=0), _WIDTH)
    helpers = [code.name_of(path) for path in code.helpers]
    return [
        *(f"{CHANGED}Changed since it was agreed to: {one_line(each)}" for each in code.changes),
        f"Folder: {one_line(code.folder, _PATH)}",
        "Its code runs on this machine with your rights. These files decide what runs:",
        *(
            f"  {name:{width}}  {_about(code, file)}"
            for name, file in zip(names, code.files, strict=True)
        ),
        *_listed("Modules of installed packages", code.modules),
        *_listed(_variables_title(code), code.variables),
        *_listed("Imported by these files, and not covered", helpers),
        "You are asked again when one of the files changes, but not for what they import.",
    ]


def _about(code: ProjectCode, file: CodeFile) -> str:
    outside = "" if code.is_inside(file.path) else "outside of the folder"
    return one_line("; ".join(part for part in (outside, file.problem, *file.uses) if part), _USES)


def _variables_title(code: ProjectCode) -> str:
    place = f" from {one_line(code.name_of(code.env_file), _PATH)}" if code.env_file else ""
    return f"Variables that it sets{place}; their values are not covered"


def _listed(title: str, texts: Sequence[str]) -> list[str]:
    return [f"{title}: {one_line(', '.join(texts), _NAMES)}"] if texts else []
