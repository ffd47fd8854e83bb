"""The checkpoints of a thread."""
