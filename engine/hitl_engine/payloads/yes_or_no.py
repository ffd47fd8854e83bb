"""Questions in words that read as yes or no, and the answers to offer for them.

Guides ask `interrupt("Do you approve this action?")` and test the answer with `if`: every text, also
`"no"`, is true there. So JSON `true` and `false` are offered first. A question that names its answers
(`(yes/no)`) may expect these texts; they are offered as well.

A wrong guess shows a card that does not suit the question, which takes any text or JSON as well.
"""

import re

from hitl_engine.model import Option
from hitl_engine.payloads.spelled_values import is_refusal

_LONGEST = 2_000
"""Longer texts are not searched for a yes-or-no question."""
_BEGINS = re.compile(
    r"(?:please\s+|and\s+|so\s+)*(?:approve|confirm|accept|allow|proceed|continue|publish|send"
    r"|delete|deploy|run|execute|apply|submit|merge|install|remove|overwrite|retry|save|go|is|are"
    r"|was|were|do|does|did|can|could|may|might|shall|should|will|would|has|have|ok|okay|ready"
    r"|sure)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"(?:what|which|who|whom|whose|where|when|why|how)\b"
    r"|(?:can|could|will|would)\s+you\s+(?:please\s+)?(?:tell|give|provide|describe|explain|share"
    r"|specify|enter|type|write|clarify|list|suggest|say|name)\b",
    re.IGNORECASE,
)
"""How a question begins that asks for words."""
_CHOICE = re.compile(
    r"\bor\b(?!\s+(?:not|no|reject|deny|decline|cancel|abort|stop|skip)\b)", re.IGNORECASE
)
_OF_APPROVAL = re.compile(r"\b(?:approv|confirm|allow|proceed|continue)", re.IGNORECASE)
_WORDS_WANTED = re.compile(
    r"\b(?:feedback|comments?|describe|explain|suggestions?|instead)\b", re.IGNORECASE
)
_APPROVAL = re.compile(r"\b(?:approve|reject)\b", re.IGNORECASE)
_QUOTE = r"[\s'\"“”‘’`()\[\]]*"
_NAMED = re.compile(
    rf"\b(yes|y|true|approve|ok){_QUOTE}(?:/|\||,|\bor\b){_QUOTE}(no|n|false|reject|deny|cancel)\b",
    re.IGNORECASE,
)
_NAMES_TRUE = re.compile(r"\b(?:pass|send|return|answer|reply|resume)\b.*\btrue\b", re.IGNORECASE)
_PART = re.compile(r"(?<=[.!?])\s+")
_CLAUSE = re.compile(r"[:;,–—]\s+|\s-\s")


def yes_or_no(text: str) -> tuple[Option, ...]:
    """Return the answers to offer for a question in words; none if it does not ask for yes or no."""
    if len(text) > _LONGEST:
        return ()
    named = _NAMED.search(text)
    if not (named or _NAMES_TRUE.search(text) or _asks(text)):
        return ()
    words = named.groups() if named and named[1].casefold() != "true" else ()
    return (
        Option("Yes", True),
        Option("No", False),
        *(Option(f"The text “{word}”", word, taken_for_yes=is_refusal(word)) for word in words),
    )


def _asks(text: str) -> bool:
    """Return whether its first or its last line asks for yes or no: the rest may be quoted."""
    if _WORDS_WANTED.search(text):
        return False
    if "?" not in text:
        return _APPROVAL.search(text) is not None
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return _line_asks(lines[0]) or _line_asks(lines[-1])


def _line_asks(line: str) -> bool:
    questions = [part for part in _PART.split(line) if part.rstrip(" \"'”’)").endswith("?")]
    return bool(questions) and all(map(_is_yes_or_no, questions))


def _is_yes_or_no(question: str) -> bool:
    clauses = [clause.strip(" \"'“‘(") for clause in _CLAUSE.split(question)]
    if any(_OPEN.match(clause) for clause in clauses):
        return False
    if _CHOICE.search(question) and not _OF_APPROVAL.search(question):
        return False
    return any(_BEGINS.match(clause) for clause in clauses)
