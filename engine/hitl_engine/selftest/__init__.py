"""Promises of this program, tried on this machine: each gives a figure that a seed reproduces."""
