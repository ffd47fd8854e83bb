"""The reasons that are offered where a tool call is rejected."""

from __future__ import annotations  # the model is not loaded before the first paint

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hitl_engine.model import Decision
    from hitl_tui.settings import Settings

_KEY = "reasons"
_MOST = 8
"""Reasons that are kept."""
_LONGEST = 500
"""Characters of a reason that is kept; a longer one was for its one case."""


class Reasons:
    """Offers the reasons that were given last, newest first, and then those of `config.toml`."""

    def __init__(self, settings: Settings, configured: tuple[str, ...] = ()) -> None:
        self._settings = settings
        self._configured = configured

    def offered(self) -> tuple[str, ...]:
        """Return all that are offered, each once."""
        return tuple(dict.fromkeys((*self._given(), *self._configured)))

    def keep(self, decisions: Iterable[Decision]) -> None:
        """Keep the reasons in decisions that are sent, for the next time where that is possible."""
        new = [
            text
            for decision in decisions
            for text in _reasons_in(decision)
            if len(text) <= _LONGEST
        ]
        if new:
            kept = [*dict.fromkeys((*reversed(new), *self._given()))][:_MOST]
            with suppress(OSError):  # a decision does not fail for it
                self._settings.keep(kept, _KEY)

    def _given(self) -> tuple[str, ...]:
        kept = self._settings.kept(_KEY)
        texts = kept if isinstance(kept, list) else []
        return tuple(text for text in texts if isinstance(text, str) and text)[:_MOST]


def _reasons_in(decision: Decision) -> Iterator[str]:
    from hitl_engine.model import Reject, Verdicts

    if isinstance(decision, Verdicts):
        for verdict in decision.verdicts:
            if isinstance(verdict, Reject) and verdict.message:
                yield verdict.message
