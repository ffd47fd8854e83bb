"""Who sends a request: tokens, a project's own authentication, web pages."""
