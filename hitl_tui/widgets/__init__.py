"""Widgets: each shows one piece of data and posts one kind of message."""
