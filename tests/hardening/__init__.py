"""Long tests: `make hardening`. Each part prints its seed and has a time limit."""
