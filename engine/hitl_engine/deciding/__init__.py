"""Carrying out decisions: checked, written down, sent once, read back, judged."""
