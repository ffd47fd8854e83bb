"""The keys of a thread's screen."""

from textual.binding import Binding, BindingType

KEYS: list[BindingType] = [
    Binding(
        "escape",
        "back",
        "Inbox",
        tooltip="Back to the inbox; what you typed is kept",
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
        "f9",
        "run_again",
        "Run again",
        tooltip="On a finished thread: fill in a new run with the graph, input and breakpoints",
        id="thread.run_again",
    ),
    Binding(
        "ctrl+o",
        "toggle_state",
        "State",
        tooltip="Show or hide the state of the thread",
        id="thread.state",
    ),
    Binding("ctrl+r", "reload", "Reload", tooltip="Read the thread again", id="thread.reload"),
]
