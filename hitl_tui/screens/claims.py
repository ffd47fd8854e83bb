"""Claiming an item with a key: others see who has it, and are asked once more before they answer."""

from collections.abc import Callable

from hitl_engine.desk import Desk
from hitl_engine.errors import HitlError
from hitl_engine.model import Claim, Waiting
from hitl_engine.visible import one_line
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.state.plan import Plan


def offers_claims(desk: Desk | None) -> bool:
    """Whether items of a target can be claimed: only its own server passes that on."""
    return desk is not None and desk.people.are_told and not desk.server.read_only


def ask_to_take_over(
    screen: ConsoleScreen, desk: Desk, item: Waiting, claim: Callable[[], object]
) -> None:
    """Call `claim`; if somebody else has the item, only after the user has confirmed that."""

    def closed(confirmed: bool | None) -> None:
        if confirmed:
            claim()

    other = desk.people.of(item.thread_id).others_claim
    if other is None:
        claim()
    else:
        screen.app.push_screen(ConfirmModal(_plan(other)), closed)


async def toggle_claim(screen: ConsoleScreen, desk: Desk, item: Waiting) -> None:
    """Claim an item, also from somebody else, or give it back; show what became of it."""
    found = desk.people.of(item.thread_id)
    try:
        if found.is_mine:
            await desk.people.release(item.thread_id)
            words = "You gave this back: others see that it is free."
        else:
            claim = await desk.people.claim(item.thread_id, instead_of=found.others_claim)
            words = f"You have this until {claim.until.astimezone():%H:%M}: others see it."
    except HitlError as error:
        screen.show_notification(one_line(str(error), 400), severity="warning")
    else:
        screen.show_notification(words)


def _plan(claim: Claim) -> Plan:
    name = one_line(claim.person.name, 40)
    return Plan(
        f"Take this over from {name}?",
        (
            f"{name} has had it since {claim.since.astimezone():%H:%M}.",
            "From now on others see that you have it. Nothing is answered.",
        ),
        shows_answer=False,
        verb="Take over",
    )
