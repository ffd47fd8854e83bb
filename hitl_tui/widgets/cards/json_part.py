"""The part for a payload without a known convention: the answer is any JSON."""

from typing import ClassVar

from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.question_part import QuestionPart


class JsonPart(QuestionPart):
    """Shows nothing of its own: the card shows the payload in full, and takes the answer as JSON."""

    HELP = """\
    ### A question of unknown kind
    The payload is shown in full. Type the answer as JSON; **ctrl+t** switches to a text, to yes or
    no, and back. **ctrl+s** sends. Nothing can be sent while the answer is empty.
    """
    WAYS: ClassVar[tuple[Way, ...]] = (Way.JSON, Way.TEXT, Way.YES_NO)
    PAYLOAD_ALWAYS: ClassVar[bool] = True
