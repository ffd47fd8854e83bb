"""The console in a real terminal: a run from the form, and breakpoints to its end."""

from tests.any_server.console import Console
from tests.journeys.test_journeys import choose, press, quit_console, wait_until_ready


def test_a_run_is_started_from_the_form_and_stepped_to_its_end(console: Console) -> None:
    with console.open(columns=120, rows=40) as terminal:
        terminal.wait_for("connected")
        press(terminal, "n")
        choose(terminal, "breakpoints")
        terminal.wait_for("Stop before")
        press(terminal, "enter", "ctrl+t", "ctrl+s")
        for stop in ("after draft", "before publish"):
            terminal.wait_for(f"Stopped {stop}")
            wait_until_ready(terminal, "s Step")
            press(terminal, "s")
        terminal.wait_for("Done: the final state")
        terminal.wait_for("announced")
        quit_console(terminal)
    [entry] = [each for each in console.run("log") if each["event"] == "start"]
    assert entry["outcome"] == "applied"
