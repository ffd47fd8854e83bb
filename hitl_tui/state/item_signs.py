"""The signs of an item in the inbox: that it is marked, flagged, new, claimed, snoozed, or has a draft."""

from collections.abc import Iterable
from enum import Enum

from hitl_engine.model import Waiting
from hitl_tui.state.item_people import ItemPeople
from hitl_tui.state.marks import ItemKey, Marks, key_of
from hitl_tui.state.noted_items import NotedItems


class Sign(Enum):
    """What a sign tells, as `is:` of the filter names it, and how it is drawn; empty for a word."""

    MARKED = ("marked", "✓")
    NEW = ("new", "•")
    DRAFT = ("draft", "✎")
    FLAGGED = ("flagged", "★")
    SNOOZED = ("snoozed", "")
    MINE = ("mine", "")
    """The user has claimed it."""

    @property
    def word(self) -> str:
        """Its word in the filter."""
        return self.value[0]

    @property
    def character(self) -> str:
        """The character that is drawn."""
        return self.value[1]


class ItemSigns:
    """What is known about the items of the inbox besides what they ask."""

    def __init__(self, marks: Marks, notes: NotedItems) -> None:
        self.marks = marks
        self.notes = notes
        self.people = ItemPeople()
        self.unseen: set[ItemKey] = set()
        """Items that came after the others of their target, and that the user has not looked at."""
        self.drafts: frozenset[ItemKey] = frozenset()
        """Items with a draft."""

    def has(self, item: Waiting, sign: Sign) -> bool:
        """Whether an item has a sign."""
        match sign:
            case Sign.MARKED:
                return item in self.marks
            case Sign.NEW:
                return key_of(item) in self.unseen
            case Sign.DRAFT:
                return key_of(item) in self.drafts
            case Sign.FLAGGED:
                return self.notes.is_flagged(item)
            case Sign.SNOOZED:
                return self.notes.is_snoozed(item)
            case Sign.MINE:
                return self.people.of(item).is_mine

    def first_of(self, item: Waiting, signs: Iterable[Sign]) -> str:
        """Return the character of the first of these signs that an item has, or nothing."""
        return next((sign.character for sign in signs if self.has(item, sign)), "")
