"""One tool call in full: its arguments, the agent's description, and what else is in the request."""

from textual.app import ComposeResult
from textual.containers import Vertical

from hitl_engine.model import DecisionKind, JsonObject, ToolCall
from hitl_tui.text.call_description import added_words
from hitl_tui.text.literal import in_words
from hitl_tui.widgets.fitting_layout import Fitting
from hitl_tui.widgets.text_view import TextPane
from hitl_tui.widgets.tool_calls.arguments_pane import ArgumentsPane
from hitl_tui.widgets.tool_calls.file_pane import FilePane


class CallView(Fitting, Vertical):
    """Shows one call: the arguments first, because they are what runs."""

    DEFAULT_CSS = """
    CallView {
        height: 2fr;
        min-height: 4;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        #arguments { height: 1fr; }
        #description { height: auto; max-height: 6; min-height: 2; }
        #extra { height: auto; max-height: 5; min-height: 2; }
        #file { max-height: 14; }
        #description.-none, #extra.-none { display: none; }
        &.-edited #description, &.-edited #file, &.-edited #extra { display: none; }
    }
    .-high CallView {
        #description { max-height: 4; }
        #file { max-height: 8; }
        #extra { max-height: 3; }
        &.-edited { display: none; }
    }
    .-short CallView {
        height: auto;
        overflow-y: hidden;
        #arguments { height: auto; overflow-y: hidden; }
        #description, #file { max-height: 100; overflow-y: hidden; }
        #extra { overflow-y: hidden; }
        &.-edited { display: none; }
    }
    """
    SCOPED_CSS = False  # the layout of small screens depends on classes of the screen

    def __init__(self) -> None:
        super().__init__()
        self.arguments = ArgumentsPane(_title(None), id="arguments")
        self.file = FilePane(id="file")
        self.description = TextPane("Described by the agent as", id="description")
        self.description.keep_seen()
        self._has_arguments = True
        self.extra = TextPane("The request also contains", id="extra")

    def compose(self) -> ComposeResult:
        """Put the arguments first."""
        yield self.arguments
        yield self.file
        yield self.description
        yield self.extra

    def show(self, call: ToolCall, of_request: JsonObject, *, seen: bool) -> None:
        """Show a call, and what its request contains besides its calls.

        `seen` if all that an approval of the call covers was on the screen before.
        """
        self._has_arguments = bool(call.args)
        self.arguments.show_args(call.args, seen=seen)
        self.file.show_file(call, None)
        added = added_words(call)
        self.description.show_text(added)
        self.description.set_class(not added.strip(), "-none")
        self.description.set_title(
            "Described by the agent as", "" if call.args else "it has no arguments, only this"
        )
        if seen or call.args or not added.strip():
            self.description.view.count_as_seen()
        self._show_extra(call.extra, of_request)

    @property
    def unseen(self) -> int:
        """How many rows of what an approval covers were not on the screen yet.

        It covers the arguments or, if there are none, the description.
        """
        return (self.arguments if self._has_arguments else self.description).view.unseen

    def jump_to_end(self) -> None:
        """Show the last row of what an approval covers, and count all rows as seen."""
        (self.arguments if self._has_arguments else self.description).jump_to_end()

    def _show_extra(self, of_call: JsonObject, of_request: JsonObject) -> None:
        both: JsonObject = {"of this call": of_call, "of the request": of_request}
        extra = both if of_call and of_request else of_call or of_request
        self.extra.show_text(in_words(extra))
        self.extra.set_class(not extra, "-none")

    def show_verdict(self, verdict: DecisionKind | None) -> None:
        """Show whether these arguments run.

        While an edit needs the space, show only the arguments; on small screens, nothing.
        """
        self.arguments.set_title(_title(verdict))
        self.set_class(verdict is DecisionKind.EDIT, "-edited")


def _title(verdict: DecisionKind | None) -> str:
    match verdict:
        case DecisionKind.REJECT | DecisionKind.RESPOND:
            return "Arguments: this does not run"
        case DecisionKind.EDIT:
            return "Arguments as asked"
        case _:
            return "Arguments: this is what runs"
