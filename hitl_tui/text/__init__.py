"""Texts of any length: cut into rows, coloured, compared. Pure functions."""
