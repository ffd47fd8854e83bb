"""Which tests show that an attack is exposed or refused, and that a known bug of LangGraph is survived.

The attacks are those that other programs of this kind had; the bugs have the numbers of their issues.
`python -m tests.figures attacks bugs` runs the tests, and counts what is shown by tests that all pass.
"""

ON_SCREEN = "tests/console/test_attacks_on_screen.py::test_each_is_exposed_or_refused"
EVERYWHERE = "tests/figures/test_drawn_everywhere.py::test_hostile_texts_on_a_terminal"
_BYTES = (
    "tests/journeys/test_journeys.py::test_control_characters_of_payloads_do_not_reach_the_terminal"
)
_VISIBLE = "tests/engine/test_visible.py::"
_CALLS = "tests/console/test_tool_calls.py::"
_CARDS = "tests/console/test_cards.py::"
_REVIEWERS = "tests/server/test_concurrent_reviewers.py::"
_QUESTIONS = "tests/server/test_questions_of_a_thread.py::"
_PROOF = "tests/engine/test_outcome.py::test_an_outcome_needs_proof"
_FAULTS = "tests/figures/test_faulty_lines.py::test_each_fault_once"

ATTACKS: dict[str, tuple[str, ...]] = {
    # The prompt is drawn anew by escape sequences.
    "A1": (ON_SCREEN, EVERYWHERE, _BYTES, _VISIBLE + "test_shown_text_contains_no_terminal_commands"),
    # A carriage return writes over the line.
    "A2": (ON_SCREEN, EVERYWHERE, _VISIBLE + "test_hostile_text_stays_on_one_line"),
    # The clipboard or the title is written, the terminal is asked, a sequence does not end.
    "A3": (ON_SCREEN, EVERYWHERE, _BYTES, "tests/journeys/test_notices.py::test_no_name_writes_a_sequence_of_its_own"),
    # Control characters of eight bits.
    "A4": (ON_SCREEN, EVERYWHERE, _BYTES),
    # The text of a link differs from its target.
    "A5": (ON_SCREEN, EVERYWHERE),
    # Newlines push the payload out of view.
    "A6": (ON_SCREEN, _CALLS + "test_what_was_not_on_the_screen_is_not_approved", "tests/console/test_blanks.py::test_a_padded_command_is_whole_on_a_small_screen"),
    # One long line is cut at the side.
    "A7": (ON_SCREEN, _CALLS + "test_what_was_not_on_the_screen_is_not_approved", "tests/console/test_blanks.py::test_spaces_are_counted"),
    # Only the beginning is shown.
    "A8": (ON_SCREEN, _CALLS + "test_the_last_row_alone_is_not_all", _CALLS + "test_calls_that_were_not_in_view_are_not_approved_with_the_rest", _CARDS + "test_nothing_is_sent_as_it_is_before_all_was_seen"),
    # Characters without a width.
    "A9": (ON_SCREEN, EVERYWHERE, _VISIBLE + "test_what_is_drawn_as_nothing_is_marked", _CALLS + "test_hidden_characters_are_counted_in_the_titles"),
    # The order of writing is reversed.
    "A10": (ON_SCREEN, EVERYWHERE, _VISIBLE + "test_real_languages_stay_readable"),
    # Tags, which a model reads and a person does not see.
    "A11": (ON_SCREEN, EVERYWHERE, _VISIBLE + "test_shown_text_decodes_to_the_original"),
    # Hosts that look like others.
    "A12": (ON_SCREEN, _CALLS + "test_what_looks_like_something_else_is_told_and_coloured", "tests/engine/test_misleading.py::test_what_misleads_is_told"),
    # Markup and actions in a payload.
    "A13": (ON_SCREEN, EVERYWHERE, _CARDS + "test_hostile_payloads_are_shown_and_never_obeyed"),
    # The description tells something else than the arguments.
    "A14": (_CALLS + "test_arguments_come_before_the_story_and_are_whole", _CALLS + "test_prose_without_arguments_is_called_so"),
    # The payload draws our frame or our buttons.
    "A15": (ON_SCREEN,),
    # The tool does something else than it tells: all that was asked is shown, and what ran is compared.
    "A16": (_CALLS + "test_all_that_the_request_says_besides_is_shown", "tests/shell/test_commands.py::test_a_call_that_did_not_run_as_decided_is_reported"),
    # What was approved is changed afterwards.
    "A17": ("tests/engine/test_preconditions.py::test_a_question_that_changed_or_is_gone_is_refused", "tests/engine/test_trust.py::test_a_change_asks_again_and_is_named"),
    # Another place where the same text is drawn lacks the filter.
    "A18": (EVERYWHERE, "tests/shell/test_commands.py::test_output_for_people_has_no_control_characters", "tests/console/test_clipboard.py::test_an_error_is_copied_as_visible_characters", "tests/console/test_notices.py::test_no_text_ends_a_sequence_or_begins_one"),
    # A rejected call runs, or an edit names another tool.
    "A19": (_CALLS + "test_another_tool_is_a_deliberate_act_and_is_cautioned", "tests/engine/test_payloads.py::test_an_edit_that_changes_more_than_values_is_confirmed", "tests/engine/test_verification.py::test_the_result_of_a_call_is_compared_with_its_verdict"),
    # Approving becomes a habit.
    "A20": ("tests/console/test_approval_pace.py::test_many_approvals_are_told_once_and_again_after_as_many", _CALLS + "test_a_verdict_alone_sends_nothing", "tests/console/test_bulk.py::test_all_of_the_list_was_on_the_screen_before_it_is_sent", _CARDS + "test_nothing_is_chosen_until_a_person_does"),
    # Keys and pastes that arrive early.
    "A21": (_CARDS + "test_keys_typed_before_it_could_be_read_decide_nothing", "tests/console/test_early_keys.py::test_keys_that_follow_a_sent_answer_do_not_decide_on_the_next_question", "tests/console/test_terminal_input.py::test_text_in_a_paste_is_never_a_key"),
    # Names, titles, errors in lists.
    "A22": (EVERYWHERE, "tests/console/test_inbox_list.py::test_hostile_texts_are_shown_as_visible_text", "tests/console/test_bulk.py::test_hostile_texts_are_shown_as_visible_text"),
    # Numbers and keys that JSON readers change silently.
    "A23": (ON_SCREEN, "tests/engine/test_client.py::test_faults_are_mapped", "tests/engine/test_payloads.py::test_every_json_value_is_sent_as_it_is"),
    # A filter that names what is bad, at some places: ours is the last step before the terminal.
    "A24": (EVERYWHERE, "tests/console/test_screens.py::test_the_output_filter_replaces_control_characters"),
}  # fmt: skip

BUGS: dict[str, tuple[str, ...]] = {
    # langgraph#8836: an unknown id is ignored silently.
    "B1": (_REVIEWERS + "test_an_answer_is_sent_by_interrupt_id_without_a_checkpoint", _REVIEWERS + "test_an_answer_after_another_reviewers_answer_is_refused"),
    # langgraph#8837: a run without input gives an old answer.
    "B2": (_REVIEWERS + "test_a_question_cannot_be_stepped_past",),
    # langgraph#6626: two questions with one id.
    "B3": ("tests/engine/test_preconditions.py::test_an_answer_to_one_of_two_questions_with_one_id_is_refused", "tests/engine/test_task_groups.py::test_two_questions_with_one_id_are_found"),
    # langgraph#8579: one value for several questions.
    "B4": (_QUESTIONS + "test_several_questions_are_answered_in_one_run", _REVIEWERS + "test_an_answer_is_sent_by_interrupt_id_without_a_checkpoint"),
    # langgraph#6108: the order of questions changes.
    "B5": (_QUESTIONS + "test_questions_have_the_order_in_which_their_tasks_were_sent", "tests/shell/test_commands.py::test_parallel_questions_are_answered_by_id"),
    # langgraph#5952: an answered question is asked again.
    "B6": ("tests/engine/test_journal.py::test_an_answer_to_the_same_question_is_remembered", "tests/console/test_thread_screen.py::test_a_question_that_was_answered_before_has_a_note"),
    # langgraph#7780: questions in a loop.
    "B7": ("tests/engine/test_preconditions.py::test_a_question_that_changed_or_is_gone_is_refused", "tests/shell/test_commands.py::test_the_same_node_asks_until_the_answer_is_valid"),
    # langgraph#2870: an answer in a subgraph is used again.
    "B8": ("tests/engine/test_payload_sources.py::test_the_next_question_of_a_subgraph_needs_its_own_answer",),
    # langgraph#4028: several answers at once.
    "B9": (_QUESTIONS + "test_several_questions_are_answered_in_one_run",),
    # langgraph#6956: `next` is empty although a question waits.
    "B10": ("tests/engine/test_preconditions.py::test_a_question_waits_although_no_node_is_next",),
    # langgraph#6362: questions are missing from the thread.
    "B11": ("tests/server/test_inbox.py::test_interrupts_in_an_unknown_shape_are_read_from_the_state", "tests/server/test_inbox.py::test_a_question_whose_state_cannot_be_read_is_listed_from_its_row"),
    # langgraph#6792: a subgraph runs tasks again.
    "B12": ("tests/engine/test_task_groups.py::test_the_nodes_that_an_answer_runs_are_known_before_it_is_sent", _QUESTIONS + "test_questions_of_one_task_are_answered_together"),
    # langgraph#6208: a node runs again for each answer.
    "B13": ("tests/engine/test_preconditions.py::test_an_answer_to_some_questions_of_a_task_is_refused", "tests/server/test_answers_in_one_request.py::test_all_questions_of_a_task_must_be_named"),
    # langgraph#9001: a breakpoint stops for ever.
    "B14": ("tests/server/test_code_changes.py::test_a_step_that_moves_nothing_tells_so", "tests/console/test_thread_screen.py::test_a_step_that_moves_nothing_shows_so_and_can_be_tried_again"),
    # langgraph-studio#218: a step goes past the next breakpoint too.
    "B15": ("tests/shell/test_commands.py::test_breakpoints_are_stepped_past", "tests/any_server/test_stops.py::test_breakpoints_of_a_run_hold_to_its_end"),
    # An edit as a node ends a question beside it.
    "B16": (_REVIEWERS + "test_a_question_that_was_replaced_is_not_answered", "tests/server/test_decisions.py::test_a_question_that_was_not_seen_is_not_removed"),
    # New input ends the questions of a thread.
    "B17": (_REVIEWERS + "test_a_question_that_was_replaced_is_not_answered", "tests/shell/test_commands.py::test_a_second_run_on_a_thread"),
    # langgraph#7256: an answer with a checkpoint makes a branch.
    "B18": (_REVIEWERS + "test_an_answer_is_sent_by_interrupt_id_without_a_checkpoint",),
    # langgraph#8796: two writers, and the history has two branches.
    "B19": ("tests/engine/test_rivals.py::test_the_branch_of_the_newest_checkpoint_counts", "tests/any_server/test_two_reviewers.py::test_one_of_two_answers_at_one_moment_is_taken"),
    # langgraph#8115: pending writes are lost.
    "B20": ("tests/server/test_lost_writes.py::test_an_answer_whose_writes_are_lost_is_not_told_as_taken", _QUESTIONS + "test_nothing_is_sent_if_one_question_changed_or_is_gone"),
    # langgraph#8039: after a crash a task is repeated, or its result is used.
    "B21": (_PROOF, "tests/server/test_inbox.py::test_after_a_kill_during_an_answer_the_question_waits", "tests/server/test_open_decisions.py::test_an_answer_that_was_not_sent"),
    # langgraph#7417: the server runs a long run again by itself, and its events come again.
    "B22": (_FAULTS, "tests/server/test_repeated_runs.py::test_a_decision_whose_run_is_repeated_is_told", "tests/engine/test_outcome.py::test_a_run_that_the_server_repeated_is_told"),
    # deer-flow#1087: a thread stays busy after its server was started again.
    "B23": ("tests/engine/test_outcome.py::test_a_thread_that_is_busy_for_minutes_says_so", "tests/server/test_hardening.py::test_no_thread_is_busy_after_a_start", "tests/engine/test_preconditions.py::test_a_question_that_changed_or_is_gone_is_refused"),
    # langchain#37093: the middleware runs what was rejected.
    "B24": ("tests/engine/test_verification.py::test_the_result_of_a_call_is_compared_with_its_verdict", "tests/engine/test_verification.py::test_javascript_drops_the_approved_calls_of_a_batch", "tests/console/test_thread_screen.py::test_mismatches_are_shown_above_the_next_question", "tests/server/test_conventions.py::test_a_rejected_call_that_runs_is_a_mismatch"),
}  # fmt: skip
