"""How runs go: admitted to lanes, driven to their end, heard by those who listen."""
