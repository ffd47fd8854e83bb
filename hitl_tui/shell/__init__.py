"""The shell commands: their options, what they do, and what they print."""
