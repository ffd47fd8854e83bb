"""The tool call in view: its tool, its arguments, its verdict, and the fields of the verdict."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from hitl_engine.model import JsonObject, ToolCall
from hitl_engine.visible import one_line
from hitl_tui.state.call_answer import CallAnswer
from hitl_tui.widgets.early_text import keep_text_for_field
from hitl_tui.widgets.fitting_layout import Fitting
from hitl_tui.widgets.reason_field import ReasonsOffered
from hitl_tui.widgets.tool_calls.call_view import CallView
from hitl_tui.widgets.tool_calls.verdict_fields import VerdictFields
from hitl_tui.widgets.tool_calls.verdict_line import VerdictLine


class CallPanel(Fitting, Vertical):
    """Shows one call and its answer."""

    DEFAULT_CSS = """
    CallPanel {
        height: 1fr;
        #tool { height: 1; padding: 0 1; }
        &.-named-above #tool { display: none; }
    }
    """

    def __init__(self, reasons: ReasonsOffered) -> None:
        super().__init__()
        self.tool = Static(id="tool", markup=False)
        self.view = CallView()
        self.verdicts = VerdictLine()
        self.fields = VerdictFields(reasons)
        self._answer: CallAnswer | None = None
        self._place = ""
        self._focus_moves = False
        """Whether a field that was just opened gets the focus next."""

    def compose(self) -> ComposeResult:
        """Put the call first, then its verdict and the fields of that."""
        yield self.tool
        yield self.view
        yield self.verdicts
        yield self.fields

    def show_call(self, call: ToolCall, extra: JsonObject, *, seen: bool) -> None:
        """Show a call; `extra` is what its request contains besides its calls.

        `seen` if all that an approval of the call covers was on the screen before.
        """
        self.view.show(call, extra, seen=seen)

    def show_answer(
        self, answer: CallAnswer, place: str, same_reason: tuple[CallAnswer, ...] = ()
    ) -> None:
        """Show the answer to the call; a reason is that of all calls in `same_reason`."""
        self._answer, self._place = answer, place
        self._show_tool(answer.call.name)
        self.verdicts.show(answer)
        self.view.show_verdict(answer.verdict)
        self.fields.show(answer, same_reason)

    def _show_tool(self, name: str) -> None:
        self.tool.update(
            Content.assemble(
                ("tool  ", "$foreground 60%"),
                (one_line(name, 200), "bold $text-accent"),
                (f"   {self._place}", "$foreground 60%"),
            )
        )

    # The fields

    @property
    def writing(self) -> bool:
        """Whether letters are typed into a field, or will be next: then they are not keys."""
        return self._focus_moves or self.fields.has_focus_within

    def open_field(self) -> None:
        """Focus the field of the verdict, if it has one."""
        self._focus_moves = self._answer is not None and self._answer.takes_text
        if self._focus_moves:
            self.fields.take_focus()
            keep_text_for_field(self)

    def on_descendant_focus(self) -> None:
        """The field that was opened has the focus now, or another one has."""
        self._focus_moves = False
        self.refresh_bindings()

    def close_field(self) -> None:
        """End typing into a field; from now on its reason is that of the call in view only."""
        self._focus_moves = False
        if self._answer is not None:
            self.show_answer(self._answer, self._place)
