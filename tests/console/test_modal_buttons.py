"""The buttons of a modal are whole on any screen."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App
from textual.widgets import Button

from hitl_tui.screens.framed_modal import FramedModal
from hitl_tui.screens.text_modal import ModalText, TextModal
from hitl_tui.screens.trust_modal import TrustModal
from hitl_tui.screens.unsent_modal import UnsentModal
from hitl_tui.state.outbox import Outbox

from .conftest import screen_text, until
from .desk_double import interrupt
from .test_trust_modal import code_with


def unsent() -> Outbox:
    """Return an outbox with answers that can be taken back."""
    outbox = Outbox()
    for number in range(3):
        outbox.add(f"Approve call {number}", [interrupt("text", n=number)], grace=60)
    return outbox


MODALS: dict[str, Callable[[], FramedModal[Any]]] = {
    "text": lambda: TextModal(ModalText("Title", "What happened. " * 20), retry=True, close="Quit"),
    "trust": lambda: TrustModal(code_with("agent.py"), refuse="Leave it out"),
    "unsent": lambda: UnsentModal(unsent()),
}


@pytest.mark.parametrize("size", [(40, 12), (64, 24), (80, 24), (200, 55)])
@pytest.mark.parametrize("name", MODALS)
async def test_all_buttons_are_whole(name: str, size: tuple[int, int]) -> None:
    app = App[None]()
    async with app.run_test(size=size) as pilot:
        modal = MODALS[name]()
        app.push_screen(modal)
        await until(pilot, lambda: bool(modal.query(Button)))
        labels = [str(button.label) for button in modal.query(Button)]
        await until(pilot, lambda: all(label in screen_text(app) for label in labels))
