"""The events of runs, as clients receive them."""
