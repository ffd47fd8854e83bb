"""What journeys share."""

import pytest

from hitl_tui.widgets.cards.guard import Guard


@pytest.fixture
def short_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the guard of cards short."""
    monkeypatch.setattr(Guard, "SECONDS", 0.01)
