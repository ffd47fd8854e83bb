"""The modal that edits a value of a thread's state: in its type, as a node, confirmed with its difference."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from hitl_engine.errors import HitlError
from hitl_engine.model import JsonValue, Path, Replacement, StateEdit, json_path
from hitl_engine.strict_json import JsonProblem
from hitl_engine.visible import json_text, one_line, visible
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.editing_modal import EditingModal
from hitl_tui.state.debugging_plans import plan_of_edit
from hitl_tui.widgets.banner import Severity
from hitl_tui.widgets.choice_list import ChoiceList
from hitl_tui.widgets.editor import Editor, JsonEditor
from hitl_tui.widgets.key_footer import KeyFooter
from hitl_tui.widgets.titled_pane import titled

if TYPE_CHECKING:
    from hitl_engine.desk import Desk


@dataclass(frozen=True, slots=True)
class ConfirmedEdit:
    """An edit that the user confirmed."""

    edit: StateEdit
    goes_on: bool
    """Whether the nodes that are then next run."""


class StateEditModal(EditingModal[ConfirmedEdit]):
    """Edits one value, or a whole state; dismissed with the edit that the user confirmed.

    A text is edited as a text, and any other value as JSON; a key changes that.
    """

    DEFAULT_CSS = """
    StateEditModal {
        & > Vertical { max-width: 120; height: 90%; }
        &.-short > Vertical { height: 100%; max-height: 100%; width: 100%; }
        #as-node { height: auto; max-height: 40%; padding: 0; }
        #as-node-title { height: 1; padding: 0 1; color: $foreground 70%; }
        &.-short #as-node-title, &.-short ChoiceList { display: none; }
        Editor.-hidden { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s",
            "plan",
            "Write",
            tooltip="Show the difference, and write it if you confirm",
            id="state_edit.plan",
        ),
        Binding(
            "f5",
            "plan_and_go_on",
            "Write and go on",
            tooltip="Show the difference, write it if you confirm, and run to the next stop",
            id="state_edit.go_on",
        ),
        Binding(
            "ctrl+t",
            "toggle_json",
            "JSON",
            tooltip="Edit a text as JSON, or as a text again",
            id="state_edit.as_json",
        ),
        Binding(
            "escape",
            "back",
            "Back",
            tooltip="Close; nothing is written. It asks first if something was typed",
            id="state_edit.back",
        ),
    ]
    NOT_DONE = "Nothing is written."
    HELP = """\
    ### A value of the state
    **ctrl+s** shows the difference that your edit makes, and writes it only if you confirm.
    **f5** then runs on from there, to the next stop or the end.
    In a whole state, the keys that you leave out stay as they are.
    The node that the write counts as decides which nodes run next: by default the one that ran
    last, so that the thread stays where it is. The node that is next is skipped if you pick it, also
    if you change nothing.
    """

    def __init__(
        self,
        desk: "Desk",
        thread_id: str,
        path: Path,
        value: JsonValue,
        *,
        nodes: tuple[str, ...],
        following: tuple[str, ...],
        checkpoint_id: str = "",
        namespace: str = "",
    ) -> None:
        """`nodes` can be the writer, the first by default unless it is next; those `following` are.

        At a checkpoint a branch begins. With a namespace, the state is that of a subgraph.
        """
        super().__init__()
        self._desk = desk
        self._of_thread = thread_id
        self._checkpoint_id = checkpoint_id
        self._namespace = namespace
        self._path = path
        self._value = value
        self._writers = nodes
        self.text = Editor()
        self.json = JsonEditor()
        labels = tuple(
            f"{node} (is next: skipped)" if node in following else node for node in nodes
        )
        default = {0} if nodes and nodes[0] not in following else set()
        self.as_node = ChoiceList(labels, frozenset(default), across=True)

    def compose(self) -> ComposeResult:
        """Put the editor above the nodes."""
        frame = Vertical()
        name = one_line(json_path(self._path), 200) if self._path else "the state"
        frame.border_title = titled(
            f"Edit {name}", "a branch begins here" if self._checkpoint_id else ""
        )
        with frame:
            yield self.banner
            yield self.text
            yield self.json
            if self._writers:
                yield Static(Content("Counts as written by"), id="as-node-title")
                yield self.as_node
            yield KeyFooter()

    def on_mount(self) -> None:
        """Begin with the value as it is."""
        if isinstance(self._value, str):
            self.text.show(self._value)
            self.text.move_cursor(self.text.document.end)
        self.json.show_json(self._value)
        if not isinstance(self._value, str | dict | list):
            self.json.select_all()  # what is typed replaces a number
        self._show_json(not isinstance(self._value, str))
        self.begin()

    def typed(self) -> tuple[str, ...]:
        """Return the value, the same as text and as JSON, or what is not JSON yet."""
        try:
            return (json_text(self._read(), indent=None),)
        except JsonProblem:
            return (self.json.text,)

    def _show_json(self, shown: bool) -> None:
        self.text.set_class(shown, "-hidden")
        self.json.set_class(not shown, "-hidden")
        (self.json if shown else self.text).focus()

    @property
    def _as_json(self) -> bool:
        return not self.json.has_class("-hidden")

    def _read(self) -> JsonValue:
        """Return the edited value. Raises JsonProblem."""
        return self.json.read() if self._as_json else self.text.value

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer JSON where the value is a text."""
        return isinstance(self._value, str) if action == "toggle_json" else True

    @on(JsonEditor.Changed)
    def check(self) -> None:
        """Mark the first mistake in JSON."""
        if self._as_json:
            self.json.check()

    def action_toggle_json(self) -> None:
        """Edit a text as JSON, or JSON that is a text as a text."""
        try:
            value = self._read()
        except JsonProblem as problem:
            self.banner.show(Severity.ERROR, visible(str(problem)))
            return
        if self._as_json and not isinstance(value, str):
            self.banner.show(Severity.NOTE, "This is no longer a text.")
            return
        if self._as_json:
            self.text.show(str(value))
        else:
            self.json.show_json(value)
        self._show_json(not self._as_json)

    def action_plan(self) -> None:
        """Show what the edit does; close with it if the user confirms."""
        self.plan(goes_on=False)

    def action_plan_and_go_on(self) -> None:
        """Show what the edit does, and what runs then; close with it if the user confirms."""
        self.plan(goes_on=True)

    @work(group="plan", exclusive=True, exit_on_error=False)
    async def plan(self, *, goes_on: bool) -> None:
        """Plan the edit, and let the user confirm it."""
        self.banner.clear()
        try:
            edit = await self._planned(self._read())
        except JsonProblem as problem:
            self.banner.show(Severity.ERROR, visible(str(problem)))
        except HitlError as error:
            self.banner.show(Severity.ERROR, str(error))
        else:
            self._confirm(ConfirmedEdit(edit, goes_on or bool(edit.asks_again)))

    def _confirm(self, planned: ConfirmedEdit) -> None:
        def closed(confirmed: bool | None) -> None:
            if confirmed:
                self.dismiss(planned)

        plan = plan_of_edit(planned.edit, goes_on=planned.goes_on)
        self.app.push_screen(ConfirmModal(plan), closed)

    async def _planned(self, value: JsonValue) -> StateEdit:
        picked = min(self.as_node.picked, default=None)
        chosen = self._writers[picked] if picked is not None else ""
        whole = value if isinstance(value, dict) and not self._path else {}
        replacements = [Replacement((key,), each) for key, each in whole.items()]
        if self._path:
            replacements = [Replacement(self._path, value)]
        return await self._desk.states.plan(
            self._of_thread,
            replacements,
            checkpoint_id=self._checkpoint_id,
            as_node=chosen,
            namespace=self._namespace,
        )
