"""Carrying out decisions: checked, recorded, sent once, read back, judged."""
