"""Authentication: tokens, the project's own `authenticate` handler, origins of web pages."""
