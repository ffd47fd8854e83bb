"""The figures of `docs/safety.md` and others that need more than `hitl-tui selftest`, each by one command."""
