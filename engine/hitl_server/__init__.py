"""The embedded LangGraph server: graphs, threads, runs, state and streams over one SQLite file.

It speaks the LangGraph Server API and knows nothing of reviews, journals or terminals, so any
LangGraph client can use it. `python -m parts.server TARGET --data DIR` starts it.
"""
