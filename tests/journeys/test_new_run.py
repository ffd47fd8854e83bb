"""A new run is started in the real console on a real server."""

from pathlib import Path

from hitl_tui.screens.new_run import NewRunScreen
from tests.journeys.piloted import piloted
from tests.server.processes import Served


async def test_a_run_gets_the_context_that_was_filled_in(
    local_server: Served, tmp_path: Path
) -> None:
    async with piloted(local_server, tmp_path, size=(120, 40)) as console:
        await console.press("n")
        screen = console.app.screen
        assert isinstance(screen, NewRunScreen)
        graphs = await console.desk.graphs()
        [number] = [n for n, each in enumerate(graphs) if each.graph_id == each.name == "scheduled"]
        screen.graphs.highlighted = number
        await console.shows("New run ▸ scheduled", "Context", "Tenant")
        assert screen.form is not None and screen.form.context is not None
        screen.form.context.take_focus()
        await console.press(*"acme")
        await console.shows('context {"tenant": "acme"')
        await console.press("ctrl+s")
        await console.shows("✓ done", "acme")
