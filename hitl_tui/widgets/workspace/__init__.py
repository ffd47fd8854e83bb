"""The views of a thread, and how they share the space."""
