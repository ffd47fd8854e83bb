"""A LangGraph server: graphs, threads, runs, state and streams over one SQLite file.

It has the LangGraph Server API and imports nothing of the console, so any LangGraph client can use
it. `python -m hitl_server TARGET --data DIR` starts it.
"""
