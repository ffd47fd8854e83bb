"""The headless core: everything that decides. It does not depend on a terminal."""
