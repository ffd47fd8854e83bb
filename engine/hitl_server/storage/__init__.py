"""How the server writes: one SQLite file, one writing connection, commits that many writes share."""
