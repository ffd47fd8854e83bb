"""Textual's stylesheet, made fast: the styles of a kind of widget are parsed once.

Textual keeps the parsed styles of 64 kinds, fewer than the console has, and then parses all of them again
for each kind that is new. It also does when a screen is opened for the first time.
"""

from collections.abc import Mapping

from textual.css.stylesheet import Stylesheet

_MOST_KEPT = 1000
"""Kinds of widgets whose styles are kept parsed: more than there are."""


class ParsedOnce(Stylesheet):
    """A stylesheet that parses again only what depends on variables that have changed."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__(variables=dict(variables))
        self._parse_cache.grow(_MOST_KEPT)

    def reparse(self) -> None:
        """Apply new variables: Textual forgets what was parsed with others when they are set."""
        self.parse()
