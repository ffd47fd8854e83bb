"""A JSON value as a tree: folded, searched, copied, watched; what the last step changed is marked."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from hitl_engine.model import Change, ChangeKind, JsonValue, Path, Watched, json_path
from hitl_engine.visible import json_text, one_line
from hitl_tui.state.json_tree import JsonTree, Marks, Node, NodeKind, row_name
from hitl_tui.text.fitting import shortened
from hitl_tui.text.json_lines import brief_json, size_words
from hitl_tui.widgets.item_list import ItemList, moving_keys

_SIGNS = {ChangeKind.ADDED: "+", ChangeKind.REPLACED: "●", ChangeKind.REMOVED: "−"}
_WIDEST_KEY = 28
_READABLE = 20
"""Cells of a value that are shown before its size is."""
_GUTTER = 7
"""Cells before the text of a row at the top: the mark, and the sign."""


def _colour_of(value: JsonValue) -> str:
    if isinstance(value, str):
        return "text"
    return "muted" if isinstance(value, dict | list) else "number"


class StateTree(ItemList):
    """Shows a JSON value; only rows that are opened and on screen are made."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "state-tree--selected",
        "state-tree--key",
        "state-tree--index",
        "state-tree--watch",
        "state-tree--text",
        "state-tree--number",
        "state-tree--muted",
        "state-tree--mark",
        "state-tree--problem",
        "state-tree--match",
    }
    DEFAULT_CSS = """
    StateTree {
        padding-right: 1;
        & > .state-tree--selected { background: $panel; }
        &:focus > .state-tree--selected { background: $primary 15%; }
        & > .state-tree--key { color: $text-primary; }
        & > .state-tree--index { color: $foreground 60%; }
        & > .state-tree--watch { color: $text-accent; text-style: bold; }
        & > .state-tree--text { color: $foreground; }
        & > .state-tree--number { color: $text-accent; }
        & > .state-tree--muted { color: $foreground 50%; }
        & > .state-tree--mark { color: $text-warning; text-style: bold; }
        & > .state-tree--problem { color: $text-error; }
        & > .state-tree--match { background: $warning 35%; }
    }
    """
    HEADINGS = 0
    HELP = """\
    ### The state
    The values of the thread as a tree. **Enter** opens and closes what is selected, **right** and
    **left** too. `●` marks what the last step changed, `+` what it added, `·` what contains a
    change; `− key` names what it removed.

    **/** searches keys and values, **n** and **N** go to the next match and the one before; **c**
    goes to the next change. **y** copies the selected value, **p** its path as JSONPath.

    **e** edits the selected value. You see the difference before it is written.

    **w** watches the selected value: it is shown on top for every thread of this graph. On a
    watched row, **w** ends that. **W** watches any JSONPath, like `$.messages[-1].content`.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *moving_keys("state", "row"),
        Binding(
            "enter", "choose", "Open", tooltip="Open or close the selected row", id="state.open"
        ),
        Binding(
            "right,l",
            "open",
            "Open",
            show=False,
            tooltip="Open the row, or go into it",
            id="state.right",
        ),
        Binding(
            "left,h",
            "close",
            "Close",
            show=False,
            tooltip="Close the row, or go to the one that contains it",
            id="state.left",
        ),
        Binding(
            "slash",
            "search",
            "Search",
            key_display="/",
            tooltip="Search in all keys and values",
            id="state.search",
        ),
        Binding("n", "find(1)", "Next", show=False, tooltip="The next match", id="state.next"),
        Binding(
            "N", "find(-1)", "Previous", show=False, tooltip="The match before", id="state.previous"
        ),
        Binding(
            "c",
            "next_change",
            "Next change",
            tooltip="Go to the next place that the last step changed",
            id="state.next_change",
        ),
        Binding(
            "e",
            "edit",
            "Edit",
            tooltip="Edit the selected value; at an older checkpoint this begins a branch",
            id="state.edit",
        ),
        Binding("y", "copy", "Copy", tooltip="Copy the selected value", id="state.copy"),
        Binding(
            "p",
            "copy_path",
            "Copy path",
            show=False,
            tooltip="Copy the path of the selected value, as JSONPath",
            id="state.copy_path",
        ),
        Binding(
            "w",
            "watch",
            "Watch",
            tooltip="Show the selected value on top, or no longer",
            id="state.watch",
        ),
        Binding(
            "W",
            "watch_expression",
            "Watch JSONPath",
            show=False,
            tooltip="Show what a JSONPath finds on top",
            id="state.watch_expression",
        ),
        Binding(
            "s",
            "other_state",
            "Subgraph",
            tooltip="Show the state of the next subgraph",
            id="state.subgraph",
        ),
    ]

    @dataclass
    class EditRequested(Message):
        """The user asked to edit the value at this path of the state."""

        path: Path
        value: JsonValue

    class SearchRequested(Message):
        """The user asked to search."""

    @dataclass
    class FindRequested(Message):
        """The user asked for the next match, or the one before."""

        by: int

    @dataclass
    class WatchToggled(Message):
        """The user asked to watch this expression, or no longer to do so."""

        expression: str

    class ExpressionRequested(Message):
        """The user asked to type an expression to watch."""

    class ChangesRequested(Message):
        """The user asked for what the last step changed, which is not known yet."""

    class OtherStateRequested(Message):
        """The user asked for the state of another subgraph."""

    @dataclass
    class Copied(Message):
        """A text was copied."""

        what: str

    def __init__(self) -> None:
        super().__init__()
        self._tree = JsonTree()
        self._value: JsonValue = None
        self._watches: tuple[Watched, ...] = ()
        self._marks = Marks()
        self._changes: Sequence[Change] | None = None
        """What the last step changed; None while it is not known."""
        self._matched: Path | None = None
        self._width = 0
        """The cells of a row."""
        self.several = False
        """Whether there are states of subgraphs to choose from."""

    # What is shown

    def show(self, value: JsonValue, watches: Sequence[Watched] = ()) -> None:
        """Show a value below the watched expressions; what was open and selected stays so."""
        before = row_name(self.node) if self._tree.rows else ()
        self._value, self._watches = value, tuple(watches)
        self._marks, self._changes, self._matched = Marks(), None, None
        self._fill()
        self.items_changed(self._row_of(before))

    def _fill(self) -> None:
        self._tree.show(self._value, self._watches)
        self._strips.clear()

    def _row_of(self, name: Path | str) -> int:
        """Return the row with a name if it is still there; else the selected one."""
        rows = self._tree.rows if name else ()
        return next((i for i, node in enumerate(rows) if row_name(node) == name), self.selected)

    def show_changes(self, changes: Sequence[Change]) -> None:
        """Mark what the last step changed in the value that is shown."""
        self._changes, self._marks = changes, Marks.of(changes)
        self._strips.clear()
        self.refresh()
        self.refresh_bindings()

    def show_match(self, path: Path) -> None:
        """Select a place that a search found, and open what contains it."""
        self._matched = path
        self._go_to(path)

    def _go_to(self, path: Path) -> None:
        index = self._tree.reveal(path)
        self._strips.clear()
        self.items_changed(index)

    @property
    def length(self) -> int:
        """How many rows there are."""
        return len(self._tree.rows)

    @property
    def value(self) -> JsonValue:
        """What is shown, without the watched expressions."""
        return self._value

    @property
    def node(self) -> Node:
        """The selected row."""
        return self._tree.rows[self.selected]

    # Drawing

    def fit_columns(self, width: int) -> None:
        """Cut the lines of long texts for the new width."""
        if width != self._width:
            self._width = width
            self._tree.text_width = max(20, width - _GUTTER)
            if self._tree.rows:
                self._tree.show(self._value, self._watches)

    def draw_headings(self, width: int) -> Strip:
        """There are none."""
        return Strip.blank(width)

    def look_of(self, index: int) -> Hashable:
        """A row looks different when it is opened."""
        node = self._tree.rows[index]
        return id(node), node.is_open, node.path is not None and node.path == self._matched

    def draw_row(self, index: int, width: int, *, selected: bool) -> Strip:
        """Draw the mark, the sign, the key and the value of a row."""
        node = self._tree.rows[index]
        row_style = self._colour("selected") if selected else self.rich_style
        ground = Style(bgcolor=row_style.bgcolor)
        width = min(width, self._width)
        texts = [(f" {self._mark(node)}", "mark"), (" " * (1 + 2 * max(0, node.depth)), "text")]
        used = sum(len(text) for text, _ in texts)
        texts += self._texts(node, max(4, width - used))
        if node.path is not None and node.path == self._matched:
            ground = Style(bgcolor=self._colour("match").bgcolor)
        segments = [Segment(text, self._colour(name) + ground) for text, name in texts]
        return Strip(segments).crop(0, width).extend_cell_length(width, ground)

    def _texts(self, node: Node, width: int) -> list[tuple[str, str]]:
        if node.kind is NodeKind.LINE:
            return [("  ", "muted"), (str(node.value), "text")]
        if node.kind is NodeKind.MORE:
            return [("  ", "muted"), (f"… {node.value:,} more; enter shows them", "muted")]
        sign = ("▾ " if node.is_open else "▸ ") if node.can_open else "  "
        key, colour = self._key(node, width // 3)
        texts = [(sign, "muted"), (key, colour), ("  ", "muted")]
        if node.problem:
            return [*texts, (one_line(node.problem, width), "problem")]
        left = max(4, width - sum(len(text) for text, _ in texts))
        return [*texts, *self._value_texts(node, left), *self._removed(node)]

    def _key(self, node: Node, most: int) -> tuple[str, str]:
        """Return the key, in the width of the longest one beside it, and its colour."""
        width = min(node.key_width, _WIDEST_KEY, max(6, most))
        if isinstance(node.step, int):
            return str(node.step).rjust(width), "index"
        text = shortened(one_line(node.step, 200), _WIDEST_KEY)
        return text.ljust(width), "watch" if node.kind is NodeKind.WATCH else "key"

    def _value_texts(self, node: Node, width: int) -> list[tuple[str, str]]:
        size = size_words(node.value)
        if node.is_open:
            return [(size, "muted")]
        if len(size) + _READABLE > width:
            size = ""
        texts = [(brief_json(node.value, max(4, width - len(size) - 2)), _colour_of(node.value))]
        return [*texts, (f"  {size}", "muted")] if size else texts

    def _mark(self, node: Node) -> str:
        if node.path is None or node.kind in (NodeKind.LINE, NodeKind.MORE):
            return " "
        if (kind := self._marks.changed.get(node.path)) is not None:
            return _SIGNS[kind]
        return "·" if node.path in self._marks.inside and not node.is_open else " "

    def _removed(self, node: Node) -> list[tuple[str, str]]:
        gone = self._marks.removed.get(node.path, []) if node.path is not None else []
        named = ", ".join(one_line(str(step), 40) for step in gone[:5])
        more = f" and {len(gone) - 5} more" if len(gone) > 5 else ""
        return [(f"  − {named}{more}", "mark")] if gone else []

    def _colour(self, name: str) -> Style:
        return self.get_component_rich_style(f"state-tree--{name}")

    # Opening

    def action_choose(self) -> None:
        """Open the selected row, or close it."""
        if not self.length:
            return
        if self.node.is_open:
            self._tree.close(self.selected)
        else:
            self._tree.open(self.selected)
        self._rows_changed(self.selected)

    def action_open(self) -> None:
        """Open the selected row; if it is open, go into it."""
        if not self.length:
            return
        if self.node.is_open:
            self.selected += 1
        else:
            self._tree.open(self.selected)
            self._rows_changed(self.selected)

    def action_close(self) -> None:
        """Close the selected row; if it is closed, go to the one that contains it."""
        if not self.length:
            return
        if self.node.is_open:
            self._tree.close(self.selected)
            self._rows_changed(self.selected)
        else:
            self.selected = self._tree.parent_index(self.selected)

    def _rows_changed(self, selected: int) -> None:
        self._strips.clear()
        self.items_changed(selected)

    # Finding and copying

    def action_search(self) -> None:
        """Ask for a text to search."""
        self.post_message(self.SearchRequested())

    def action_find(self, by: int) -> None:
        """Ask for the next match, or the one before."""
        self.post_message(self.FindRequested(by))

    def action_next_change(self) -> None:
        """Select the next place that changed; after the last one comes the first."""
        if self._changes is None:
            self.post_message(self.ChangesRequested())
            return
        paths = [change.path for change in self._changes if change.kind is not ChangeKind.REMOVED]
        paths = paths or [change.path[:-1] for change in self._changes]
        if not paths:
            return
        now = self.node.path if self.length else None
        self._go_to(paths[(paths.index(now) + 1) % len(paths)] if now in paths else paths[0])

    def action_edit(self) -> None:
        """Ask to edit the selected value."""
        if self.length and (node := self._valued()).path is not None:
            self.post_message(self.EditRequested(node.path, node.value))

    def _valued(self) -> Node:
        """Return the row of the value to which the selected row belongs."""
        node = self.node
        while node.kind in (NodeKind.LINE, NodeKind.MORE) and node.parent is not None:
            node = node.parent
        return node

    def action_copy(self) -> None:
        """Copy the selected value: a text as it is, anything else as JSON."""
        if self.length:
            value = self._valued().value
            self.app.copy_to_clipboard(value if isinstance(value, str) else json_text(value))
            self.post_message(self.Copied("the value"))

    def action_copy_path(self) -> None:
        """Copy the path of the selected value."""
        if self.length and (expression := self._expression()):
            self.app.copy_to_clipboard(expression)
            self.post_message(self.Copied(expression))

    def action_watch(self) -> None:
        """Watch the selected value, or no longer."""
        if self.length and (expression := self._expression()):
            self.post_message(self.WatchToggled(expression))

    def _expression(self) -> str:
        """Return the JSONPath of the selected row."""
        node = self.node
        if node.kind is NodeKind.WATCH:
            return str(node.step)
        while node.path is None and node.parent is not None:
            node = node.parent
        return json_path(node.path) if node.path is not None else ""

    def action_watch_expression(self) -> None:
        """Ask for an expression to watch."""
        self.post_message(self.ExpressionRequested())

    def action_other_state(self) -> None:
        """Ask for the state of another subgraph."""
        self.post_message(self.OtherStateRequested())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible now."""
        if action == "other_state":
            return self.several
        return self._changes is None or bool(self._changes) if action == "next_change" else True
