"""The list of all threads, and what is around it."""
