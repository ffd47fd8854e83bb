"""The keys of a thread's screen."""

from textual.binding import Binding, BindingType

from hitl_tui.state.views import ViewName

_VIEWS = {
    ViewName.QUESTION: "Show what the thread asks, its run, or how it ended",
    ViewName.CONVERSATION: "Show the messages of the thread",
    ViewName.STATE: "Show the state of the thread",
    ViewName.HISTORY: "Show the checkpoints of the thread",
    ViewName.GRAPH: "Show the graph of the thread",
    ViewName.RUNS: "Show the runs of the thread",
}

KEYS: list[BindingType] = [
    Binding(
        "escape",
        "back",
        "Back",
        tooltip="Back to the question, then to the list; what you typed is kept",
        id="thread.back",
    ),
    Binding(
        "ctrl+n,right_square_bracket,ctrl+pagedown",
        "show_neighbour(1)",
        "Next question",
        key_display="^n",
        tooltip="Show the next question of this thread",
        id="thread.next_question",
    ),
    Binding(
        "left_square_bracket,ctrl+pageup",
        "show_neighbour(-1)",
        "Previous question",
        show=False,
        tooltip="Show the previous question of this thread",
        id="thread.previous_question",
    ),
    Binding(
        "ctrl+l",
        "review_decisions",
        "Decisions",
        tooltip="Review your decisions on this thread, and send them together",
        id="thread.look_over",
    ),
    Binding(
        "f8",
        "reopen",
        "Reopen",
        tooltip="Ask again a question whose node failed on its last answer",
        id="thread.reopen",
    ),
    Binding(
        "c,f11",
        "claim",
        "Claim",
        show=False,
        tooltip="Claim the item, so that others see that you have it, or give it back",
        id="thread.claim",
    ),
    Binding(
        "s",
        "retry",
        "Retry",
        tooltip="On a failed thread: run the failed nodes again",
        id="thread.retry",
    ),
    Binding(
        "n",
        "new_input",
        "New input",
        tooltip="On a finished thread: go on with another input",
        id="thread.new_input",
    ),
    Binding(
        "f9",
        "run_again",
        "Run again",
        tooltip="On a finished thread: fill in a new run with the graph, input and breakpoints",
        id="thread.run_again",
    ),
    Binding(
        "ctrl+o",
        "next_view",
        "Next view",
        tooltip="Show the next view of the thread; after the last comes the question",
        id="thread.next_view",
    ),
    *(
        Binding(
            f"alt+{view.number}",
            f"view('{view.identifier}')",
            view.title,
            show=False,
            tooltip=_VIEWS[view],
            id=f"thread.{view.identifier}",
        )
        for view in ViewName
    ),
    Binding("ctrl+r", "reload", "Reload", tooltip="Read the thread again", id="thread.reload"),
]
