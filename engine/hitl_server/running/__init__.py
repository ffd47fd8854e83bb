"""How runs go: admitted to run_queue, driven to their end, heard by those who listen."""
