"""What a project would run is shown before a person can agree to it, in visible text only."""

from textual.app import App

from hitl_engine.model import CodeFile, ProjectCode
from hitl_tui.screens.trust_modal import TrustModal
from hitl_tui.text.code_lines import code_lines
from hitl_tui.widgets.cards.guard import Guard

LONG_ENOUGH = Guard.SECONDS + 0.2


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


async def test_a_key_agrees_after_the_list_was_in_view() -> None:
    host = Host(code_with("agent.py"))
    async with host.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        assert host.answers == []
        await pilot.pause(LONG_ENOUGH)
        await pilot.press("t")
        assert host.answers == [True]


async def test_what_was_not_on_the_screen_is_not_agreed_to() -> None:
    host = Host(code_with(*(f"file_{number}.py" for number in range(60))))
    async with host.run_test(size=(80, 24)) as pilot:
        await pilot.pause(LONG_ENOUGH)
        await pilot.press("t")
        assert host.answers == [] and host.screen.query_one("#trust").disabled
        await pilot.press("ctrl+end")
        await pilot.pause(LONG_ENOUGH)
        await pilot.press("t")
        assert host.answers == [True]


async def test_escape_runs_nothing() -> None:
    host = Host(code_with("agent.py"))
    async with host.run_test(size=(40, 10)) as pilot:
        await pilot.press("escape")
        assert host.answers == [False]


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
