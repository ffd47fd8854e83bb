"""Ratios, measured in one run; never a timed assertion."""
