"""The parts of the card for tool calls."""
