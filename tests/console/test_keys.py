"""The key tables list the bindings of the program; `python -m tests.console.test_keys` writes them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

from hitl_tui.app import ConsoleApp
from hitl_tui.screens.assistant import AssistantScreen
from hitl_tui.screens.assistants import AssistantsScreen
from hitl_tui.screens.bulk import BulkScreen
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.screens.log import LogScreen
from hitl_tui.screens.new_run import NewRunScreen
from hitl_tui.screens.picker_modal import PickerModal
from hitl_tui.screens.reading_screen import ReadingScreen
from hitl_tui.screens.settings_screen import SettingsScreen
from hitl_tui.screens.state_edit import StateEditModal
from hitl_tui.screens.store import StoreScreen
from hitl_tui.screens.store_edit import StoreEditModal
from hitl_tui.screens.store_item import StoreItemScreen
from hitl_tui.screens.text_modal import TextModal
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.screens.threads import ThreadsScreen
from hitl_tui.screens.trust_modal import TrustModal
from hitl_tui.screens.views_modal import ViewsModal
from hitl_tui.screens.workspace.pane import LoadProblem
from hitl_tui.widgets.answer_ways import YesNo
from hitl_tui.widgets.breakpoint_choice import NodePicker
from hitl_tui.widgets.bulk.bulk_card import BulkCard
from hitl_tui.widgets.bulk.bulk_list import BulkList
from hitl_tui.widgets.cards.breakpoint_card import BreakpointCard
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.cards.choice_part import ChoiceKeys
from hitl_tui.widgets.cards.declinable import DeclineKeys, DeclineLine
from hitl_tui.widgets.cards.plan_card import PlanCard
from hitl_tui.widgets.cards.question_card import QuestionCard
from hitl_tui.widgets.choice_list import ChoiceList
from hitl_tui.widgets.conversation.conversation_view import ConversationView
from hitl_tui.widgets.editor import Editor
from hitl_tui.widgets.filter_line import FilterLine
from hitl_tui.widgets.form.array_body import AddItemLine, ArrayBody
from hitl_tui.widgets.form.choice_bodies import BooleanBody
from hitl_tui.widgets.form.field_head import FieldHead
from hitl_tui.widgets.form.form_view import FormView
from hitl_tui.widgets.graph.condition_line import ConditionLine
from hitl_tui.widgets.graph.graph_list import GraphList
from hitl_tui.widgets.graph.graph_view import GraphView
from hitl_tui.widgets.graph.picture_view import PictureView
from hitl_tui.widgets.history.timeline import Timeline
from hitl_tui.widgets.inbox_list import InboxList
from hitl_tui.widgets.log_reason_line import LogReasonInput
from hitl_tui.widgets.reason_field import OfferedReasons, ReasonEditor
from hitl_tui.widgets.rows_pane import PaneSearchLine, RowsPane
from hitl_tui.widgets.runs.event_list import EventList
from hitl_tui.widgets.runs.runs_list import RunsList
from hitl_tui.widgets.search_line import SearchLine
from hitl_tui.widgets.state_tree.expression_line import ExpressionLine
from hitl_tui.widgets.state_tree.state_tree import StateTree
from hitl_tui.widgets.table_list import TableList
from hitl_tui.widgets.threads.thread_list import ThreadsList
from hitl_tui.widgets.tool_calls.arguments_pane import ArgumentsPane
from hitl_tui.widgets.tool_calls.call_edit import CallEdit
from hitl_tui.widgets.tool_calls.call_keys import CallKeys
from hitl_tui.widgets.view_name_line import ViewNameLine

ROOT = Path(__file__).parents[2]
README, KEYS = ROOT / "README.md", ROOT / "docs" / "keys.md"
ACTIONS = ROOT / "hitl_tui" / "key_actions.py"
_ACTIONS_HEAD = '''"""The actions that have keys, by name; `python -m tests.console.test_keys` writes this module.

`config.toml` gives them other keys, and is checked before the screens are imported.
"""

'''
PLACES: tuple[tuple[str, tuple[type[DOMNode], ...]], ...] = (
    ("everywhere", (ConsoleApp, ConsoleScreen)),
    ("inbox", (InboxList, InboxScreen)),
    ("filter line", (FilterLine,)),
    ("thread", (ThreadScreen,)),
    ("conversation", (ConversationView,)),
    ("state", (StateTree,)),
    ("view that could not be read", (LoadProblem,)),
    ("text to read", (RowsPane,)),
    ("search line", (SearchLine, PaneSearchLine, ExpressionLine)),
    ("question", (Card, QuestionCard)),
    ("text field", (Editor,)),
    ("reason", (ReasonEditor, OfferedReasons)),
    ("reason for the log", (LogReasonInput,)),
    ("tool calls", (CallKeys, ArgumentsPane, CallEdit)),
    ("choice", (ChoiceKeys,)),
    ("yes or no", (YesNo,)),
    (
        "form",
        (
            FormView,
            ArrayBody,
            AddItemLine,
            FieldHead,
            ChoiceList,
            BooleanBody,
            DeclineKeys,
            DeclineLine,
        ),
    ),
    ("breakpoint", (BreakpointCard,)),
    ("history", (Timeline,)),
    ("value of a state", (StateEditModal,)),
    ("marked items", (BulkList, BulkCard, BulkScreen)),
    ("new run", (NewRunScreen, NodePicker)),
    ("graph", (GraphList, PictureView, GraphView, ConditionLine)),
    ("runs", (RunsList, EventList)),
    ("all threads", (ThreadsList, ThreadsScreen)),
    ("list of assistants or items", (TableList, ReadingScreen)),
    ("assistants", (AssistantsScreen,)),
    ("assistant", (AssistantScreen,)),
    ("store", (StoreScreen,)),
    ("item of the store", (StoreItemScreen, StoreEditModal)),
    ("log", (LogScreen,)),
    ("confirmation", (PlanCard, ConfirmModal)),
    ("code of a project", (TrustModal,)),
    ("message", (TextModal,)),
    ("list to pick from", (PickerModal,)),
    ("views of the inbox", (ViewsModal, ViewNameLine)),
    ("settings", (SettingsScreen,)),
)
ESSENTIAL = (
    "console.help",
    "inbox.open",
    "inbox.mark",
    "inbox.bulk",
    "console.threads",
    "card.send",
    "card.answer_as",
    "card.payload",
    "editor.open_elsewhere",
    "card.approve",
    "card.edit",
    "card.reject",
    "card.respond",
    "card.step",
    "thread.next_question",
    "thread.look_over",
    "thread.reopen",
    "thread.back",
)
"""The bindings in the README; docs/keys.md lists all."""
_NAMES = {
    "asterisk": "*",
    "plus": "+",
    "minus": "-",
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "equals_sign": "=",
    "escape": "esc",
}


def named_bindings() -> Iterator[tuple[str, Binding]]:
    """Yield every binding with an id, once, with the part of the program that it belongs to."""
    seen: set[str] = set()
    for place, holders in PLACES:
        for binding in own_bindings(holders):
            if binding.id and binding.id not in seen:
                seen.add(binding.id)
                yield place, binding


def key_table(*ids: str) -> str:
    """Return a Markdown table of these bindings; without any, of all, with their names."""
    rows = ["| where | keys | what |", "|---|---|---|"]
    if not ids:
        rows = ["| where | keys | what | action |", "|---|---|---|---|"]
    last = ""
    for place, binding in named_bindings():
        if not ids or binding.id in ids:
            keys = " ".join(f"`{_NAMES.get(key, key)}`" for key in binding.key.split(","))
            where, last = "" if place == last else place, place
            action = "" if ids else f" `{binding.id}` |"
            rows.append(f"| {where} | {keys} | {binding.tooltip or binding.description} |{action}")
    return "\n".join(rows)


def own_bindings(holders: tuple[type[DOMNode], ...]) -> list[Binding]:
    """Return the bindings that these classes declare, without inherited ones."""
    return [
        binding
        for holder in holders
        for binding in holder.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding)
    ]


def with_table(text: str, table: str) -> str:
    """Return a page with its table replaced."""
    return re.sub(
        r"(<!-- keys:[^>]*-->\n).*?(<!-- /keys -->)",
        lambda marks: f"{marks[1]}\n{table}\n\n{marks[2]}",
        text,
        flags=re.DOTALL,
    )


def actions_module() -> str:
    """Return the module that lists all actions, so that `config.toml` is checked without imports."""
    names = sorted(binding.id for _, binding in named_bindings() if binding.id)
    lines = "".join(f'    "{name}",\n' for name in names)
    return f"{_ACTIONS_HEAD}KEY_ACTIONS = (\n{lines})\n"


TABLES = {README: key_table(*ESSENTIAL), KEYS: key_table()}


@pytest.mark.parametrize("page", TABLES, ids=lambda page: page.name)
def test_the_page_lists_the_current_keys(page: Path) -> None:
    assert TABLES[page] in page.read_text(encoding="utf-8"), "python -m tests.console.test_keys"


def test_the_actions_that_can_get_other_keys_are_the_current_ones() -> None:
    assert ACTIONS.read_text(encoding="utf-8") == actions_module(), (
        "python -m tests.console.test_keys"
    )


def test_the_keys_of_the_readme_exist() -> None:
    known = {binding.id for _, binding in named_bindings()}
    assert known.issuperset(ESSENTIAL)


def test_every_key_can_be_remapped_and_explained() -> None:
    for _, holders in PLACES:
        for binding in own_bindings(holders):
            assert binding.id, binding
            assert binding.tooltip, binding


if __name__ == "__main__":
    ACTIONS.write_text(actions_module(), encoding="utf-8")
    for page, table in TABLES.items():
        page.write_text(with_table(page.read_text(encoding="utf-8"), table), encoding="utf-8")
