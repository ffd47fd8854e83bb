"""How runs go: queued, driven to their end, heard by those who listen."""
