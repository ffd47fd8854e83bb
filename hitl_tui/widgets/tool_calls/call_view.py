"""One tool call, whole: what runs, how the agent describes it, and what the request says beside."""

from textual.app import ComposeResult
from textual.containers import Vertical

from hitl_engine.model import JsonObject, ToolCall
from hitl_tui.text.literal import in_words
from hitl_tui.widgets.text_view import TextPane
from hitl_tui.widgets.tool_calls.arguments_pane import ArgumentsPane


class CallView(Vertical):
    """Shows one call: the arguments first, then the story, then what is said beside."""

    DEFAULT_CSS = """
    CallView {
        height: 2fr;
        min-height: 4;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        #arguments { height: 1fr; min-height: 4; }
        #story { height: auto; max-height: 6; min-height: 2; }
        #beside { height: auto; max-height: 5; min-height: 2; }
        #story.-none, #beside.-none { display: none; }
        &.-edited #story, &.-edited #beside { display: none; }
    }
    .-high CallView {
        #story { max-height: 4; }
        #beside { max-height: 3; }
        &.-edited { display: none; }
    }
    .-short CallView {
        height: auto;
        #arguments { height: auto; }
        #story { max-height: 100; }
        &.-edited { display: none; }
    }
    """
    SCOPED_CSS = False  # how it gives way on small screens is said of the screen's classes

    def __init__(self) -> None:
        super().__init__()
        self.arguments = ArgumentsPane("Arguments: this is what runs", id="arguments")
        self.story = TextPane("Described by the agent as", id="story")
        self.beside = TextPane("The request also says", id="beside")

    def compose(self) -> ComposeResult:
        """Put first what runs."""
        yield self.arguments
        yield self.story
        yield self.beside

    def show(self, call: ToolCall, of_request: JsonObject) -> None:
        """Show a call, and what its request says beside all of its calls."""
        self.arguments.show_args(call.args)
        self.story.show_text(call.description)
        self.story.set_class(not call.description.strip(), "-none")
        self.story.set_title(
            "Described by the agent as", "" if call.args else "it brings no arguments, only this"
        )
        self._show_beside(call.extra, of_request)

    def _show_beside(self, of_call: JsonObject, of_request: JsonObject) -> None:
        both: JsonObject = {"of this call": of_call, "of the request": of_request}
        beside = both if of_call and of_request else of_call or of_request
        self.beside.show_text(in_words(beside))
        self.beside.set_class(not beside, "-none")

    def make_room(self, *, edited: bool) -> None:
        """Leave the room to an edit, which shows the arguments itself, or take it back."""
        self.set_class(edited, "-edited")
