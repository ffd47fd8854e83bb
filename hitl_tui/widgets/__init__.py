"""Widgets: each shows one piece of data and says one kind of thing."""
