"""What is served: the graphs that a target names, imported and made ready."""
