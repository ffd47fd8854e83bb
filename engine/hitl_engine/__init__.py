"""The headless core: everything that decides. It has never heard of a terminal."""
