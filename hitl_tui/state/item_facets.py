"""The facets of an item, as words of the filter: a key adds them to it, or removes them."""

from collections.abc import Iterator, Sequence

from hitl_engine.model import Waiting
from hitl_engine.visible import visible
from hitl_tui.state.inbox_filter import filter_words
from hitl_tui.state.item_signs import Sign
from hitl_tui.text.essence import Essence

_TIMES = ("age:>1h", "age:>1d", "deadline:<1h", "deadline:<1d")


def facets_of(item: Waiting, essence: Essence, people: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the words that list what is like this item, and those for signs and times.

    `people` are the names of those who are on it.

    A value that cannot be written in the filter has none: it has quotes or hidden characters.
    """
    values = _values_of(item, essence, people)
    return (*values, *(f"is:{sign.word}" for sign in Sign), *_TIMES)


def _values_of(item: Waiting, essence: Essence, people: Sequence[str]) -> Iterator[str]:
    values = [("kind", essence.word), *(("tool", tool) for tool in dict.fromkeys(essence.tools))]
    values += [("graph", item.graph_id), ("node", item.node), ("thread", item.thread_id)]
    values += [("target", item.target), *(("on", name) for name in people)]
    for name, value in values:
        if value and '"' not in value and visible(value) == value and "\n" not in value:
            yield f'{name}:"{value}"' if " " in value else f"{name}:{value}"


def with_facet(typed: str, facet: str) -> str:
    """Return a filter with this facet added, or removed, if it has that already.

    Of the other facets, it takes the place of one of the same name: most items have only one value.
    """
    words = filter_words(typed)
    if has_facet(typed, facet):
        return " ".join(word for word in words if word.casefold() != facet.casefold())
    name = facet.partition(":")[0]
    others = [word for word in words if name == "is" or not word.casefold().startswith(f"{name}:")]
    return " ".join((*others, facet))


def has_facet(typed: str, facet: str) -> bool:
    """Whether a filter has a facet, as one of its words."""
    return facet.casefold() in (word.casefold() for word in filter_words(typed))
