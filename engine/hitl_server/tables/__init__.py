"""The tables of the server: assistants, threads, runs and the store."""
