"""What is kept: one SQLite file of checkpoints and rows, and who writes what into it."""
