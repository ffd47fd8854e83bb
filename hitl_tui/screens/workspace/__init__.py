"""The views of a thread: each asks the desk for what it shows."""
