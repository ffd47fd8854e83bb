"""The part of the card that shows tool calls, and its pieces."""
