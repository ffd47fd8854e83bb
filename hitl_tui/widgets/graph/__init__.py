"""The graph of a thread as a list of its nodes, and as a picture."""
