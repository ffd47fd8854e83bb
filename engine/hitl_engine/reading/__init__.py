"""Reading a LangGraph server: its client, its threads, and everything that waits on them."""
