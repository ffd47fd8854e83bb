"""The messages of one conversation, opened at its end."""

from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message as Event

from hitl_engine.model import Conversation, Message, MessageCall, Role
from hitl_engine.visible import json_text
from hitl_tui.text.message_rows import MESSAGE, Row, message_rows, text_to_copy
from hitl_tui.widgets.conversation.block_scroll import BlockScroll, Place
from hitl_tui.widgets.item_list import moving_keys

_WIDEST = 100
"""Cells of a line of text; longer lines are hard to read."""
_BAR = "▎ "
_AIR = 1
"""Cells of a block to the right of its texts."""
_COLOURS = frozenset(
    [
        "human",
        "ai",
        "tool",
        "system",
        "other",
        "muted",
        "text",
        "call",
        "argument",
        "attachment",
        "asked",
        "done",
        "failed",
        "open",
        "match",
        "selected",
        *(f"of-{role.value}" for role in Role),
    ]
)


class ConversationView(BlockScroll):
    """Shows messages with their calls and results; one message or call is selected."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"conversation--{name}" for name in _COLOURS}
    DEFAULT_CSS = """
    ConversationView {
        margin-left: 1;
        padding-right: 1;
        & > .conversation--human { color: $text-accent; text-style: bold; }
        & > .conversation--ai { color: $text-primary; text-style: bold; }
        & > .conversation--tool { color: $text-success; text-style: bold; }
        & > .conversation--system { color: $foreground 50%; text-style: bold; }
        & > .conversation--other { color: $foreground 50%; text-style: bold; }
        & > .conversation--muted { color: $foreground 60%; }
        & > .conversation--text { color: $foreground; }
        & > .conversation--call { color: $text-primary; }
        & > .conversation--argument { color: $foreground 75%; }
        & > .conversation--attachment { color: $text-primary; }
        & > .conversation--asked { color: $text-warning; text-style: bold reverse; }
        & > .conversation--done { color: $text-success; }
        & > .conversation--failed { color: $text-error; }
        & > .conversation--open { color: $foreground 60%; }
        & > .conversation--match { background: $warning 35%; }
        & > .conversation--of-human { background: $accent 9%; }
        & > .conversation--of-ai { background: $primary 7%; }
        & > .conversation--of-tool { background: $success 7%; }
        & > .conversation--of-system { background: $foreground 4%; }
        & > .conversation--of-other { background: $foreground 4%; }
        & > .conversation--selected { background: $primary 24%; }
    }
    """
    HELP = """\
    ### The conversation
    What was said on this thread; the newest message is at the end. `?` marks the tool call that
    is asked about, `✓` and `✕` calls with a result.

    **Enter** shows the selected message or call whole, **i** the ids and everything else in a
    message, **y** copies it. **/** searches, **n** and **N** go to the next match and the one
    before. **m** shows the messages of another key of the state.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *moving_keys("conversation", "message"),
        Binding(
            "enter",
            "unfold",
            "Whole",
            tooltip="Show the selected message or call whole, or short again",
            id="conversation.unfold",
        ),
        Binding(
            "i",
            "details",
            "Ids",
            tooltip="Show ids and metadata of all messages, or hide them",
            id="conversation.details",
        ),
        Binding(
            "slash",
            "search",
            "Search",
            key_display="/",
            tooltip="Search in all messages",
            id="conversation.search",
        ),
        Binding(
            "n", "find(1)", "Next", show=False, tooltip="The next match", id="conversation.next"
        ),
        Binding(
            "N",
            "find(-1)",
            "Previous",
            show=False,
            tooltip="The match before",
            id="conversation.previous",
        ),
        Binding(
            "y",
            "copy",
            "Copy",
            tooltip="Copy the selected message, or the call as JSON",
            id="conversation.copy",
        ),
        Binding(
            "m",
            "other",
            "Other messages",
            tooltip="Show the messages of another key of the state",
            id="conversation.other",
        ),
    ]

    class SearchRequested(Event):
        """The user asked to search."""

    class OtherRequested(Event):
        """The user asked for the messages of another key."""

    class NothingFound(Event):
        """No message contains the text that was searched."""

    class Copied(Event):
        """A message or a call was copied."""

    def __init__(self) -> None:
        super().__init__()
        self._conversation: Conversation | None = None
        self._blocks: list[int] = []
        """The index of the message of each block; results are shown below their calls."""
        self._arriving: tuple[Message, ...] = ()
        """Messages that a run is writing, after those of the conversation."""
        self._selected = Place(0, MESSAGE)
        """The block, and the part of it, that is selected."""
        self._unfolded: dict[int, set[int]] = {}
        self._details = False
        self._searched = ""
        self.several = False
        """Whether other keys of the state hold messages too."""

    # What is shown

    def show(self, conversation: Conversation | None) -> None:
        """Show a conversation; the messages that were arriving are part of it now.

        If it goes on where the one in view ended, the view stays where it is, at its end if it was
        there. None: the state holds no messages.
        """
        goes_on = (
            conversation is not None
            and self._conversation is not None
            and conversation.key == self._conversation.key
            and len(conversation.messages) >= len(self._conversation.messages)
        )
        self._conversation, self._arriving = conversation, ()
        results = conversation.results if conversation is not None else frozenset()
        count = len(conversation.messages) if conversation is not None else 0
        self._blocks = [index for index in range(count) if index not in results]
        if not goes_on:
            self._keeps_end = True
            self._unfolded.clear()
        if self._keeps_end:
            self._select_last()
        self.forget_rows()

    def show_arriving(self, messages: Sequence[Message]) -> None:
        """Show the messages that a run is writing."""
        before, self._arriving = self._arriving, tuple(messages)
        for block, message in enumerate(self._arriving, start=len(self._blocks)):
            position = block - len(self._blocks)
            if position >= len(before) or before[position] != message:
                self._rows.discard(block)
                self._strips.clear()
        if self._keeps_end:
            self._select_last()
        self._keep_in_bounds()
        self.redraw()

    def _select_last(self) -> None:
        """Select the call that is asked about; else the newest message."""
        block = max(0, self.block_count - 1)
        if not self._arriving and self._conversation and self._conversation.asked is not None:
            index = self._conversation.asked
            if index in self._blocks[-2:]:
                calls = self._conversation.messages[index].calls
                part = next((n for n, call in enumerate(calls, 1) if call.asked), MESSAGE)
                self._selected = Place(self._blocks.index(index), part)
                return
        self._selected = Place(block, MESSAGE)

    @property
    def block_count(self) -> int:
        """How many messages are shown, without results of calls."""
        return len(self._blocks) + len(self._arriving)

    def message(self, block: int) -> Message:
        """Return the message of a block."""
        if block >= len(self._blocks):
            return self._arriving[block - len(self._blocks)]
        assert self._conversation is not None, "only a conversation has blocks"
        return self._conversation.messages[self._blocks[block]]

    def _results(self, calls: Sequence[MessageCall]) -> list[Message | None]:
        messages = self._conversation.messages if self._conversation is not None else ()
        return [None if call.result is None else messages[call.result] for call in calls]

    # Rows

    def lay_out(self, block: int, width: int) -> Sequence[Row]:
        """Return the rows of a message, and an empty one after it."""
        message = self.message(block)
        rows = message_rows(
            message,
            self._results(message.calls),
            self._block_width(width) - len(_BAR) - _AIR,
            unfolded=self._unfolded.get(block, ()),
            with_details=self._details,
        )
        return [*rows, Row(())]

    def _block_width(self, width: int) -> int:
        """Return the cells of a row of a block, with its bar and the air at its right."""
        return min(width, len(_BAR) + _WIDEST + _AIR)

    def row(self, place: Place) -> Row:
        """Return what is shown at a place."""
        row = self.rows_of(place.block)[place.row]
        assert isinstance(row, Row), "lay_out returns rows"
        return row

    def look_of(self, place: Place) -> Hashable:
        """A row looks different when it is selected, and with matches of a search."""
        return self._is_selected(place), self._searched

    def row_text(self, row: int) -> str:
        """Return the text of a row, without the bar."""
        return "".join(text for text, _ in self.row(Place.numbered(row)).texts)

    def continues(self, place: Place) -> bool:
        """Whether the text of a row was cut before it."""
        return self.row(place).continues

    def _is_selected(self, place: Place) -> bool:
        return self.has_focus and self._selected == (place.block, self.row(place).part)

    def draw(self, place: Place, width: int) -> list[Segment]:
        """Draw a row of a block in the colour of the role: a bar, and its texts."""
        row = self.row(place)
        if not row.texts:
            return []
        message = self.message(place.block)
        role = f"of-{message.role.value}"
        ground = self._ground("selected" if self._is_selected(place) else role)
        segments = [Segment(_BAR, self._colour(message.role.value) + ground)]
        for text, colour in row.texts:
            segments += self._matched(text, self._colour(colour) + ground)
        used = sum(segment.cell_length for segment in segments)
        return [*segments, Segment(" " * max(0, self._block_width(width) - used), ground)]

    def _matched(self, text: str, style: Style) -> list[Segment]:
        """Return a text with the matches of the search marked."""
        if not self._searched:
            return [Segment(text, style)]
        folded, wanted, start = text.casefold(), self._searched, 0
        if len(folded) != len(text):
            return [Segment(text, style)]
        segments: list[Segment] = []
        while (found := folded.find(wanted, start)) >= 0:
            end = found + len(wanted)
            segments += [
                Segment(text[start:found], style),
                Segment(text[found:end], style + self._ground("match")),
            ]
            start = end
        return [*segments, Segment(text[start:], style)]

    def _colour(self, name: str) -> Style:
        return self.get_component_rich_style(f"conversation--{name}")

    def _ground(self, name: str) -> Style:
        """Return only the background of a style, which is put below the colours of the texts."""
        return Style(bgcolor=self._colour(name).bgcolor)

    def on_focus(self) -> None:
        """Show what is selected."""
        self.redraw()

    def on_blur(self) -> None:
        """Show nothing as selected."""
        self.redraw()

    # Moving

    def _parts(self, block: int) -> int:
        return len(self.message(block).calls) + 1

    def _rows_of_selected(self) -> tuple[Place, Place]:
        block, part = self._selected
        rows = [
            row
            for row in range(len(self.rows_of(block)))
            if self.row(Place(block, row)).part == part
        ]
        shown = [row for row in rows if self.row(Place(block, row)).texts] or rows
        return Place(block, shown[0]), Place(block, shown[-1])

    def action_move(self, by: int) -> None:
        """Select the next message or call, or the one before; scroll through one that is long."""
        if not self.block_count:
            return
        first, last = self._rows_of_selected()
        places = self.places
        if by > 0 and first >= self.top and last > places[-1]:
            self.scroll_rows(self.page // 3)
        elif by < 0 and first < self.top and last <= places[-1]:
            self.scroll_rows(-(self.page // 3))
        else:
            self._select(self._neighbour(by))

    def _neighbour(self, by: int) -> Place:
        block, part = self._selected.block, self._selected.row + by
        if part < 0:
            return Place(block - 1, self._parts(block - 1) - 1) if block else self._selected
        if part >= self._parts(block):
            return Place(block + 1, MESSAGE) if block + 1 < self.block_count else self._selected
        return Place(block, part)

    def _select(self, selected: Place) -> None:
        before, self._selected = self._selected, selected
        if selected == (0, MESSAGE):
            self.scroll_to_start()
        elif selected.block == self.block_count - 1:
            self.scroll_to_end()
        self.show_rows(*self._rows_of_selected())
        for block in {before.block, selected.block}:
            self.redraw_block(block)

    def action_page(self, direction: int) -> None:
        """Scroll a page, and select what is in view."""
        if not self.block_count:
            return
        self.scroll_rows(direction * max(1, self.page - 2))
        place = self.places[-1 if direction > 0 else 0]
        self._selected = Place(place.block, self.row(place).part)
        self.redraw()

    def action_edge(self, last: int) -> None:
        """Select the first message or the last."""
        if not self.block_count:
            return
        self._select(Place(self.block_count - 1 if last else 0, MESSAGE))

    def on_click(self, event: events.Click) -> None:
        """Select what is under the mouse; a second click unfolds it."""
        if event.y >= len(self.places) or self.text_selection is not None:
            return
        place = self.places[event.y]
        clicked = Place(place.block, self.row(place).part)
        again = clicked == self._selected
        self._selected = clicked
        self.redraw()
        if again:
            self.action_unfold()

    # Looking closer

    def action_unfold(self) -> None:
        """Show the selected part whole, or short again."""
        if not self.block_count:
            return
        block, part = self._selected
        self._unfolded.setdefault(block, set()).symmetric_difference_update({part})
        self.forget_rows(block)
        self.show_rows(*self._rows_of_selected())

    def action_details(self) -> None:
        """Show or hide ids and metadata."""
        self._details = not self._details
        self.forget_rows()
        if self.block_count:
            self.show_rows(*self._rows_of_selected())

    def action_copy(self) -> None:
        """Copy what is selected."""
        if self.block_count:
            message = self.message(self._selected.block)
            self.app.copy_to_clipboard(text_to_copy(message, self._selected.row))
            self.post_message(self.Copied())

    def action_other(self) -> None:
        """Ask for the messages of another key."""
        self.post_message(self.OtherRequested())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer other messages only if there are some."""
        return self.several if action == "other" else True

    # Searching

    def action_search(self) -> None:
        """Ask for a text to search."""
        self.post_message(self.SearchRequested())

    def search(self, text: str) -> None:
        """Mark a text in all messages, and select the newest message that contains it."""
        self._searched = text.casefold()
        self.redraw()
        if self._searched:
            self._find(-1, self._selected.block + 1)

    def action_find(self, by: int) -> None:
        """Select the next message that contains the text, or the one before."""
        if self._searched:
            self._find(by, self._selected.block)

    def _find(self, by: int, start: int) -> None:
        count = self.block_count
        for distance in range(1, count + 1):
            block = (start + by * distance) % count
            if self._searched in self._searchable(block):
                self._select(Place(block, MESSAGE))
                return
        self.post_message(self.NothingFound())

    def _searchable(self, block: int) -> str:
        message = self.message(block)
        results = (each.text for each in self._results(message.calls) if each is not None)
        calls = (f"{call.name} {json_text(call.args, indent=None)}" for call in message.calls)
        return "\n".join(
            (message.text, message.reasoning, message.name, *calls, *results)
        ).casefold()
