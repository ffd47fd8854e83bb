"""The state of a thread as a tree of JSON."""
