"""The reasons that are offered where a tool call is rejected."""

from pathlib import Path

from hitl_engine import payloads
from hitl_engine.configuration import Configuration
from hitl_engine.configuration.config_file import read
from hitl_engine.model import Approve, Question, Reject, Verdicts
from hitl_tui.messages import Decided
from hitl_tui.settings import Settings
from hitl_tui.state.reasons import Reasons
from hitl_tui.state.session import Session
from hitl_tui.widgets.cards.card_for import card_for, no_cautions
from hitl_tui.widgets.tool_calls.tool_calls_part import ToolCallsPart

from .conftest import OpenConsole, card_shown, heard, settle, until
from .desk_double import DeskDouble, interrupt, tool_request

REQUEST = tool_request(
    ("delete", {"path": "a"}, "", ("approve", "reject")),
    ("delete", {"path": "b"}, "", ("approve", "reject")),
)


def rejected(*reasons: str | None) -> Verdicts:
    return Verdicts(tuple(map(Reject, reasons)))


def test_the_last_reasons_come_first_each_once_and_then_those_of_the_file(tmp_path: Path) -> None:
    reasons = Reasons(Settings(tmp_path), ("Not today.", "Ask Ada."))
    assert reasons.offered() == ("Not today.", "Ask Ada.")
    reasons.keep([rejected("one", None), Verdicts((Approve(), Reject("two")))])
    reasons.keep([rejected("Ask Ada.", "one")])
    again = Reasons(Settings(tmp_path), ("Not today.", "Ask Ada."))
    assert again.offered() == ("one", "Ask Ada.", "two", "Not today.")


def test_few_and_short_reasons_are_kept(tmp_path: Path) -> None:
    reasons = Reasons(Settings(tmp_path))
    reasons.keep([rejected("x" * 501, *map(str, range(20)))])
    assert reasons.offered() == tuple(map(str, range(19, 11, -1)))


def test_a_file_that_was_edited_offers_what_is_a_text() -> None:
    settings = Settings()
    settings.keep(["good", 5, "", ["no"]], "reasons")
    assert Reasons(settings).offered() == ("good",)


def test_the_file_sets_reasons(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('reasons = ["Not today.", "Ask Ada."]\n')
    session = Session(configuration=read(file))
    assert session.reasons.offered() == ("Not today.", "Ask Ada.")
    assert session.beside("other").reasons is session.reasons
    assert Session(configuration=Configuration()).reasons.offered() == ()


async def test_a_reason_is_put_into_the_field_where_it_is_seen_before_it_is_sent() -> None:
    question = Question(interrupt(REQUEST), payloads.recognise(REQUEST, None), "print")
    card = card_for(
        question,
        lambda q, decision: payloads.encode(q.interrupt.payload, decision, None),
        None,
        no_cautions,
        lambda: ("Not today.", "Ask [b]Ada[/b]\nfirst."),
    )
    assert isinstance(card.part, ToolCallsPart)
    async with card_shown(card, (90, 40)) as (pilot, said):
        card.take_focus()
        await until(pilot, lambda: card.armed)
        await pilot.press("R")
        field = card.part.panel.fields.reply_field
        await until(pilot, lambda: field.editor.has_focus)
        await pilot.press("down", "down", "enter")
        assert field.editor.value == "Ask [b]Ada[/b]\nfirst." and field.editor.has_focus
        await pilot.press("up", "down")
        assert not field.list.has_focus, "the cursor was not in the last row"
        await pilot.press("down", "escape", "down", "1")
        assert field.editor.value == "Not today."
        await pilot.press("space", "o", "k")
        await until(pilot, lambda: card.armed)
        await pilot.press("ctrl+s")
        await settle(pilot)
        (decided,) = heard(said, Decided)
        assert decided.decision == rejected("Not today. ok", "Not today. ok")


async def test_a_reason_that_was_sent_is_offered_for_the_next_items(console: OpenConsole) -> None:
    one = tool_request(("delete", {"path": "a"}, "", ("approve", "reject")))
    desk = DeskDouble(*(interrupt(one, n=n, minutes=n) for n in (1, 2, 3)))
    async with console(desk) as c:
        await c.open()
        await c.press("r")
        await c.type("Too risky")
        await c.armed()
        await c.press("ctrl+s")
        await until(c.pilot, lambda: desk.sent)
        await until(c.pilot, lambda: "1 reason to choose from" not in c.text)
        await c.press("escape", "escape", "asterisk", "m")
        await c.armed()
        await c.press("r")
        assert "↓ 1 reason to choose from" in c.text
        await c.press("down")
        assert "1  Too risky" in c.text
        await c.press("enter")
        await until(c.pilot, lambda: c.text.count("→ delete: reject, “Too risky”") == 2)
