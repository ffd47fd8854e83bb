"""Two reviewers with a console each on one server: who is on what, who has it, who was faster."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hitl_engine.local.target import data_folder, find_target
from tests.journeys.test_journeys import Project, press, quit_console, wait_until_ready
from tests.server.processes import running_server
from tests.terminal import Terminal


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project with a running local server, which all consoles find."""
    made = Project(tmp_path_factory.mktemp("reviewers"))
    target = find_target(str(made.config), environ={})
    with running_server(made.config, data_folder(target, made.data)):
        yield made


@contextmanager
def console_of(project: Project, name: str, *, settings: str = "") -> Iterator[Terminal]:
    """Open the console of a reviewer whose name is configured."""
    config = project.data.parent / f"{name}.toml"
    config.write_text(f'reviewer = "{name}"\n{settings}')
    with project.console(env={"HITL_TUI_CONFIG": str(config)}) as terminal:
        yield terminal


def opened(terminal: Terminal) -> None:
    terminal.wait_for("¶ text")
    press(terminal, "enter")
    terminal.wait_for("original text")
    wait_until_ready(terminal)


def test_two_consoles_on_one_item(project: Project) -> None:
    """Seen in the row and on the card, claimed with a key, and answered by one of them."""
    project.waits("revise", {"some_text": "original text"})
    with console_of(project, "ada") as ada, console_of(project, "bob") as bob:
        opened(ada)
        bob.wait_for(r"\(ada is on it\) “original")
        opened(bob)
        bob.wait_for(r"Note: ada is on this since \d\d:\d\d\.")
        ada.wait_for(r"Note: bob is on this since \d\d:\d\d\.")
        press(ada, "f11")
        ada.wait_for(r"you have this until \d\d:\d\d, which others see")
        bob.wait_for(r"Careful: ada has this since \d\d:\d\d")
        press(bob, "end", *"!", "ctrl+s")
        bob.wait_for("Send this answer|Send this decision|Send\\?")
        bob.wait_for(r"! ada has this since \d\d:\d\d\.")
        press(bob, "escape")
        bob.wait_for("original text!")
        press(bob, "f11")
        bob.wait_for(r"Take this over from ada\?")
        press(bob, "escape")
        press(ada, "end", *"?", "ctrl+s")
        ada.wait_for('"some_text": "original text\\?"')
        bob.wait_for("ada answered it at")
        seen = " ".join(bob.wait_for(r'text\?"').replace("│", " ").split())
        assert 'with "original text?"' in seen
        assert "original text!" in seen
        quit_console(ada)
        quit_console(bob)


@pytest.mark.hardening  # it waits until a lease ends
def test_a_killed_console_is_gone_and_one_that_is_turned_off_was_never_there(
    project: Project,
) -> None:
    project.waits("revise", {"some_text": "original text"})
    with console_of(project, "bob") as bob:
        bob.wait_for("¶ text")
        with console_of(project, "eve", settings="presence = false\n") as eve:
            opened(eve)
            press(eve, "f11")
            bob.wait_for(r"\(eve has it\)")
            press(eve, "f11")
            eve.wait_for("You gave this back")
            assert "eve is on it" not in bob.wait_for("¶ text +“original")
            quit_console(eve)
        with console_of(project, "ada") as ada:
            opened(ada)
            bob.wait_for(r"\(ada is on it\)")
            ada.kill()
            began = time.monotonic()
            bob.wait_for(r"¶ text +“original", 70)
            assert time.monotonic() - began < 60
        quit_console(bob)
