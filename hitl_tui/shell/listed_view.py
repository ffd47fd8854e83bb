"""`hitl-tui list --view NAME --filter TEXT`: the views and filters of the inbox, by its own code."""

import math
import os
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from hitl_engine.configuration import configuration_path, read
from hitl_engine.errors import BadInput
from hitl_engine.model import InboxOrder, Waiting
from hitl_engine.visible import one_line
from hitl_tui.settings import Settings
from hitl_tui.state.inbox_filter import InboxFilter, parse_filter
from hitl_tui.state.inbox_groups import GroupHeading, InboxGrouping
from hitl_tui.state.inbox_items import InboxItems
from hitl_tui.state.inbox_view import InboxView, parse_view
from hitl_tui.state.item_signs import ItemSigns, Sign
from hitl_tui.state.marks import Marks
from hitl_tui.state.named_views import NamedViews
from hitl_tui.state.noted_items import NotedItems
from hitl_tui.text.essence import Essence, essence_of

if TYPE_CHECKING:
    from hitl_engine.desk import Desk

_IN_CONSOLE = (Sign.MARKED, Sign.NEW)
"""Signs that an item has only while a console is open."""


def asked_view(args: Namespace) -> InboxView:
    """Return the view that the options name, with the filter that they add to it. Raises BadInput."""
    texts = (_named_view(args), args.filter)
    view = parse_view(" ".join(text for text in texts if text))
    _refuse_unusable(parse_filter(view.filter))
    return view


def _named_view(args: Namespace) -> str:
    if args.view is None:
        return ""
    settings = Settings(args.data_dir or user_data_path("hitl-tui"))
    views = NamedViews(settings, read(configuration_path(os.environ))).all
    for view in views:
        if view.name == args.view:
            return view.text
    names = ", ".join(one_line(view.name) for view in views) or "none"
    raise BadInput(
        f"There is no view {one_line(args.view)}.",
        hint=f"There is: {names}. The console saves one with the key v; config.toml has them below "
        "[views].",
    )


async def in_view(
    desk: "Desk", items: Sequence[Waiting], view: InboxView, order: InboxOrder | None
) -> list[Waiting]:
    """Return the items that a view lists, in its order unless another is given, its groups together.

    Snoozed items are left out unless its filter names them, as in the inbox. Raises JournalFailed.
    """

    def summarise(item: Waiting) -> Essence:
        return essence_of(desk.reviews.item(item))

    listed = InboxItems(summarise, desk.reviews.deadline_of, await _signs(desk))
    asked_order = order or view.order or InboxOrder.NEWEST
    listed.replace(tuple(items), asked_order, frozenset())
    listed.list_matches(asked_order, parse_filter(view.filter), view.grouping or InboxGrouping.NONE)
    listed.go_on(math.inf)
    listed.arrange()
    return [row for row in listed.rows if not isinstance(row, GroupHeading)]


async def _signs(desk: "Desk") -> ItemSigns:
    """Return what is known besides the items: notes, drafts, and who is on them."""
    target = desk.server.name
    notes = NotedItems(desk.reviews.fingerprint_of)
    found = await desk.item_notes.all()
    notes.replace({(target, item): note for item, note in found.items()})
    signs = ItemSigns(Marks(), notes)
    signs.people.replace(desk.people.presence, {target: desk.people.me})
    signs.drafts = frozenset((target, *draft) for draft in await desk.drafts.all())
    return signs


def _refuse_unusable(chosen: InboxFilter) -> None:
    """Raise BadInput for a filter with a fault, or one that only a console can use."""
    if chosen.fault:
        raise BadInput(f"The filter cannot be used: {chosen.fault}.")
    asked = {value for _, name, value in chosen.facets if name == "is"}
    for sign in _IN_CONSOLE:
        if sign.word in asked:
            raise BadInput(
                f"is:{sign.word} is known only while a console is open.",
                hint="Use is:flagged, is:snoozed, is:draft or is:mine.",
            )
