"""A JSON value as a tree that is not the state of a thread: it is looked at, searched and copied."""

from hitl_tui.widgets.state_tree.state_tree import StateTree

_OF_A_STATE = frozenset({"edit", "watch", "watch_expression", "next_change", "other_state"})


class ValueTree(StateTree):
    """Shows a JSON value; does not offer what is only for the state of a thread."""

    HELP = """\
    ### A value
    **Enter** opens and closes what is selected, **right** and **left** too. **/** searches keys and
    values, **n** and **N** go to the next match and the one before. **y** copies the selected value,
    **p** its path as JSONPath.
    """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible now."""
        return action not in _OF_A_STATE and super().check_action(action, parameters)
