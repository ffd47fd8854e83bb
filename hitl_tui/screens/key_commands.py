"""The actions of the keys of a screen, as commands of the palette."""

from collections.abc import Iterator
from functools import partial

from textual.app import App, SystemCommand
from textual.screen import Screen


def key_commands(app: App[None], screen: Screen[object]) -> Iterator[SystemCommand]:
    """Yield each action that is offered now, once: some have several keys."""
    seen: set[tuple[object, str]] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.id or (active.node, binding.action) in seen:
            continue
        seen.add((active.node, binding.action))
        if binding.description and active.enabled:
            run = partial(app.run_action, binding.action, active.node)
            yield SystemCommand(binding.description, binding.tooltip, run)
