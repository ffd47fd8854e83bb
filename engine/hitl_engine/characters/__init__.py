"""What is known about single characters: which are hidden, and which resemble others."""
