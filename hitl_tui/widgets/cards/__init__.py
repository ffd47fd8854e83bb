"""One card for each kind of question."""
