"""A paste is one event, however its bytes arrive; everything else reaches Textual's parser."""

import hashlib
import inspect
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._parser import Parser
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from hitl_tui import terminal_input
from hitl_tui.terminal_input import TerminalInput
from hitl_tui.text.paste_marks import END, START, Pasted, PasteMarks


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(terminal_input, "monotonic", clock)
    monkeypatch.setattr("textual._parser.get_time", clock)
    return clock


def received(clock: Clock, *chunks: str | float) -> list[Message]:
    """Feed chunks; a number is a pause in seconds, in which the driver ticks."""
    source, found = TerminalInput(), list[Message]()
    for chunk in chunks:
        if isinstance(chunk, str):
            found += source.feed(chunk)
            continue
        for _ in range(round(chunk * 10)):
            clock.now += 0.1
            found += source.tick()
    return found


def words(found: list[Message]) -> Iterator[str]:
    for each in found:
        if isinstance(each, events.Paste):
            yield f"paste {each.text}"
        elif isinstance(each, events.Key):
            yield each.key


@pytest.mark.parametrize("cut", range(1, 6))
@pytest.mark.parametrize("pause", [0.0, 0.3, 1.5])
def test_marks_that_arrive_in_parts_are_marks(clock: Clock, cut: int, pause: float) -> None:
    start = 0.0 if cut == 1 else pause  # after a pause, a lone ESC is the escape key
    chunks = (START[:cut], start, f"{START[cut:]}te", "xt", END[:cut], pause, f"{END[cut:]}!")
    assert list(words(received(clock, *chunks))) == ["paste text", "exclamation_mark"]


def test_a_mark_whose_first_byte_came_long_before_still_is_one(clock: Clock) -> None:
    """The escape key has had its effect; the text alone arrives all the same."""
    found = received(clock, START[0], 0.5, f"{START[1:]}text{END}")
    assert list(words(found)) == ["escape", "paste text"]


def test_text_in_a_paste_is_never_a_key(clock: Clock) -> None:
    inside = "a\x1b[A\x1b" + "r" * 40 + "\x13"
    assert list(words(received(clock, START + inside, 3.0, END))) == [f"paste {inside}"]


@pytest.mark.parametrize(
    ("chunks", "keys"),
    [
        (("\x1b", 0.3), ["escape"]),
        (("\x1b", 0.3, "[", 3.0), ["escape", "left_square_bracket"]),
        (("\x1b[", "A"), ["up"]),
        (("\x1b[2", 1.0, "0~"), ["f9"]),
        (("\x1b[20~x",), ["f9", "x"]),
        (("\x1b[2", 3.0, "x"), ["left_square_bracket", "2", "x"]),
        (("\x1bx", 0.3), ["alt+x"]),
        (("ab\x1b[3~",), ["a", "b", "delete"]),
    ],
)
def test_keys_are_keys(clock: Clock, chunks: tuple[str | float, ...], keys: list[str]) -> None:
    assert list(words(received(clock, *chunks))) == keys


@given(st.data())
def test_any_delivery_gives_the_same(data: st.DataObject) -> None:
    texts = st.text(alphabet="a[~201\x1b\n", max_size=12)
    pastes = data.draw(st.lists(texts.filter(lambda text: END[:3] not in text), max_size=3))
    stream = "".join(f"k{START}{text}{END}" for text in pastes) + "z"
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(stream) - 1)), max_size=8)))
    marks = PasteMarks()
    found: list[str | Pasted] = []
    for first, last in zip((0, *cuts), (*cuts, len(stream)), strict=True):
        found += marks.feed(stream[first:last])
    assert [each.text for each in found if isinstance(each, Pasted)] == pastes
    assert "".join(each for each in found if isinstance(each, str)) == "k" * len(pastes) + "z"
    assert not marks.pasting and not marks.held


def test_textual_has_not_changed_what_this_replaces() -> None:
    built_on = (Parser, XTermParser, LinuxDriver.run_input_thread)
    source = "".join(inspect.getsource(each) for each in built_on)
    assert hashlib.sha256(source.encode()).hexdigest()[:16] == "8aedab3ee35c0dd7"


def test_alt_and_a_digit_are_that_key_and_no_character(clock: Clock) -> None:
    keys = [
        each
        for each in received(clock, "\x1b4", 0.5, "a\x1b1¢", 0.5)
        if isinstance(each, events.Key)
    ]
    assert [(each.key, each.is_printable) for each in keys] == [
        ("alt+4", False),
        ("a", True),
        ("alt+1", False),
        ("cent_sign", True),
    ]
