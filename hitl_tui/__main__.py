"""`python -m hitl_tui` is `hitl-tui`."""

from hitl_tui.cli import main

main()
