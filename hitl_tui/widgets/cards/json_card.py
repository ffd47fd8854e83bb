"""The card for a payload without a known convention: any JSON in, any JSON out."""

from typing import ClassVar

from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.question_card import QuestionCard


class JsonCard(QuestionCard):
    """Shows the payload whole; the answer starts empty, and nothing empty can be sent."""

    HELP = """\
    ### A question of unknown kind
    The payload is shown whole. Type the answer as JSON; **ctrl+t** turns to a text, to yes or
    no, and back. **ctrl+s** sends. Nothing can be sent while there is no answer.
    """
    WAYS: ClassVar[tuple[Way, ...]] = (Way.JSON, Way.TEXT, Way.YES_NO)
    PAYLOAD_ALWAYS: ClassVar[bool] = True
