"""What takes minutes: `make hardening`. Each part says its seed, and is bounded."""
