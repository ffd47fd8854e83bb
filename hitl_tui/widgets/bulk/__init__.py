"""The parts of the screen that decides on many items together."""
