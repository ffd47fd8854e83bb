"""Notifications: what they say, of which items, and that no text can write an escape sequence."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hitl_engine.configuration import Configuration
from hitl_engine.configuration.config_file import parse
from hitl_engine.configuration.settings import DESKTOP_WAYS, ITEM_KINDS
from hitl_engine.model import Inbox, Interrupt, Item, ItemFilter, ItemKind
from hitl_tui.app import ConsoleApp
from hitl_tui.settings import Settings
from hitl_tui.state.news import News
from hitl_tui.state.notice_settings import NoticeSettings
from hitl_tui.terminal_notices import Desktop, desktop_for, desktop_notification, title
from hitl_tui.text.notice_words import notice_words, title_words
from tests.hidden import hidden_in

from .conftest import OpenConsole, screen_text, settle, until
from .desk_double import DeskDouble, interrupt, stop, tool_request
from .hostile import HOSTILE

TEXTS = [text for text in HOSTILE if isinstance(text, str)]
CALL = tool_request(("send_email", {}, "", ("approve",)))


def asked(double: DeskDouble, *items: Interrupt) -> list[Item]:
    return [double.reviews.question(item) for item in items]


@pytest.mark.parametrize("text", [*TEXTS, "4;1;50", "Ü œ \x9c"])
def test_no_text_ends_a_sequence_or_begins_one(text: str) -> None:
    for made, begin in (
        (title(text), "\x1b]2;"),
        (desktop_notification(text, Desktop.OSC_9), "\x1b]9;hitl-tui: "),
        (desktop_notification(text, Desktop.OSC_777), "\x1b]777;notify;hitl-tui;"),
    ):
        assert made.startswith(begin) and made.endswith("\x07")
        inside = made[len(begin) : -1]
        assert inside.isascii() and inside.isprintable()
        assert len(inside) <= 200


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_names_are_cut_and_visible(name: str) -> None:
    double = DeskDouble()
    item = interrupt(tool_request((name, {}, "", ("approve",))), graph=name)
    words = notice_words(asked(double, item))
    assert not hidden_in(words)
    assert len(words) < 200


def test_words_name_tools_and_graphs_and_nothing_of_the_payload() -> None:
    double = DeskDouble()
    secret = interrupt({"text_to_revise": "secret"}, n=2)
    new = asked(double, interrupt(CALL, graph="mailer"), secret)
    assert notice_words(new[:1]) == "1 new item waits: send_email in mailer"
    assert notice_words([*new, *new, stop()]) == (
        "5 new items wait: send_email in mailer, text in revise, breakpoint in breakpoints"
    )
    others = asked(double, *(interrupt({}, n=n, graph=f"g{n}") for n in range(5)))
    assert notice_words(others).endswith("json in g2 and 2 more")
    assert (title_words(0), title_words(1200)) == ("hitl-tui", "hitl-tui (1,200 waiting)")


@pytest.mark.parametrize(
    ("environ", "has_notify_send", "way"),
    [
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm", "DISPLAY": ":0"}, True, "osc9"),
        ({"TERM": "foot"}, False, "osc777"),
        ({"TERM": "xterm-256color", "DISPLAY": ":0"}, True, "notify-send"),
        ({"TERM": "xterm-256color", "DISPLAY": ":0"}, False, "osc9"),
        ({"TERM": "xterm-256color", "DISPLAY": ":1", "SSH_CONNECTION": "a"}, True, "osc9"),
        ({"TERM": "linux", "WAYLAND_DISPLAY": "w"}, True, "off"),
        ({}, True, "off"),
    ],
)
def test_the_way_depends_on_terminal_and_display(
    environ: dict[str, str], has_notify_send: bool, way: str
) -> None:
    assert desktop_for(environ, has_notify_send=has_notify_send).value == way


@pytest.mark.parametrize("kept", [5, [], {"bell": 0}])
def test_what_was_kept_and_cannot_be_used_counts_as_not_chosen(
    tmp_path: Path, kept: object
) -> None:
    (tmp_path / "console.json").write_text(json.dumps({"notifications": kept}))
    found = NoticeSettings.of_target("", Configuration(), Settings(tmp_path))
    assert found == NoticeSettings()


FILE = """
[targets.prod]
url = "http://127.0.0.1:9"
[targets.prod.notifications]
bell = true
command = ["page", "me"]
kinds = []
[notifications]
bell = false
desktop_way = "osc777"
kinds = ["tool"]
"""


def test_a_target_has_settings_of_its_own_and_those_of_all() -> None:
    settings = Settings()
    settings.keep(True, "notifications", "bell")
    settings.keep(False, "notifications", "toast")
    configuration = parse(FILE, Path("config.toml"))
    of_all = NoticeSettings(
        bell=False,
        toast=False,
        desktop_way=Desktop.OSC_777,
        filter=ItemFilter(kinds=frozenset({ItemKind.TOOL})),
    )
    assert NoticeSettings.of_target("other", configuration, settings) == of_all
    assert NoticeSettings.of_target("prod", configuration, settings) == replace(
        of_all, bell=True, command=("page", "me"), filter=ItemFilter()
    )


def test_the_file_takes_every_way_and_every_kind() -> None:
    assert list(DESKTOP_WAYS) == list(Desktop)
    assert list(ITEM_KINDS) == list(ItemKind)


def test_an_item_is_news_once_and_only_after_everything_was_read() -> None:
    double = DeskDouble()
    first, second, third = (interrupt(CALL, n=n) for n in range(3))
    news = News(double.reviews.item, lambda _: ItemFilter())

    def look(inbox: Inbox) -> list[object]:
        new = news.look(news.unknown(inbox))
        news.settle(inbox, frozenset() if inbox.unread else frozenset({""}))
        return [*new]

    assert look(Inbox((first,), 0, unread=1)) == []
    assert look(Inbox((first, second), 0)) == []
    assert look(Inbox((first, second, third), 0)) == [third]
    assert look(Inbox((replace(first, since=None), third), 0)) == []
    assert news.waiting_on(lambda _: True) == 2
    assert look(Inbox((second, third), 0)) == [second]


def test_what_a_target_has_when_it_is_reached_is_not_new() -> None:
    news = News(DeskDouble().reviews.item, lambda _: ItemFilter())
    ours, theirs, later = (
        replace(interrupt(CALL, n=n), target=target)
        for n, target in enumerate(("local", "remote", "remote"))
    )
    seen = []
    for items, complete in (
        ((ours,), frozenset({"local"})),
        ((ours, theirs), frozenset({"local", "remote"})),
        ((ours, theirs, later), frozenset({"local", "remote"})),
    ):
        inbox = Inbox(items, 0)
        seen.append(news.look(news.unknown(inbox)))
        news.settle(inbox, complete)
    assert seen == [[], [], [later]]
    assert news.waiting_on(lambda target: target == "remote") == 2


def test_what_the_filter_leaves_out_is_neither_news_nor_counted() -> None:
    double = DeskDouble()
    of_tools = ItemFilter(tools=frozenset({"send_email"}))
    news = News(double.reviews.item, lambda _: of_tools)
    news.look([stop()])
    news.settle(Inbox((stop(),), 0), frozenset({""}))
    new = [interrupt(CALL, n=1), interrupt({"text_to_revise": "a"}, n=2)]
    assert news.look(new) == new[:1]
    assert news.waiting_on(lambda _: True) == 1


async def test_a_toast_tells_while_another_item_is_open(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt({"text_to_revise": "a"}, n=1))
    async with console(desk) as c:
        desk.items = (*desk.items, interrupt(CALL, n=2, graph="mailer"))
        desk.publish()
        await until(c.pilot, lambda: len(c.app.session.inbox.items) == 2)  # type: ignore[union-attr]
        await settle(c.pilot)
        assert "1 new item waits" not in c.text, "the list shows it"
        await c.open()
        desk.items = (
            *desk.items,
            interrupt(CALL, n=3, graph="mailer", thread=desk.items[0].thread_id),
        )
        desk.publish()
        await settle(c.pilot)
        desk.items = (*desk.items, interrupt(CALL, n=4, graph="other"))
        desk.publish()
        c.app._notices._tell_more()  # type: ignore[union-attr]  # some were told a moment ago
        await until(c.pilot, lambda: "1 new item waits: send_email in other." in c.text)


async def test_a_command_of_the_user_gets_counts_and_names(tmp_path: Path) -> None:
    received = tmp_path / "received"
    script = f"import sys; open({str(received)!r}, 'w').write(sys.stdin.read())"
    command = [sys.executable, "-c", script]
    text = f"[notifications]\ntoast = false\ncommand = {json.dumps(command)}"
    configuration = parse(text, Path("config.toml"))
    desk = DeskDouble()
    app = ConsoleApp(desk.open, None, configuration)  # type: ignore[arg-type]  # a double
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: app.session.inbox is not None)
        await settle(pilot)
        desk.items = (interrupt(CALL, n=1, graph="mailer"),)
        desk.publish()
        await until(pilot, lambda: received.exists() and received.read_text())
        told = {"new": 1, "waiting": 1, "names": ["send_email in mailer"]}
        assert json.loads(received.read_text()) == told


async def test_notifications_are_switched_in_the_palette(tmp_path: Path) -> None:
    app = ConsoleApp(DeskDouble().open, Settings(tmp_path))  # type: ignore[arg-type]  # a double
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: app.session.inbox is not None)
        await settle(pilot)
        [command] = [each for each in app.get_system_commands(app.screen) if "Bell" in each.title]
        assert command.title == "Bell for new items: turn off"
        command.callback()
        await until(pilot, lambda: "Bell for new items: off." in screen_text(app))
    assert not NoticeSettings.of_target("", Configuration(), Settings(tmp_path)).bell


async def test_what_the_file_sets_is_not_switched_in_the_palette() -> None:
    configuration = parse("notifications.bell = false", Path("config.toml"))
    app = ConsoleApp(DeskDouble().open, None, configuration)  # type: ignore[arg-type]  # a double
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: app.session.inbox is not None)
        await settle(pilot)
        titles = [each.title for each in app.get_system_commands(app.screen)]
        assert not any("Bell" in title for title in titles)
        assert any("Desktop notifications" in title for title in titles)
