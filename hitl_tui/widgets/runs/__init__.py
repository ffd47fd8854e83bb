"""The runs of a thread, and what happens in one."""
