"""What the description of a tool call says besides the tool and its arguments."""

import json

from hitl_engine.model import ToolCall

_USUAL = "Tool execution requires approval"
"""What LangChain's `HumanInTheLoopMiddleware` writes where the graph gives no description."""


def added_words(call: ToolCall) -> str:
    """Return the description without what repeats the call exactly. Untrusted.

    LangChain's middleware appends the name and the arguments, as Python or, in JavaScript, as JSON
    writes them. An end that differs from the call in any character is kept.
    """
    description = call.description.rstrip()
    start = f"Tool: {call.name}\nArgs: "
    if start in description:
        for arguments in (repr(call.args), json.dumps(call.args, indent=2, ensure_ascii=False)):
            if description.endswith(start + arguments):
                words = description.removesuffix(start + arguments).strip()
                return "" if words == _USUAL else words
    return call.description
