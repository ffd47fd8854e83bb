"""What happens to the items of an inbox while nobody looks, and what is told of it."""
