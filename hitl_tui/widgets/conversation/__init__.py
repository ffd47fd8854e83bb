"""The conversation of a thread: its messages, and the rows that show each of them."""
