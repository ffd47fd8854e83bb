"""The column of a question's card. It has the keys of the part, and the focus if no field has it."""

from hitl_tui.widgets.fitting_layout import Fitting
from hitl_tui.widgets.jumping_scroll import JumpingScroll


class CardBody(Fitting, JumpingScroll, can_focus=True):
    """Scrolls everything on the card of a question.

    A part with keys of its own has a subclass with these keys. Because it contains everything on the
    card, the keys work wherever on the card the focus is.
    """

    DEFAULT_CSS = """
    CardBody { height: 1fr; overflow: hidden auto; scrollbar-size-vertical: 1; }
    """

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Style the body alone: no style of what is in it depends on the focus of the body.

        Textual would style all that is in it, too, which takes longer than a key may.
        """
        self.app.stylesheet.update_nodes([self])
