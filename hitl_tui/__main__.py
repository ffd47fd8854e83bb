"""`python -m hitl_tui` runs `hitl-tui`."""

from hitl_tui.cli import main

main()
