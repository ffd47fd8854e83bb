"""Screens: layout and wiring."""
