"""What clients are told while a run goes on: events, and what was streamed."""
