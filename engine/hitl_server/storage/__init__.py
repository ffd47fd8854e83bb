"""The SQLite files: one writing connection, shared commits, checkpoints, changes, the store."""
