"""Runs: queued by thread, driven to their end; rows are kept in line with checkpoints."""
