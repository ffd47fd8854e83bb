"""The decision core, and the tests that it is measured with."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = (
    "fingerprint",
    "visible",
    "characters.hidden",
    "deciding.task_groups",
    "deciding.rivals",
    "deciding.preconditions",
    "deciding.answers",
    "deciding.outcome",
    "deciding.verification",
    "deciding.decider",
    "deciding.came_first",
    "deciding.run_sender",
    "deciding.answer_queue",
    "journal.chain",
    "journal.database",
    "journal.decisions",
    "journal.used_rules",
)
"""Of `hitl_engine`."""
TESTS = (
    "tests/engine/test_answers.py",
    "tests/engine/test_bulk.py",
    "tests/engine/test_decided_payload.py",
    "tests/engine/test_decision_log.py",
    "tests/engine/test_fingerprint.py",
    "tests/engine/test_item_notes.py",
    "tests/engine/test_journal.py",
    "tests/engine/test_journal_chain.py",
    "tests/engine/test_outcome.py",
    "tests/engine/test_payload_digests.py",
    "tests/engine/test_preconditions.py",
    "tests/engine/test_rivals.py",
    "tests/engine/test_rule_limits.py",
    "tests/engine/test_task_groups.py",
    "tests/engine/test_verification.py",
    "tests/engine/test_visible.py",
    "tests/server/test_decisions.py",
    "tests/server/test_answer_queue.py",
    "tests/server/test_answerers.py",
    "tests/server/test_answers_in_one_request.py",
    "tests/server/test_bulk.py",
    "tests/server/test_deciding.py",
    "tests/server/test_four_eyes_desks.py",
    "tests/server/test_concurrent_reviewers.py",
    "tests/server/test_late_answers.py",
    "tests/server/test_misleading_errors.py",
    "tests/server/test_nested_stops.py",
    "tests/server/test_node_interrupts.py",
    "tests/server/test_open_decisions.py",
    "tests/server/test_other_decisions.py",
    "tests/server/test_questions_of_a_thread.py",
    "tests/server/test_runs_that_never_began.py",
    "tests/server/test_silent_servers.py",
    "tests/server/test_standing_rules.py",
    "tests/any_server/test_broken_lines.py",
    "tests/any_server/test_questions.py",
    "tests/any_server/test_state_edits.py",
    "tests/any_server/test_stepping.py",
    "tests/any_server/test_stops.py",
    "tests/any_server/test_two_reviewers.py",
)
"""The unit tests, and the tests with real servers that send decisions."""
NOT_ON = ("aegra", "javascript")
"""Servers that start slowly: the tests on these are left out, except for `ON_AEGRA`."""
ON_AEGRA = ("tests/any_server/test_stops.py", "tests/any_server/test_two_reviewers.py")
"""Aegra alone runs both of two answers. Where it is not installed, the branches for it are not taken."""
ALSO_LONG = "tests/any_server/test_broken_lines.py"
"""Its tests that are marked `hardening` are run too; those of other files are left out."""


def source_of(module: str) -> Path:
    """Return the file of a module of the core."""
    return ROOT / "engine/hitl_engine" / f"{module.replace('.', '/')}.py"
