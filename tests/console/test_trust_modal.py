"""What a project would run is shown before a person can agree to it, in visible text only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_data_path
from textual.app import App

from hitl_engine.code_to_run import CodeFile, ProjectCode
from hitl_engine.errors import NotTrusted
from hitl_tui.app import ConsoleApp
from hitl_tui.screens.trust_modal import TrustModal
from hitl_tui.text.code_lines import code_lines
from hitl_tui.widgets.cards.guard import Guard

from .conftest import screen_text, until
from .desk_double import DeskDouble, interrupt


def code_with(*names: str, changes: tuple[str, ...] = ()) -> ProjectCode:
    """Return a project with these files."""
    files = tuple(CodeFile(f"/project/{name}", ("graph one",), "0" * 64) for name in names)
    return ProjectCode("/project/langgraph.json", "/project", files, changes=changes)


class Host(App[None]):
    """Asks one question."""

    def __init__(self, code: ProjectCode) -> None:
        super().__init__()
        self.code = code
        self.answers: list[bool | None] = []

    def on_mount(self) -> None:
        """Ask it."""
        self.push_screen(TrustModal(self.code), self.answers.append)

    @property
    def can_agree(self) -> bool:
        """Whether the button works."""
        return not self.screen.query_one("#trust").disabled


async def test_a_key_agrees_after_the_list_was_in_view(monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(code_with("agent.py"))
    async with host.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: host.can_agree)
        await pilot.press("t")
        assert host.answers == [True]
    monkeypatch.setattr(Guard, "SECONDS", 60)
    early = Host(code_with("agent.py"))
    async with early.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Nothing of it has run yet." in screen_text(early))
        await pilot.press("t")
        assert early.answers == [] and not early.can_agree


async def test_what_was_not_on_the_screen_is_not_agreed_to() -> None:
    host = Host(code_with(*(f"file_{number}.py" for number in range(60))))
    async with host.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "rows unseen" in screen_text(host))
        await pilot.pause(10 * Guard.SECONDS)
        await pilot.press("t")
        assert host.answers == [] and not host.can_agree
        await pilot.press("ctrl+end")
        await until(pilot, lambda: host.can_agree)
        await pilot.press("t")
        assert host.answers == [True]


async def test_escape_runs_nothing() -> None:
    host = Host(code_with("agent.py"))
    async with host.run_test(size=(40, 10)) as pilot:
        await pilot.press("escape")
        assert host.answers == [False]


@pytest.mark.parametrize("agrees", [True, False])
async def test_one_of_several_projects_is_left_out_until_the_user_agrees(
    agrees: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    kept = user_data_path("hitl-tui") / "trusted"
    doubles = {}
    for name in ("ada", "bob"):
        doubles[name] = DeskDouble(replace(interrupt("one"), target=name))
        doubles[name].server = replace(doubles[name].server, name=name)

    @asynccontextmanager
    async def asks() -> AsyncIterator[DeskDouble]:
        if not kept.exists():
            raise NotTrusted("Nobody has agreed.", hint="", code=code_with("agent.py"))
        async with doubles["bob"].open() as opened:
            yield opened

    openers: Any = {"ada": doubles["ada"].open, "bob": asks}
    app = ConsoleApp(openers)
    async with app.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: "Leave it out" in screen_text(app))
        await until(pilot, lambda: not app.screen.query_one("#trust").disabled)
        await pilot.press("t" if agrees else "escape")
        await until(pilot, lambda: ("2 waiting" if agrees else "1 waiting") in screen_text(app))
    assert kept.exists() is agrees


def test_no_name_can_pass_for_text_of_ours() -> None:
    name = "a\nFolder: /home\x1b[2K\u202egnp.py"
    variables = ("KEY", "X\r\u2066Y")
    outside = CodeFile(f"/elsewhere/{name}", (f"graph {name}",), "")
    code = ProjectCode(
        "/project/langgraph.json",
        f"/project/{name}",
        (outside,),
        variables=variables,
        changes=(name,),
    )
    lines = code_lines(code)
    assert all(line.isprintable() for line in lines)
    assert sum(line.startswith("Folder: ") for line in lines) == 1
    [listed] = [line for line in lines if "/elsewhere/" in line]
    assert listed.startswith("  /elsewhere/a Folder: /home\\u{1B}[2K\\u{202E}gnp.py")
    assert "outside of the folder" in listed
