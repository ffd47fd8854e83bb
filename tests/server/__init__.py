"""The embedded server, as a real process, and a real `langgraph dev` beside it."""
