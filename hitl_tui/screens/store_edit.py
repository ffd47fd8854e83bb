"""The modal that edits an item of the store, or asks for a new one."""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from hitl_engine.errors import BadInput, HitlError, NotThere
from hitl_engine.model import JsonObject, OutcomeKind, StoreItem
from hitl_engine.strict_json import JsonProblem
from hitl_engine.visible import visible
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.editing_modal import EditingModal
from hitl_tui.state.act_plans import plan_of_item
from hitl_tui.text.store_rows import place_words
from hitl_tui.widgets.banner import Severity
from hitl_tui.widgets.editor import JsonEditor
from hitl_tui.widgets.key_footer import KeyFooter
from hitl_tui.widgets.line_input import LineInput
from hitl_tui.widgets.titled_pane import titled

if TYPE_CHECKING:
    from hitl_engine.desk import Desk


class StoreEditModal(EditingModal[str]):
    """Stores an item that the user confirms; dismissed with what happened.

    It stays open, with what was typed, as long as nothing was stored.
    """

    DEFAULT_CSS = """
    StoreEditModal {
        & > Vertical { max-width: 120; height: 90%; }
        &.-short > Vertical { height: 100%; max-height: 100%; width: 100%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s",
            "plan",
            "Store",
            tooltip="Show the difference, and store the item if you confirm",
            id="store_edit.plan",
        ),
        Binding(
            "escape",
            "back",
            "Back",
            tooltip="Close; nothing is stored. It asks first if something was typed",
            id="store_edit.back",
        ),
    ]

    NOT_DONE = "Nothing is stored."

    def __init__(self, desk: "Desk", namespace: tuple[str, ...], item: StoreItem | None) -> None:
        """`item`: what is edited; None for a new item in `namespace`, which can be changed."""
        super().__init__()
        self._desk = desk
        self._item = item
        self.namespace = LineInput("Namespace: labels, joined by dots", id="namespace")
        self.key = LineInput("Key", id="key")
        self.json = JsonEditor()
        self._first = namespace

    def compose(self) -> ComposeResult:
        """Put where the item is above its value."""
        frame = Vertical()
        item = self._item
        title = f"Edit {place_words(item.namespace, item.key)}" if item else "A new item"
        frame.border_title = titled(title)
        with frame:
            yield self.banner
            if item is None:
                yield self.namespace
                yield self.key
            yield self.json
            yield KeyFooter()

    def on_mount(self) -> None:
        """Begin with the value as it is."""
        if self._item is not None:
            self.json.show_json(self._item.value)
            self.json.focus()
        else:
            self.namespace.load(".".join(self._first))
            self.json.show_json({})
            (self.key if self._first else self.namespace).focus()
        self.begin()

    def typed(self) -> tuple[str, ...]:
        """Return the place of the item and its value."""
        return (self.namespace.text, self.key.text, self.json.text)

    def _read(self) -> tuple[tuple[str, ...], str, JsonObject]:
        """Return namespace, key and value. Raises JsonProblem, BadInput."""
        if self._item is not None:
            namespace, key = self._item.namespace, self._item.key
        else:
            namespace, key = tuple(self.namespace.text.split(".")), self.key.text
            if not all(namespace) or not key:
                raise BadInput("An item needs a namespace, whose labels are not empty, and a key.")
        value = self.json.read()
        if not isinstance(value, dict):
            raise BadInput("The value of an item is a JSON object: {…}.")
        return namespace, key, value

    @on(JsonEditor.Changed)
    def check(self) -> None:
        """Mark the first mistake in JSON."""
        self.json.check()

    @work(group="plan", exclusive=True, exit_on_error=False)
    async def action_plan(self) -> None:
        """Show what storing the item does; store it if the user confirms."""
        self.banner.clear()
        try:
            namespace, key, value = self._read()
            now = await self._now(namespace, key)
        except JsonProblem as problem:
            self.banner.show(Severity.ERROR, visible(str(problem)))
            return
        except HitlError as error:
            self.banner.show(Severity.ERROR, str(error))
            return

        def closed(confirmed: bool | None) -> None:
            if confirmed:
                self.store(namespace, key, value)

        was = None if self._item is None else self._item.value
        plan = plan_of_item(
            place_words(namespace, key), now, value, was=was, is_new=self._item is None
        )
        self.app.push_screen(ConfirmModal(plan), closed)

    async def _now(self, namespace: tuple[str, ...], key: str) -> StoreItem | None:
        try:
            return await self._desk.store.get(namespace, key)
        except NotThere:
            return None

    @work(group="act", exclusive=True, exit_on_error=False)
    async def store(self, namespace: tuple[str, ...], key: str, value: JsonObject) -> None:
        """Store the item; close if that is done."""
        try:
            outcome = await self._desk.store.put(namespace, key, value)
        except HitlError as error:
            self.banner.show(Severity.ERROR, str(error))
            return
        if outcome.kind is OutcomeKind.APPLIED:
            self.dismiss(outcome.why)
        else:
            self.banner.show(Severity.UNKNOWN, outcome.why)
