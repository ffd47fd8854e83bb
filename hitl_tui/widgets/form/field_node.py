"""The tree of fields of a form, as seen from the bodies that contain fields."""

from collections.abc import Iterable, Iterator

from textual.containers import Vertical

from hitl_engine.model import FormField, Path
from hitl_tui.state.field_entry import Entry


class FieldNode(Vertical):
    """One field: what is entered in it, and which fields it contains. Drawn by `FieldBox`."""

    def __init__(self, field: FormField, number: int = 0) -> None:
        super().__init__()
        self.field = field
        self.number = number
        """Its place in an array, from 1; otherwise 0."""
        self.touched = False
        """Whether the user changed it; faults are shown only then."""

    @property
    def entry(self) -> Entry:
        """What is entered here."""
        raise NotImplementedError

    @property
    def is_open(self) -> bool:
        """Whether the fields within are shown."""
        raise NotImplementedError

    def fields(self) -> Iterable["FieldNode"]:
        """Return the fields within."""
        raise NotImplementedError

    def field_at(self, step: str | int) -> "FieldNode | None":
        """Return the field with this name, or at this index."""
        raise NotImplementedError

    def draw_head(self) -> None:
        """Show the name and the mode of the field."""
        raise NotImplementedError

    def show_faults(self, faults: tuple[str, ...]) -> None:
        """Show these faults, if the field was touched."""
        raise NotImplementedError

    def take_focus(self) -> None:
        """Focus the first widget that can be typed into."""
        raise NotImplementedError

    # The tree

    @property
    def name_in_form(self) -> str:
        """Its title, or its number in an array."""
        return str(self.number) if self.number else self.field.title or self.field.name

    @property
    def was_touched(self) -> bool:
        """Whether the user changed it, or a field within."""
        return self.touched or any(field.was_touched for field in self.fields())

    def walk(self) -> Iterator["FieldNode"]:
        """Yield this field and all within."""
        yield self
        for field in self.fields():
            yield from field.walk()

    def trail(self, path: Path) -> tuple["FieldNode", ...]:
        """Return this field and the fields on the way to `path`, as far as they are shown."""
        inner = self.field_at(path[0]) if path and self.is_open else None
        return (self,) if inner is None else (self, *inner.trail(path[1:]))

    def at(self, path: Path) -> tuple["FieldNode", Path]:
        """Return the field at `path`, or the nearest shown above it, and the rest of the path."""
        trail = self.trail(path)
        return trail[-1], path[len(trail) - 1 :]
