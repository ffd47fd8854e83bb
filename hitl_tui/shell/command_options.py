"""The options of each shell command. What a command does not use is not imported for it."""

import argparse


def add_options(command: str, parser: argparse.ArgumentParser) -> None:
    """Add the options of a command, and the function that runs it. Raises KeyError."""
    match command:
        case "list":
            from hitl_tui.shell.list_options import ADD_LIST_OPTIONS as ADD
        case "review":
            from hitl_tui.shell.review_options import ADD_REVIEW_OPTIONS as ADD
        case "watch":
            from hitl_tui.shell.watch_options import ADD_WATCH_OPTIONS as ADD
        case "rules":
            from hitl_tui.shell.rules_options import ADD_RULES_OPTIONS as ADD
        case "log":
            from hitl_tui.shell.log_options import ADD_LOG_OPTIONS as ADD
        case "doctor":
            from hitl_tui.shell.doctor_options import ADD_DOCTOR_OPTIONS as ADD
        case "selftest":
            from hitl_tui.shell.selftest_options import ADD_SELFTEST_OPTIONS as ADD
        case "config" | "targets":
            from hitl_tui.shell.configuration_options import ADD_CONFIGURATION_OPTIONS as ADD
        case "export" | "story" | "replay":
            from hitl_tui.shell.story_options import ADD_STORY_OPTIONS as ADD
        case "state" | "messages":
            from hitl_tui.shell.state_options import ADD_STATE_OPTIONS as ADD
        case "history" | "update" | "fork" | "goto":
            from hitl_tui.shell.debugging_options import ADD_DEBUGGING_OPTIONS as ADD
        case "graphs" | "run" | "show" | "answer" | "claim" | "release" | "reopen" | "step":
            from hitl_tui.shell.thread_options import ADD_THREAD_OPTIONS as ADD
        case _:
            from hitl_tui.shell.server_options import ADD_SERVER_OPTIONS as ADD
    ADD[command](parser)
